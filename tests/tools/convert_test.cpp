// glossa convert-e5s1: a model folder appears whole or not at all, and nothing of the user's is lost on the way.
#include "small_files.hpp"
#include "tool.hpp"

#include <glossa/encoder/int4_weights.hpp>
#include <glossa/encoder/word_table.hpp>
#include <glossa/model/encoder_config_reader.hpp>
#include <glossa/model/weights.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using test::contains;
using test::Workshop;

/// The small blob with all the tensors of its model in place of three; the matrices as floats, or in 4-bit blocks.
std::string whole_blob(bool in_blocks = false) {
  const auto is_block = [&](const std::string& name) {
    return in_blocks && (name == "emb.word" ||
                         (name.starts_with("l0.") && name.find("ln.") == std::string::npos && name.ends_with(".w")));
  };
  std::vector<std::pair<std::string, std::uint32_t>> tensors{
      {"emb.word", 7 * 32}, {"emb.pos", 16 * 32}, {"emb.type", 2 * 32}, {"emb.ln.w", 32}, {"emb.ln.b", 32}};
  for (const char* name : {"q", "k", "v", "ao", "fi", "fo"}) {
    const bool wide = name[0] == 'f';
    tensors.emplace_back(std::string("l0.") + name + ".w", 32 * (wide ? 64 : 32));
    tensors.emplace_back(std::string("l0.") + name + ".b", std::string_view(name) == "fi" ? 64 : 32);
  }
  for (const char* name : {"aln", "oln"})
    for (const char* part : {".w", ".b"}) tensors.emplace_back(std::string("l0.") + name + part, 32);

  std::string out = test::e5s1_blob();
  out.resize(out.find("emb.word") - sizeof(std::uint16_t) - sizeof(std::int32_t));
  test::put(out, static_cast<std::int32_t>(tensors.size()));
  std::uint64_t offset = out.size();
  for (const auto& [name, elements] : tensors) offset += 2 + name.size() + 1 + 4 + 8 + 8;
  std::string data;
  for (const auto& [name, elements] : tensors) {
    test::put(out, static_cast<std::uint16_t>(name.size()));
    out += name;
    test::put(out, static_cast<std::uint8_t>(is_block(name)));
    test::put(out, elements);
    test::put<std::uint64_t>(out, offset + data.size());
    test::put<std::uint64_t>(out, is_block(name) ? elements / 32 * 18 : elements * sizeof(float));
    if (is_block(name)) {
      for (std::uint32_t i = 0; i < elements / 32; ++i) {
        test::put(data, static_cast<std::uint16_t>(0xB000 + (i * 769 + data.size()) % 0x800));  // from -0.125 to -0.5
        for (std::uint32_t j = 0; j < 16; ++j)
          test::put(data, static_cast<std::uint8_t>(i * 41 + j * 73 + data.size()));
      }
      continue;
    }
    for (std::uint32_t i = 0; i < elements; ++i)
      test::put(data, 0.25F * static_cast<float>((i * 37 + offset) % 13) - 1);
  }
  return out + data;
}

/// Ended with this status and, last, a complaint of these parts.
void check_refused(const test::Run& run, int status, std::initializer_list<std::string_view> parts) {
  INFO("standard error: " << run.err);
  CHECK(run.status == status);
  const auto lines = test::lines_of(run.err);
  REQUIRE(!lines.empty());
  CHECK(lines.back().starts_with("glossa: "));
  CHECK(!contains(run.err, "filesystem error"));
  for (const std::string_view part : parts) {
    INFO("should name: " << part);
    CHECK(contains(lines.back(), part));
  }
}

}  // namespace

TEST_CASE("a blob becomes a model folder, beside whatever else lies there") {
  const Workshop shop;
  shop.write("blob.bin", whole_blob());
  shop.write("model.partial/notes", "mine");
  SECTION("a new one") {}
  SECTION("in place of an empty one") { std::filesystem::create_directory(shop.file("model")); }
  SECTION("where a link leads") {
    std::filesystem::create_directory(shop.file("elsewhere"));
    std::filesystem::create_directory_symlink("elsewhere", shop.file("model"));
  }
  const bool is_link = std::filesystem::is_symlink(shop.file("model"));
  const test::Run run = shop.run("convert-e5s1 blob.bin model/");
  INFO("standard error: " << run.err);
  CHECK(run.status == 0);
  CHECK(std::filesystem::is_symlink(shop.file("model")) == is_link);
  CHECK(shop.run("verify model").status == 0);
  CHECK(shop.read("model.partial/notes") == "mine");
  CHECK(shop.partial_files() == 1);
  for (const char* name : {"model/tokenizer.json", "model/1_Pooling/config.json", "model/2_Normalize"})
    CHECK(shop.has(name));
}

TEST_CASE("a conversion that fails leaves nothing of its own and all of the user's") {
  const Workshop shop;
  shop.write("model.partial/notes", "mine");
  SECTION("a tensor is missing") {
    shop.write("blob.bin", test::e5s1_blob());
    check_refused(shop.run("convert-e5s1 blob.bin model"), 1, {"blob.bin", "emb.pos", "missing"});
  }
  SECTION("no blob") { check_refused(shop.run("convert-e5s1 blob.bin model"), 1, {"blob.bin", "no such file"}); }
  CHECK(!shop.has("model"));
  CHECK(shop.read("model.partial/notes") == "mine");
  CHECK(shop.partial_files() == 1);
}

TEST_CASE("a place where no model folder can be made is named, with what to do") {
  const Workshop shop;
  shop.write("blob.bin", whole_blob());
  SECTION("a folder with something in it") {
    shop.write("model/notes", "mine");
    check_refused(shop.run("convert-e5s1 blob.bin model"), 2, {"model", "not empty", "give another name"});
    CHECK(shop.read("model/notes") == "mine");
  }
  SECTION("a file") {
    shop.write("model", "mine");
    check_refused(shop.run("convert-e5s1 blob.bin model"), 2, {"model", "no folder", "give another name"});
    CHECK(shop.read("model") == "mine");
  }
  SECTION("a link that leads nowhere") {
    std::filesystem::create_symlink("nowhere", shop.file("model"));
    check_refused(shop.run("convert-e5s1 blob.bin model"), 2, {"model", "no folder", "give another name"});
  }
  SECTION("inside a file") {
    shop.write("file", "mine");
    check_refused(shop.run("convert-e5s1 blob.bin file/model"), 1, {"file/model", "check"});
  }
  SECTION("a file system that takes no folders") {
    if (std::filesystem::exists("/proc/self")) {
      check_refused(shop.run("convert-e5s1 blob.bin /proc/model"), 1,
                    {"/proc/model", "cannot create a folder beside it", "check that the place can be written"});
    } else {
      WARN("not tested: this system has no /proc");
    }
  }
  SECTION("no name") { check_refused(shop.run("convert-e5s1 blob.bin ''"), 2, {"the name of a folder is needed"}); }
  CHECK(shop.partial_files() == 0);
}

TEST_CASE("a blob's own 4-bit blocks are the same numbers as the floats that it is converted to") {
  const Workshop shop;
  shop.write("blob.bin", whole_blob(true));
  REQUIRE(shop.run("convert-e5s1 blob.bin floats").status == 0);
  const test::Run run = shop.run("convert-e5s1 blob.bin blocks --precision int4");
  INFO("standard error: " << run.err);
  REQUIRE(run.status == 0);
  CHECK(shop.partial_files() == 0);
  CHECK(shop.run("verify blocks").status == 0);
  const glossa::Weights floats(shop.file("floats"));
  const glossa::Weights blocks(shop.file("blocks"));
  const glossa::EncoderConfig config = glossa::read_encoder_config(shop.file("blocks"));
  std::size_t compared = 0;
  for (std::size_t i = 0; i < config.layers; ++i) {
    const glossa::detail::LayerNames names(config, i);
    for (const auto* linear : names.linears()) {
      const auto matrix = glossa::detail::map_int4(blocks, *linear);
      glossa::detail::for_each_part<float>(floats, *linear, [&](std::size_t first, const float* rows) {
        for (std::size_t k = 0; k < linear->outputs * linear->inputs; ++k, ++compared) {
          const std::size_t input = k % linear->inputs;
          const auto block = matrix.block(input / 32 * 32, first + k / linear->inputs);
          REQUIRE(block.number(input % 32) == rows[k]);
        }
      });
    }
  }
  CHECK(compared == 4 * 32 * 32 + 2 * 32 * 64);
  const glossa::detail::WordTable<float> expected(floats, config);
  const glossa::detail::WordTable<float> got(blocks, config);
  std::vector<float> a(config.hidden_size);
  std::vector<float> b(config.hidden_size);
  for (glossa::TokenId id = 0; id < config.vocab_size; ++id) {
    expected.read(id, a.data());
    got.read(id, b.data());
    CHECK(a == b);
  }
}

TEST_CASE("a blob whose matrices are floats has no 4-bit blocks to give") {
  const Workshop shop;
  shop.write("blob.bin", whole_blob());
  check_refused(shop.run("convert-e5s1 blob.bin model --precision int4"), 1,
                {"blob.bin", "l0.q.w type", "4-bit blocks"});
  CHECK(!shop.has("model"));
  CHECK(shop.partial_files() == 0);
}
