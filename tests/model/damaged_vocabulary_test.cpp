// Damaged vocab.txt and tokenizer_config.json files load or are refused by name.
#include "damage.hpp"
#include "error_of.hpp"
#include "token_rules.hpp"

#include <glossa/text/tokenizer.hpp>

#include <string>

using test::DamageTrial;
using test::Json;

namespace {

/// The folder of a BERT tokenizer, to be damaged.
class Vocabulary {
 public:
  Vocabulary() {
    write("vocab.txt", lines());
    write("tokenizer_config.json", config().dump());
  }
  static std::string lines() { return test::family("e5-base-v2").at("files").at("vocab.txt"); }
  static Json config() { return test::family("e5-base-v2").at("files").at("tokenizer_config.json"); }
  void write(const std::string& name, const std::string& bytes) const { test::overwrite(folder_.path() / name, bytes); }
  void load(DamageTrial& trial, const std::string& bytes) const {
    trial(folder_.path().string(), bytes, [&] {
      const glossa::Tokenizer tokenizer(folder_.path());
      static const std::string text = test::nasty_text();
      const std::string rule = test::broken_rule(tokenizer, text, {.specials = glossa::Specials::text});
      if (!rule.empty()) FAIL_CHECK(rule);
    });
  }
  [[nodiscard]] std::filesystem::path path() const { return folder_.path(); }

 private:
  test::TemporaryFolder folder_;
};

}  // namespace

TEST_CASE("damaged vocab.txt files load or are refused") {
  const Vocabulary vocabulary;
  DamageTrial trial;
  const auto load = [&](const std::string& bytes) {
    vocabulary.write("vocab.txt", bytes);
    vocabulary.load(trial, bytes);
  };
  test::for_each_truncation(Vocabulary::lines(), 1000, load);
  test::for_each_damage(Vocabulary::lines(), 6, 2000, load);
  test::check_counts(trial, 400, 1000);
}

TEST_CASE("damaged tokenizer_config.json files load or are refused") {
  const Vocabulary vocabulary;
  DamageTrial trial;
  const auto load = [&](const std::string& bytes) {
    vocabulary.write("tokenizer_config.json", bytes);
    vocabulary.load(trial, bytes);
  };
  Json config = Vocabulary::config();
  for (const char* name : {"unk_token", "cls_token", "sep_token", "pad_token", "mask_token"})
    config[name] = Json{{"content", "[CLS]"}};
  config["strip_accents"] = nullptr;
  config["tokenize_chinese_chars"] = true;
  test::for_each_truncation(config.dump(), 500, load);
  test::for_each_damage(config.dump(), 7, 1000, load);
  test::for_each_strange_value(config, config, [&](const Json& json) { load(json.dump()); });
  test::check_counts(trial, 800, 100);
}

TEST_CASE("a line that is not UTF-8 and a special token that is missing are told by line and name") {
  const Vocabulary vocabulary;
  vocabulary.write("vocab.txt", "[PAD]\n[UNK]\n\xC3\n");
  const auto load = [&] { const glossa::Tokenizer tokenizer(vocabulary.path()); };
  const glossa::Error line = test::error_of(load);
  CHECK(line.file() == (vocabulary.path() / "vocab.txt").string());
  CHECK(line.field() == "line 3");
  for (const auto& [token, field] : {std::pair<std::string, std::string>{"[UNK]", "unk_token"},
                                     {"[PAD]", "pad_token"},
                                     {"[MASK]", "mask_token"},
                                     {"[CLS]", "cls_token"},
                                     {"[SEP]", "sep_token"}}) {
    std::string lines = Vocabulary::lines();
    lines.replace(lines.find(token), token.size(), "gone");
    vocabulary.write("vocab.txt", lines);
    const glossa::Error missing = test::error_of(load);
    CHECK(missing.kind() == glossa::ErrorKind::corrupt_file);
    CHECK(missing.field() == field);
    CHECK(missing.facts().found == token);
  }
  vocabulary.write("vocab.txt", "");
  CHECK(test::error_of(load).field() == "unk_token");
}
