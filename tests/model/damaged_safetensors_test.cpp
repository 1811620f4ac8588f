// Damaged safetensors files and indexes load or are refused; an oracle of the format's rules knows which.
#include "damage.hpp"
#include "small_files.hpp"

#include <glossa/model/safetensors.hpp>
#include <glossa/model/weights.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

using test::DamageTrial;
using test::Json;

namespace {

/// A file of tensors of several types, in another order than their data, with metadata.
std::string good_file() {
  std::string data;
  for (int i = 0; i < 75; ++i) data.push_back(static_cast<char>(i));
  return test::safetensors_file(
      R"({"__metadata__":{"format":"pt","n":"1"},"embeddings.word_embeddings.weight":{"dtype":"F32","shape":[2,4],)"
      R"("data_offsets":[8,40]},"bias":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"half":{"dtype":"F16","shape":[3,2],)"
      R"("data_offsets":[40,52]},"none":{"dtype":"BF16","shape":[0,9],"data_offsets":[52,52]},"ids":{"dtype":"I64",)"
      R"("shape":[1,2],"data_offsets":[52,68]},"mask":{"dtype":"BOOL","shape":[7],"data_offsets":[68,75]}}  )",
      data);
}

/// Opens the file and touches every byte of every tensor, through views and by reading.
void read_all(const std::filesystem::path& path) {
  const glossa::SafetensorsFile file(path);
  unsigned sum = 0;
  for (const auto& [name, info] : file.tensors()) {
    for (const std::byte byte : file.view(name).bytes) sum += static_cast<unsigned>(byte);
    if (!glossa::is_floating(info.type)) continue;
    std::vector<float> floats((info.end - info.begin) / glossa::size_of(info.type));
    file.read(info, 0, floats.size(), floats.data());
    std::vector<double> doubles(floats.size());
    file.read(info, 0, doubles.size(), doubles.data());
  }
  REQUIRE(sum < UINT32_MAX);
}

class File {
 public:
  void operator()(DamageTrial& trial, const std::string& bytes) const {
    const auto path = folder_.path() / "m.safetensors";
    test::overwrite(path, bytes);
    trial(path.string(), bytes, [&] { read_all(path); });
  }

 private:
  test::TemporaryFolder folder_;
};

}  // namespace

TEST_CASE("every beginning of a safetensors file is refused") {
  const File file;
  DamageTrial trial;
  const std::string good = good_file();
  test::for_each_truncation(good, good.size(), [&](const std::string& bytes) { file(trial, bytes); });
  CHECK(trial.refused() == good.size());
  CHECK(trial.accepted() == 0);
  file(trial, good);
  test::check_counts(trial, good.size(), 1);
}

TEST_CASE("every flipped bit of a safetensors header loads or is refused") {
  const File file;
  DamageTrial trial;
  const std::string good = good_file();
  for (std::size_t bit = 0; bit < (good.size() - 75) * 8; ++bit) {
    std::string bytes = good;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    file(trial, bytes);
  }
  test::check_counts(trial, 2500, 300);  // letters of names may change
}

TEST_CASE("randomly damaged safetensors files load or are refused") {
  const File file;
  DamageTrial trial;
  test::for_each_damage(good_file(), 1, 4000, [&](const std::string& bytes) { file(trial, bytes); });
  test::check_counts(trial, 2500, 100);
}

TEST_CASE("headers of adversarial numbers are accepted exactly where an oracle finds every rule kept") {
  // Numbers from small sets, so that a good part of the headers is right.
  std::uint64_t state = 7;
  const auto pick = [&state](const auto& values) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return values[(state >> 33) % std::size(values)];
  };
  const std::uint64_t numbers[] = {
      0, 1, 2, 4, 8, 0xFFFFFFFF, 0x100000000, 0x7FFFFFFFFFFFFFFF, 0x8000000000000000, UINT64_MAX - 3, UINT64_MAX};
  const std::pair<const char*, unsigned> types[] = {{"U8", 1}, {"F16", 2}, {"F32", 4}, {"F64", 8}};
  const std::uint64_t small[] = {0, 1, 1, 2, 4};
  const bool coins[] = {false, false, false, true};
  const File file;
  DamageTrial trial;
  for (int i = 0; i < 4000; ++i) {
    std::string header = "{";
    std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
    bool right = true;
    std::uint64_t end = 0;
    for (const char* name : {"a", "b", "c"}) {
      const auto [type, width] = pick(types);
      const std::uint64_t rows = pick(coins) ? pick(numbers) : pick(small);
      const std::uint64_t columns = pick(coins) ? pick(numbers) : pick(small);
      const long double exact = static_cast<long double>(rows) * static_cast<long double>(columns) * width;
      const std::uint64_t bytes = rows * columns * width;  // wraps, as an attacker would have it
      const std::uint64_t first = pick(coins) && pick(coins) ? pick(numbers) : end;
      const std::uint64_t last = pick(coins) && pick(coins) ? pick(numbers) : first + bytes;
      right = right && static_cast<long double>(rows) * width <= 0x1p64L - 1 && exact <= 0x1p64L - 1 && first <= last &&
              last - first == bytes;
      header += std::string(header.size() > 1 ? "," : "") + "\"" + name + R"(":{"dtype":")" + type + R"(","shape":[)" +
                std::to_string(rows) + "," + std::to_string(columns) + R"(],"data_offsets":[)" + std::to_string(first) +
                "," + std::to_string(last) + "]}";
      ranges.emplace_back(first, last);
      end = last;
    }
    std::sort(ranges.begin(), ranges.end());
    const std::uint64_t data = end < 1000 ? end : 64;
    std::uint64_t covered = 0;
    for (const auto& [first, last] : ranges) {
      right = right && first == covered;
      covered = last;
    }
    right = right && covered == data;
    INFO(header);
    const std::size_t before = trial.accepted();
    file(trial, test::safetensors_file(header + "}", std::string(data, 'x')));
    CHECK((trial.accepted() > before) == right);
  }
  test::check_counts(trial, 1500, 500);
}

TEST_CASE("damaged indexes of sharded weights load or are refused") {
  const test::TemporaryFolder folder;
  const std::string words = "embeddings.word_embeddings.weight";
  test::write_random_weights(folder.path() / "1.safetensors", {{words, {2, 2}}, {"x", {3}}}, "", glossa::DType::f32);
  test::write_random_weights(folder.path() / "2.safetensors", {{"y", {4}}}, "", glossa::DType::f16);
  Json index{{"metadata", {{"total_size", 44}}},
             {"weight_map", {{words, "1.safetensors"}, {"x", "1.safetensors"}, {"y", "2.safetensors"}}}};
  DamageTrial trial;
  const auto load = [&](const std::string& bytes) {
    test::overwrite(folder.path() / "model.safetensors.index.json", bytes);
    trial(folder.path().string(), bytes, [&] { const glossa::Weights weights(folder.path()); });
  };
  const std::string good = index.dump();
  test::for_each_truncation(good, good.size(), load);
  CHECK(trial.accepted() == 0);
  test::for_each_damage(good, 2, 2000, load);
  test::for_each_strange_value(index, index, [&](const Json& json) { load(json.dump()); });
  test::check_counts(trial, 1500, 50);
}
