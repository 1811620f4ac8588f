// What a trainer has learnt becomes an Embedder without a folder: bit by bit the saved model's, and on its own.
#include "catch.hpp"
#include "error_of.hpp"
#include "small_model.hpp"

#include <glossa/core/byte_source.hpp>
#include <glossa/embedder.hpp>
#include <glossa/eval/embedding_cache.hpp>
#include <glossa/model/safetensors_writer.hpp>
#include <glossa/model/weights.hpp>
#include <glossa/search/require_model.hpp>
#include <glossa/train/trainer.hpp>
#include <glossa/train/training_session.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using glossa::Embedder;
using glossa::Precision;
using glossa::Trainer;
using glossa::TrainerOptions;

std::vector<glossa::TrainingRow> some_rows() {
  std::vector<std::string> texts = test::mixed_texts(60);
  const std::set<std::string> different(texts.begin(), texts.end());
  texts.assign(different.begin(), different.end());
  std::erase(texts, "");
  std::vector<glossa::TrainingRow> rows;
  for (std::size_t i = 0; i + 1 < texts.size(); i += 2) rows.push_back({.anchor = texts[i], .positive = texts[i + 1]});
  return rows;
}

TrainerOptions options() {
  TrainerOptions out;
  out.rate = {.rate = 1e-3};
  out.threads = 2;
  return out;
}

void train(Trainer& trainer, std::size_t steps) {
  (void)trainer.train(some_rows(), {.max_steps = steps, .batches = {.batch_rows = 6}});
}

std::vector<float> vectors_of(const Embedder& embedder) {
  const auto vectors = embedder.embed(test::mixed_texts(40));
  return {vectors.values().begin(), vectors.values().end()};
}

/// Gives a model's file a tensor more, which no encoder reads and no training changes.
void add_pooler(const std::filesystem::path& path) {
  const auto other = path.string() + ".new";
  {
    const glossa::SafetensorsFile file(path);
    std::vector<glossa::TensorPlan> plan;
    for (const auto& [name, info] : file.tensors()) plan.push_back({name, info.type, info.shape});
    plan.push_back({"pooler.dense.bias", glossa::DType::f16, {5}});
    glossa::SafetensorsWriter writer(other, plan);
    for (const auto& [name, info] : file.tensors()) writer.write(file.view(name).bytes);
    writer.write(std::as_bytes(std::span("pooler.de", 10)));
    writer.finish();
  }
  std::filesystem::rename(other, path);
}

/// Of all kinds of training: its name, and how options ask for it.
struct Kind {
  const char* name;
  std::function<void(TrainerOptions&)> set;
};

}  // namespace

TEST_CASE("an embedder of what was learnt has every bit of the saved model, in each precision") {
  const std::vector<Kind> kinds{
      {"decay of all words", [](TrainerOptions&) {}},
      {"no decay", [](TrainerOptions& out) { out.adamw.weight_decay = 0; }},
      {"decay to the initial weights", [](TrainerOptions& out) { out.adamw.initial_decay = 2; }},
      {"interpolation", [](TrainerOptions& out) { out.preserve.interpolation = 0.3; }},
      {"frozen embeddings", [](TrainerOptions& out) { out.freeze_embeddings = true; }},
      {"adapters", [](TrainerOptions& out) { out.lora.rank = 2; }},
      {"an average", [](TrainerOptions& out) { out.preserve.average = 0.6; }},
      {"an average of what decays to the initial weights, interpolated",
       [](TrainerOptions& out) {
         out.preserve.average = 0.6;
         out.preserve.interpolation = 0.3;
         out.adamw.initial_decay = 2;
       }},
      {"an average of adapters", [](TrainerOptions& out) {
         out.preserve.average = 0.6;
         out.lora.rank = 2;
       }}};
  const test::SmallModel model;
  for (const Kind& kind : kinds) {
    INFO(kind.name);
    const test::TemporaryFolder folder;
    TrainerOptions own = options();
    kind.set(own);
    Trainer trainer(model.path(), own);
    train(trainer, 4);
    trainer.save(folder.path() / "saved");
    for (const Precision precision :
         {Precision::automatic, Precision::bf16, Precision::int8, Precision::int4, Precision::f64}) {
      INFO(to_string(precision));
      const Embedder saved(folder.path() / "saved", {.precision = precision, .threads = 2});
      const Embedder trained = trainer.embedder({.precision = precision, .threads = 1});
      CHECK(vectors_of(trained) == vectors_of(saved));
      CHECK(glossa::is_same_model(trained.fingerprint(), saved.fingerprint()));
      CHECK(trained.info().precision == saved.info().precision);
      CHECK(trained.embed_query("the cat").values() == saved.embed_query("the cat").values());
    }
    CHECK(vectors_of(trainer.embedder()) != vectors_of(Embedder(model.path())));
  }
}

TEST_CASE("models of every layout become embedders: other types, names with a prefix, shards, other tokenizers") {
  for (const test::Json& family : test::families().at("families")) {
    const std::string name = family.at("name");
    INFO(name);
    const test::SmallModel model(name);
    const test::TemporaryFolder folder;
    Trainer trainer(model.path(), options());
    train(trainer, 2);
    trainer.save(folder.path() / "saved");
    const Embedder saved(folder.path() / "saved");
    const Embedder trained = trainer.embedder();
    CHECK(vectors_of(trained) == vectors_of(saved));
    CHECK(glossa::is_same_model(trained.fingerprint(), saved.fingerprint()));
    CHECK(trained.info().parameters == saved.info().parameters);
    CHECK(trained.info().weight_types == saved.info().weight_types);
  }
}

TEST_CASE("an embedder stays as it is when training goes on, and when the trainer is gone") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  std::optional<Trainer> trainer(std::in_place, model.path(), options());
  train(*trainer, 3);
  const Embedder early = trainer->embedder();
  const std::vector<float> vectors = vectors_of(early);
  trainer->save(folder.path() / "early");
  train(*trainer, 3);
  const Embedder late = trainer->embedder();
  CHECK(vectors_of(early) == vectors);
  CHECK(vectors_of(late) != vectors);
  trainer.reset();
  CHECK(vectors_of(early) == vectors);
  // asked for the first time now, after other steps
  CHECK(glossa::is_same_model(early.fingerprint(), Embedder(folder.path() / "early").fingerprint()));
  CHECK(early.fingerprint() != late.fingerprint());
}

TEST_CASE("no two states of training share an identity, nor the vectors that a cache keeps") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  TrainerOptions own = options();
  own.adamw.weight_decay = 0;
  Trainer trainer(model.path(), own);
  std::set<std::string> seen{Embedder(model.path()).fingerprint()};
  std::vector<Embedder> states;
  for (std::size_t step = 0; step < 4; ++step) {
    train(trainer, 1);
    states.push_back(trainer.embedder());
    CHECK(seen.insert(states.back().fingerprint()).second);
    CHECK(seen.insert(trainer.embedder({.precision = Precision::int8}).fingerprint()).second);
    CHECK(trainer.embedder().fingerprint() == states.back().fingerprint());
  }
  for (const Embedder& state : states) {
    glossa::EmbeddingCache cache(folder.path(), state.fingerprint(), state.dims());
    CHECK(cache.size() == 0);
    cache.add("", "the cat", state.embed("the cat").values());
    cache.flush();
  }
  // A step that none of the texts in the cache has a word of:
  Trainer other(model.path(), own);
  const Embedder before = other.embedder();
  (void)other.train(std::vector<glossa::TrainingRow>{{.anchor = "museo", .positive = "protein"},
                                                     {.anchor = "female", .positive = "sleep"}},
                    {.max_steps = 1, .batches = {.batch_rows = 2}});
  CHECK(before.fingerprint() != other.embedder().fingerprint());
}

TEST_CASE("threads may share an embedder of what was learnt") {
  const test::SmallModel model;
  Trainer trainer(model.path(), options());
  train(trainer, 2);
  const Embedder embedder = trainer.embedder({.threads = 2});
  const std::vector<float> vectors = vectors_of(embedder);
  const std::string fingerprint = trainer.embedder().fingerprint();
  std::vector<int> right(4);
  std::vector<std::thread> threads;
  for (int& one : right)
    threads.emplace_back([&] { one = vectors_of(embedder) == vectors && embedder.fingerprint() == fingerprint; });
  for (std::thread& thread : threads) thread.join();
  CHECK(right == std::vector<int>(4, 1));
}

TEST_CASE("options count, errors are an Embedder's, and known vectors of the first weights are not compared") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  const auto place = folder.path() / "model";
  std::filesystem::copy(model.path(), place, std::filesystem::copy_options::recursive);
  test::write_file(place / glossa::kGoldenFile, "known vectors of the initial weights");
  Trainer trainer(place, options());
  train(trainer, 1);
  CHECK(trainer.embedder({.query_prompt = "find: "}).info().prompts.query == "find: ");
  CHECK(trainer.embedder({.max_tokens = 100}).max_tokens() == 100);
  CHECK(test::error_of([&] { (void)trainer.embedder({.max_tokens = 0}); }).field() == "EmbedderOptions::max_tokens");
  trainer.save(folder.path() / "saved");
  CHECK(!std::filesystem::exists(folder.path() / "saved" / glossa::kGoldenFile));
  CHECK(trainer.embedder().verify().missing.back().find("not those of the folder") != std::string::npos);
  std::filesystem::remove_all(place);
  CHECK(test::error_of([&] { (void)trainer.embedder(); }).kind() == glossa::ErrorKind::not_found);
}

TEST_CASE("the bytes of what was learnt are those of the saved file, from wherever they are read") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  add_pooler(model.path() / "model.safetensors");
  TrainerOptions own = options();
  own.preserve.interpolation = 0.5;
  glossa::detail::TrainingSession<float> session(model.path(), own);
  const std::vector<std::string_view> texts{"the cat", "museo", "protein", "sleep"};
  const std::vector<glossa::detail::RowTexts> rows{{{texts[0], texts[1]}, {texts[2], texts[3]}, {}, {}, {0, 1}}};
  (void)session.step(rows, 1e-3);
  session.save(folder.path() / "saved");
  const glossa::Weights weights = session.trained_weights();
  const glossa::SafetensorsFile& file = *weights.require("embeddings.LayerNorm.bias").file;
  const std::string expected = test::read_file(folder.path() / "saved" / "model.safetensors");
  REQUIRE(file.bytes().size() == expected.size());
  for (const std::size_t piece : {std::size_t{7}, std::size_t{4096}, expected.size()}) {
    std::string bytes(expected.size(), '\0');
    for (std::size_t at = 0; at < bytes.size(); at += piece)
      file.bytes().read(at, bytes.data() + at, std::min(piece, bytes.size() - at));
    CHECK((bytes == expected));
  }
  char none = 0;
  file.bytes().read(expected.size(), &none, 0);
  CHECK(test::error_of([&] { file.bytes().read(expected.size(), &none, 1); }).kind() == glossa::ErrorKind::io);
  CHECK(test::error_of([&] { file.bytes().read(expected.size() + 1, &none, 0); }).kind() == glossa::ErrorKind::io);
  const glossa::SafetensorsFile saved(folder.path() / "saved" / "model.safetensors");
  for (const auto& [name, info] : saved.tensors()) {
    const auto own_bytes = file.view(name).bytes;
    const auto its_bytes = saved.view(name).bytes;
    CHECK(std::equal(own_bytes.begin(), own_bytes.end(), its_bytes.begin(), its_bytes.end()));
  }
}
