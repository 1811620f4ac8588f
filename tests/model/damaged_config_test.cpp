// Damaged configurations, alone and in a whole model folder: the model loads and embeds, or a file of it is named.
#include "damage.hpp"

#include <glossa/embedder.hpp>
#include <glossa/model/encoder_config_reader.hpp>
#include <glossa/model/prompts_reader.hpp>
#include <glossa/model/sentence_config.hpp>

#include <cstddef>
#include <new>
#include <string>
#include <vector>

using test::DamageTrial;
using test::Json;

namespace {

const std::string kFiles[] = {"config.json",           "modules.json",
                              "1_Pooling/config.json", "sentence_bert_config.json",
                              "tokenizer_config.json", "config_sentence_transformers.json"};

/// A family's folder, of which one file at a time is damaged.
class Folder {
 public:
  explicit Folder(const char* family) : family_(test::family(family)) { test::write_family(path(), family_); }

  [[nodiscard]] std::filesystem::path path() const { return folder_.path(); }
  [[nodiscard]] Json json(const std::string& file) const { return family_.at("files").at(file); }
  void write(const std::string& file, const std::string& bytes) const { test::overwrite(path() / file, bytes); }

  /// Reads all configurations.
  void read(DamageTrial& trial, const std::string& bytes) const {
    trial(path().string(), bytes, [&] {
      const auto config = glossa::read_sentence_config(
          path(), [](const std::filesystem::path& place) { return glossa::read_encoder_config(place).hidden_size; });
      const glossa::EncoderConfig encoder = glossa::read_encoder_config(config.encoder_folder);
      if (encoder.head_size() * encoder.heads != encoder.hidden_size || encoder.max_tokens() == 0 ||
          encoder.max_tokens() > encoder.max_positions)
        FAIL_CHECK("a configuration that contradicts itself");
      (void)glossa::read_prompts(path(), config.encoder_folder);
    });
  }

  /// Loads the whole model and embeds with it; a vector that is not finite is refused then.
  void embed(DamageTrial& trial, const std::string& bytes) const {
    trial(path().string(), bytes, [&] {
      const glossa::Embedder embedder(path(), {.threads = 1});
      if (embedder.embed("the cat <mask>").size() != embedder.dims()) FAIL_CHECK("a vector of another length");
    });
  }

 private:
  Json family_;
  test::TemporaryFolder folder_;
};

}  // namespace

TEST_CASE("this program gets no more than 1 GB at once") {
  CHECK_THROWS_AS(std::vector<char>((std::size_t{1} << 30) + 1), std::bad_alloc);
  CHECK(std::vector<char>(1 << 20).size() == 1 << 20);
}

TEST_CASE("damaged configuration files are read or refused by name") {
  for (const std::string& file : kFiles) {
    INFO(file);
    const Folder folder("multilingual-e5-small");
    const std::string good = folder.json(file).dump();
    if (file == "tokenizer_config.json")
      std::filesystem::remove(folder.path() / "sentence_bert_config.json");  // it goes first
    DamageTrial trial;
    const auto load = [&](const std::string& bytes) {
      folder.write(file, bytes);
      folder.read(trial, bytes);
    };
    test::for_each_truncation(good, 200, load);
    test::for_each_damage(good, 8, 700, load);
    test::check_counts(trial, 300, 10);
  }
}

TEST_CASE("a configuration with any value exchanged for a strange one is read or refused by name") {
  for (const char* family : {"multilingual-e5-small", "multilingual-e5-base"})
    for (const std::string& file : kFiles) {
      INFO(family << " " << file);
      const Folder folder(family);
      if (!std::filesystem::exists(folder.path() / file)) continue;
      if (file == "tokenizer_config.json") std::filesystem::remove(folder.path() / "sentence_bert_config.json");
      Json json = folder.json(file);
      DamageTrial trial;
      test::for_each_strange_value(json, json, [&](const Json& damaged) {
        folder.write(file, damaged.dump());
        folder.read(trial, damaged.dump());
      });
      test::check_counts(trial, 40, 5);
    }
}

TEST_CASE("a model folder with a strange value in its configuration loads or is refused by name") {
  for (const auto& [family, file] : {std::pair<const char*, std::string>{"multilingual-e5-small", "config.json"},
                                     {"multilingual-e5-base", "config.json"},
                                     {"all-MiniLM-L6-v2", "sentence_bert_config.json"},
                                     {"all-MiniLM-L6-v2", "1_Pooling/config.json"}}) {
    INFO(family << " " << file);
    const Folder folder(family);
    const std::string& name = file;  // which a lambda can capture
    Json json = folder.json(name);
    DamageTrial trial;
    test::for_each_strange_value(json, json, [&](const Json& damaged) {
      folder.write(name, damaged.dump());
      folder.embed(trial, damaged.dump());
    });
    test::check_counts(trial, 30, 10);
  }
}

TEST_CASE("a model folder with damaged weights loads or is refused by name") {
  for (const char* family : {"e5-base-v2", "multilingual-e5-large"}) {
    INFO(family);
    const Folder folder(family);
    const std::string file = std::filesystem::exists(folder.path() / "model.safetensors")
                                 ? "model.safetensors"
                                 : "model-00002-of-00002.safetensors";
    const std::string good = test::read_file(folder.path() / file);
    DamageTrial trial;
    const auto load = [&](const std::string& bytes) {
      folder.write(file, bytes);
      folder.embed(trial, bytes);
    };
    test::for_each_truncation(good, 50, load);
    CHECK(trial.accepted() == 0);
    test::for_each_damage(good, 9, 200, load);
    // Damage that leaves the header alone: numbers of all kinds, not all of them finite.
    const std::size_t data = 8 + good.find("}}") + 2 - 8;
    test::for_each_damage(good.substr(data), 10, 200, [&](const std::string& tail) {
      if (tail.size() == good.size() - data) load(good.substr(0, data) + tail);
    });
    test::check_counts(trial, 200, 20);
  }
}

TEST_CASE("a model card of any bytes is read") {
  const Folder folder("multilingual-e5-base");
  DamageTrial trial;
  const std::string card =
      "---\nmodel-index:\n- name: multilingual-e5-base\nbase_model: intfloat/x\n---\n\n# Title\n## More\nname:";
  const auto load = [&](const std::string& bytes) {
    folder.write("README.md", bytes);
    folder.read(trial, bytes);
  };
  test::for_each_truncation(card, card.size(), load);
  test::for_each_damage(card, 12, 1000, load);
  CHECK(trial.refused() == 0);
  CHECK(trial.accepted() > 1050);
}
