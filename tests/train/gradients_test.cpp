// Losses and gradients of all weights are those of PyTorch in double precision.
#include "paths.hpp"
#include "shared_goldens.hpp"
#include "tiny_training.hpp"

#include <glossa/train/losses/info_nce.hpp>
#include <glossa/train/losses/pair_losses.hpp>
#include <glossa/train/losses/triplet_losses.hpp>

#include <cmath>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using glossa::LossResult;
using glossa::VectorBatch;

/// The losses of training.json by their names there.
template <class T>
std::vector<std::pair<std::string, std::function<LossResult<T>(VectorBatch<T>)>>> losses(const test::TinyData& data) {
  const auto without_negatives = [](VectorBatch<T> batch) {
    batch.negatives.clear();
    return batch;
  };
  const auto labelled = [&data](VectorBatch<T> batch, const char* labels) {
    batch.labels = data.json.at(labels).template get<std::vector<double>>();
    return batch;
  };
  const double temperature = data.json.at("temperature").template get<double>();
  return {
      {"info_nce",
       [=](VectorBatch<T> batch) {
         return glossa::info_nce_loss(without_negatives(std::move(batch)), {.temperature = temperature});
       }},
      {"info_nce_hard",
       [=](VectorBatch<T> batch) { return glossa::info_nce_loss(batch, {.temperature = temperature}); }},
      {"info_nce_symmetric",
       [=](VectorBatch<T> batch) {
         return glossa::info_nce_loss(without_negatives(std::move(batch)),
                                      {.temperature = temperature, .symmetric = true});
       }},
      {"triplet_euclidean", [](VectorBatch<T> batch) { return glossa::triplet_loss(batch, {.margin = 0.5}); }},
      {"triplet_cosine",
       [](VectorBatch<T> batch) { return glossa::triplet_loss(batch, {.cosine = true, .margin = 0.3}); }},
      {"margin_mse",
       [=](VectorBatch<T> batch) { return glossa::margin_mse_loss(labelled(std::move(batch), "margin_labels")); }},
      {"contrastive",
       [=](VectorBatch<T> batch) {
         return glossa::contrastive_loss(labelled(without_negatives(std::move(batch)), "pair_labels"), {.margin = 0.5});
       }},
      {"cosent",
       [=](VectorBatch<T> batch) {
         return glossa::cosent_loss(labelled(without_negatives(std::move(batch)), "scores"), {.scale = 20});
       }},
  };
}

double norm_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value * value;
  return std::sqrt(sum);
}

/// The gradient of a tensor that lies densely.
template <class T>
std::vector<double> gradient_of(test::TinyModel<T>& model, const glossa::detail::Parameter& one) {
  std::vector<double> out;
  for (std::size_t r = 0; r < one.rows; ++r)
    for (std::size_t c = 0; c < one.columns; ++c)
      out.push_back(static_cast<double>(model.dense.gradients()[one.offset + r * one.stride + c]));
  return out;
}

template <class T>
std::vector<double> word_gradient(const test::TinyModel<T>& model) {
  const std::size_t hidden = model.encoder.config().hidden_size;
  std::vector<double> out(model.encoder.config().vocab_size * hidden);
  const auto& active = model.words.active();
  for (std::size_t i = 0; i < active.size(); ++i)
    for (std::size_t k = 0; k < hidden; ++k)
      out[active[i] * hidden + k] = static_cast<double>(model.words.gradient(i)[k]);
  return out;
}

/// |g - golden| against max(|golden|, 1e-6 · all of them).
template <class T>
void check_gradients(test::TinyModel<T>& model, const std::filesystem::path& golden, double tolerance) {
  const glossa::SafetensorsFile file(golden);
  std::vector<std::pair<std::string, std::pair<std::vector<double>, std::vector<double>>>> all;
  double squares = 0;
  const auto add = [&](const std::string& name, std::vector<double> own) {
    std::vector<double> expected(own.size(), 0.0);
    const auto found = file.tensors().find(name);
    REQUIRE(found != file.tensors().end());
    file.read(found->second, 0, expected.size(), expected.data());
    const double norm = norm_of(expected);
    squares += norm * norm;
    all.push_back({name, {std::move(own), std::move(expected)}});
  };
  add("embeddings.word_embeddings.weight", word_gradient(model));
  for (const glossa::detail::Parameter& one : model.encoder.layout().parameters())
    add(one.name, gradient_of(model, one));
  CHECK(all.size() == file.tensors().size());
  for (auto& [name, both] : all) {
    auto& [own, expected] = both;
    const double norm = norm_of(expected);
    for (std::size_t i = 0; i < own.size(); ++i) own[i] -= expected[i];
    INFO(name << ": " << norm);
    // A key's bias adds the same to all scores of a query, so that its gradient is zero but for rounding.
    const bool is_rounding = std::is_same_v<T, float> && name.ends_with("key.bias");
    if (is_rounding) CHECK(norm_of(own) <= 1e-6 * std::sqrt(squares));
    if (is_rounding) continue;
    CHECK(norm_of(own) <= tolerance * std::max(norm, 1e-6 * std::sqrt(squares)));
  }
}

template <class T>
void check_losses(double loss_tolerance, double tolerance, glossa::CpuLevel level,
                  const glossa::detail::PassOptions& options = {}) {
  const auto folder = test::shared() / "golden" / "tiny" / "bert";
  const test::TinyData data(folder);
  const glossa::detail::TrainingBatch batch = test::batch_of(data);
  for (const auto& [name, loss] : losses<T>(data)) {
    INFO(name << ", level " << to_string(level));
    test::TinyModel<T> model(folder, level);
    const auto result = loss(test::split(model.forward(batch, options), data.anchors.size(), model.encoder.dims()));
    const double expected = data.json.at("losses").at(name).template get<double>();
    CHECK(std::abs(result.loss - expected) <= loss_tolerance * std::max(1.0, std::abs(expected)));
    std::vector<T> slopes = test::joined(result);
    slopes.resize(batch.texts.texts() * model.encoder.dims());
    model.backward(batch, slopes, options);
    check_gradients(model, folder / ("grad_" + name + ".safetensors"), tolerance);
  }
}

}  // namespace

TEST_CASE("losses and all gradients in double are PyTorch's to 1e-9 and 1e-7") {
  if (!test::has_shared_goldens()) return;
  check_losses<double>(1e-9, 1e-7, glossa::CpuLevel::portable);
}

TEST_CASE("in float, on every level of instructions, they are to 1e-5 and 1e-4") {
  if (!test::has_shared_goldens()) return;
  for (const glossa::CpuLevel level : glossa::supported_levels()) check_losses<float>(1e-5, 1e-4, level);
}

TEST_CASE("with checkpoints they are the same") {
  if (!test::has_shared_goldens()) return;
  check_losses<double>(1e-9, 1e-7, glossa::CpuLevel::portable, {.checkpoints = true});
}
