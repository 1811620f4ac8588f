// 1_Pooling/config.json: flags of older versions, names of newer ones, and what is refused.
#include "catch.hpp"
#include "error_of.hpp"
#include "random_model.hpp"

#include <glossa/model/sentence_config.hpp>

#include <string>
#include <vector>

using glossa::Error;
using glossa::ErrorKind;
using glossa::Pooling;
using test::Json;

namespace {

std::vector<Pooling> read(const Json& config) {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "config.json", config.dump());
  return glossa::detail::read_poolings(folder.path() / "config.json", 32);
}

Error refused(const Json& config) {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "config.json", config.dump());
  const Error error = test::error_of([&] { (void)glossa::detail::read_poolings(folder.path() / "config.json", 32); });
  CHECK(error.file() == (folder.path() / "config.json").string());
  return error;
}

struct Mode {
  Pooling pooling;
  const char* flag;
  const char* name;
};
constexpr Mode kModes[] = {{Pooling::cls, "pooling_mode_cls_token", "cls"},
                           {Pooling::max, "pooling_mode_max_tokens", "max"},
                           {Pooling::mean, "pooling_mode_mean_tokens", "mean"},
                           {Pooling::mean_sqrt_length, "pooling_mode_mean_sqrt_len_tokens", "mean_sqrt_len_tokens"},
                           {Pooling::weighted_mean, "pooling_mode_weightedmean_tokens", "weightedmean"},
                           {Pooling::last_token, "pooling_mode_lasttoken", "lasttoken"}};

}  // namespace

TEST_CASE("each mode is known by its flag and by its name, alone or in an array") {
  for (const Mode& mode : kModes) {
    INFO(mode.name);
    CHECK(read({{mode.flag, true}}) == std::vector{mode.pooling});
    CHECK(read({{"pooling_mode", mode.name}}) == std::vector{mode.pooling});
    CHECK(read({{"pooling_mode", {mode.name}}}) == std::vector{mode.pooling});
  }
}

TEST_CASE("every set of flags gives its modes in the order of sentence-transformers") {
  for (unsigned set = 0; set < 64; ++set) {
    Json config{{"word_embedding_dimension", 32}};
    std::vector<Pooling> expected;
    for (unsigned i = 0; i < 6; ++i) {
      config[kModes[i].flag] = (set >> i & 1) != 0;
      if ((set >> i & 1) != 0) expected.push_back(kModes[i].pooling);
    }
    if (expected.empty()) expected.push_back(Pooling::mean);
    CHECK(read(config) == expected);
  }
}

TEST_CASE("names keep the order in which they stand, and go before flags") {
  CHECK(read({{"pooling_mode", {"lasttoken", "cls"}}}) == std::vector{Pooling::last_token, Pooling::cls});
  CHECK(read({{"pooling_mode", {"mean", "mean"}}}) == std::vector{Pooling::mean, Pooling::mean});
  CHECK(read({{"pooling_mode", "cls"}, {"pooling_mode_max_tokens", true}}) == std::vector{Pooling::cls});
  CHECK(read({{"pooling_mode", nullptr}, {"pooling_mode_max_tokens", true}}) == std::vector{Pooling::max});
  CHECK(read(Json::object()) == std::vector{Pooling::mean});
}

TEST_CASE("modes that are unknown, none or too many are refused") {
  for (const Json& mode :
       {Json("Mean"), Json(""), Json(1), Json(true), Json::object(), Json::array(), Json::array({"cls", "median"}),
        Json::array({1}), Json::array({Json::array({"cls"})}), Json(std::vector<std::string>(7, "cls"))}) {
    INFO(mode);
    CHECK(refused({{"pooling_mode", mode}}).field() == "pooling_mode");
  }
  for (const Json& flag : {Json(1), Json("true"), Json::array()})
    CHECK(refused({{"pooling_mode_cls_token", flag}}).field() == "pooling_mode_cls_token");
}

TEST_CASE("pooling without the prompt's tokens is refused, as leaving them in would change every vector") {
  const Error error = refused({{"pooling_mode_mean_tokens", true}, {"include_prompt", false}});
  CHECK(error.kind() == ErrorKind::unsupported);
  CHECK(error.field() == "include_prompt");
  CHECK(read({{"pooling_mode_mean_tokens", true}, {"include_prompt", true}}) == std::vector{Pooling::mean});
  CHECK(refused({{"include_prompt", "no"}}).field() == "include_prompt");
}

TEST_CASE("a dimension, by its old or new name, is that of the encoder") {
  for (const char* name : {"word_embedding_dimension", "embedding_dimension"}) {
    CHECK(read({{name, 32}}) == std::vector{Pooling::mean});
    CHECK(read({{name, nullptr}}) == std::vector{Pooling::mean});
    for (const Json& value : {Json(31), Json(0), Json(-32), Json(32.0), Json("32"), Json(UINT64_MAX)})
      CHECK(refused({{name, value}}).field() == name);
  }
  CHECK(test::says(refused({{"embedding_dimension", 31}}), "config.json's hidden_size 32"));
}

TEST_CASE("a pooling configuration that is missing is named") {
  const test::TemporaryFolder folder;
  const Error error = test::error_of([&] { (void)glossa::detail::read_poolings(folder.path() / "config.json", 32); });
  CHECK(error.kind() == ErrorKind::not_found);
  CHECK(error.file() == (folder.path() / "config.json").string());
}
