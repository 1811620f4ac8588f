// Damaged 4-bit model blobs, which the command line tool converts, are read or refused by field.
#include "damage.hpp"
#include "error_of.hpp"
#include "small_files.hpp"

#include "e5s1_blob.hpp"

#include <string>
#include <vector>

using test::DamageTrial;

namespace {

/// Reads the blob and all of its tensors.
void read_all(const std::filesystem::path& path) {
  const convert::E5s1Blob blob(path);
  if (blob.scores.size() != blob.pieces.size()) FAIL_CHECK("not a score a piece");
  for (const auto& [name, tensor] : blob.tensors) {
    std::vector<float> values(tensor.elements);
    blob.read(blob.tensor(name, tensor.elements), 0, tensor.elements, values.data());
  }
}

class Blob {
 public:
  void operator()(DamageTrial& trial, const std::string& bytes) const {
    test::overwrite(path(), bytes);
    trial(path().string(), bytes, [&] { read_all(path()); });
  }
  [[nodiscard]] std::filesystem::path path() const { return folder_.path() / "model.bin"; }

 private:
  test::TemporaryFolder folder_;
};

}  // namespace

TEST_CASE("a blob is read as it was written") {
  const Blob blob;
  test::overwrite(blob.path(), test::e5s1_blob());
  const convert::E5s1Blob read(blob.path());
  CHECK(read.hidden == 32);
  CHECK(read.heads == 2);
  CHECK(read.vocab == 7);
  CHECK(read.positions == 16);
  REQUIRE(read.pieces.size() == 7);
  CHECK(read.pieces[5] == "é");
  CHECK(read.scores[4] == -2.0F);
  CHECK(read.normalization.at(0xFB01) == U"fi");
  // A block of 32: the scale in half precision, then low halves of 16 bytes, then the high ones, each less 8.
  std::vector<float> words(224);
  read.read(read.tensor("emb.word", 224), 32, 32, words.data());
  const auto byte = [](unsigned i) { return (18 + i) * 37 % 60; };
  const float scale = glossa::detail::half_to_float(static_cast<std::uint16_t>(byte(0) | byte(1) << 8));
  for (unsigned j = 0; j < 16; ++j) {
    CHECK(words[j] == (static_cast<float>(byte(2 + j) & 15) - 8) * scale);
    CHECK(words[j + 16] == (static_cast<float>(byte(2 + j) >> 4) - 8) * scale);
  }
  CHECK(test::error_of([&] { (void)read.tensor("emb.word", 223); }).field() == "emb.word");
  CHECK(test::error_of([&] { (void)read.tensor("none", 1); }).field() == "none");
}

TEST_CASE("every beginning of a blob is refused") {
  const Blob blob;
  DamageTrial trial;
  const std::string good = test::e5s1_blob();
  test::for_each_truncation(good, good.size(), [&](const std::string& bytes) { blob(trial, bytes); });
  CHECK(trial.refused() == good.size());
  blob(trial, good);
  CHECK(trial.accepted() == 1);
}

TEST_CASE("a blob with any number exchanged for an extreme one is read or refused") {
  const Blob blob;
  DamageTrial trial;
  const std::string good = test::e5s1_blob();
  for (std::size_t at = 0; at + 4 <= 400; ++at)
    for (const std::uint32_t number :
         {0u, 1u, 0x7Fu, 0xFFu, 0x10000u, 0x7F800001u, 0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFFu}) {
      std::string bytes = good;
      for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<char>(number >> (8 * i));
      blob(trial, bytes);
    }
  test::check_counts(trial, 1800, 1000);
}

TEST_CASE("randomly damaged blobs are read or refused") {
  const Blob blob;
  DamageTrial trial;
  test::for_each_damage(test::e5s1_blob(), 13, 4000, [&](const std::string& bytes) { blob(trial, bytes); });
  test::check_counts(trial, 1500, 100);
}

TEST_CASE("a count of rules larger than the table is refused at once, however long the file is") {
  std::string bytes = test::e5s1_blob();
  const std::size_t rules = bytes.find("\x01\xFB", 0) - 8;  // where the number of rules stands
  bytes[rules + 3] = '\x7F';
  bytes += std::string(std::size_t{20} << 20, 'a');
  const Blob blob;
  DamageTrial trial;
  blob(trial, bytes);
  CHECK(trial.refused() == 1);
}
