// Weights in several files: the index and the shards have to agree, and nothing outside the folder is opened.
#include "catch.hpp"
#include "error_of.hpp"
#include "random_model.hpp"

#include <glossa/model/weights.hpp>

#include <string>

using glossa::DType;
using glossa::Error;
using glossa::ErrorKind;
using glossa::Weights;
using test::Json;

namespace {

const std::string kWords = "embeddings.word_embeddings.weight";

/// A folder of two shards: "1.safetensors" has the words and "x", "2.safetensors" has "y".
class Shards {
 public:
  Shards() {
    test::write_random_weights(path() / "1.safetensors", {{kWords, {2, 2}}, {"x", {3}}}, "", DType::f32);
    test::write_random_weights(path() / "2.safetensors", {{"y", {4}}}, "", DType::f16);
  }
  [[nodiscard]] std::filesystem::path path() const { return folder_.path(); }
  [[nodiscard]] std::filesystem::path index() const { return path() / "model.safetensors.index.json"; }

  [[nodiscard]] static Json map() {
    return {{kWords, "1.safetensors"}, {"x", "1.safetensors"}, {"y", "2.safetensors"}};
  }
  [[nodiscard]] Weights open(const Json& map) const {
    test::write_file(index(), Json{{"metadata", {{"total_size", 44}}}, {"weight_map", map}}.dump());
    return Weights(path());
  }
  [[nodiscard]] Error refused(const Json& map) const {
    return test::error_of([&] { (void)open(map); });
  }

 private:
  test::TemporaryFolder folder_;
};

}  // namespace

TEST_CASE("tensors come from the shard that has them") {
  const Shards shards;
  const Weights weights = shards.open(Shards::map());
  CHECK(weights.tensors().size() == 3);
  CHECK(weights.find("x")->file->name() == (shards.path() / "1.safetensors").string());
  CHECK(weights.find("y")->file->name() == (shards.path() / "2.safetensors").string());
  CHECK(weights.read<float>("x", {3}) == test::random_weights("x", {3}));
  CHECK(weights.read<double>("y", {4}).size() == 4);
}

TEST_CASE("one whole file goes before an index") {
  const Shards shards;
  test::write_random_weights(shards.path() / "model.safetensors", {{kWords, {1, 1}}}, "", DType::f32);
  CHECK(shards.open({{kWords, "none"}}).tensors().size() == 1);
}

TEST_CASE("a shard that is missing is named") {
  const Shards shards;
  Json map = Shards::map();
  map["y"] = "3.safetensors";
  const Error error = shards.refused(map);
  CHECK(error.kind() == ErrorKind::not_found);
  CHECK(error.file() == (shards.path() / "3.safetensors").string());
}

TEST_CASE("a tensor listed in the wrong shard, or in none that has it, is named with the shard") {
  const Shards shards;
  Json wrong = Shards::map();
  wrong["x"] = "2.safetensors";
  Json none = Shards::map();
  none["z"] = "1.safetensors";
  for (const auto& [map, tensor, file] :
       {std::tuple<Json, std::string, std::string>{wrong, "x", "2.safetensors"}, {none, "z", "1.safetensors"}}) {
    const Error error = shards.refused(map);
    CHECK(error.kind() == ErrorKind::corrupt_file);
    CHECK(error.field() == tensor);
    CHECK(error.file() == (shards.path() / file).string());
  }
}

TEST_CASE("a tensor in two shards is refused by name") {
  const Shards shards;
  test::write_random_weights(shards.path() / "2.safetensors", {{"y", {4}}, {"x", {3}}}, "", DType::f32);
  const Error error = shards.refused(Shards::map());
  CHECK(error.kind() == ErrorKind::corrupt_file);
  CHECK(error.field() == "x");
  CHECK(test::says(error, "2.safetensors"));
}

TEST_CASE("an index leads to no file outside its folder") {
  const Shards shards;
  const std::filesystem::path outside = shards.path().string() + "-outside";  // a name that nobody else has there
  test::write_random_weights(outside, {{"y", {4}}}, "", DType::f32);
  const std::string names[] = {"../" + outside.filename().string(),
                               "sub/2.safetensors",
                               "/etc/passwd",
                               "..",
                               ".",
                               "",
                               "./2.safetensors",
                               "2.safetensors/",
                               std::string("2.safetensors\0x", 15),
                               "\\\\x/2.safetensors"};
  for (const std::string& name : names) {
    INFO(name);
    Json map = Shards::map();
    map["y"] = name;
    const Error error = shards.refused(map);
    CHECK(error.kind() == ErrorKind::corrupt_file);
    CHECK(error.file() == shards.index().string());
    CHECK(error.field() == "weight_map.y");
  }
  std::filesystem::remove(outside);
}

TEST_CASE("an index without its map, or with something else in it, is refused by field") {
  const Shards shards;
  const auto field_of = [&](const std::string& text) {
    test::write_file(shards.index(), text);
    const Error error = test::error_of([&] { const Weights weights(shards.path()); });
    CHECK(error.kind() == ErrorKind::corrupt_file);
    CHECK(error.file() == shards.index().string());
    return error.field();
  };
  CHECK(field_of("{}") == "weight_map");
  CHECK(field_of(R"({"weight_map":null})") == "weight_map");
  CHECK(field_of(R"({"weight_map":[]})") == "weight_map");
  CHECK(field_of(R"({"weight_map":{"x":1}})") == "weight_map.x");
  CHECK(field_of(R"({"weight_map":{"x":["1.safetensors"]}})") == "weight_map.x");
  CHECK(field_of("[]").empty());
  CHECK(field_of("").empty());
}

TEST_CASE("an index of nothing has no encoder") {
  const Shards shards;
  const Error error = shards.refused(Json::object());
  CHECK(error.kind() == ErrorKind::unsupported);
  CHECK(error.file() == shards.path().string());
}
