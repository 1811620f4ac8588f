// Definition of score_classifier; see core/linkage.hpp.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/run_executor.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/parallel_for.hpp>
#include <glossa/eval/classification_scores.hpp>
#include <glossa/eval/label_sampler.hpp>
#include <glossa/eval/logistic_regression.hpp>
#include <glossa/eval/protocols/main_score.hpp>
#include <glossa/eval/protocols/require_data.hpp>
#include <glossa/eval/protocols/score_classifier.hpp>
#include <glossa/eval/protocols/text_vectors.hpp>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace glossa {
namespace detail {

/// The texts that any experiment learns from, and which of them each does.
struct TrainingSamples {
  std::vector<std::string_view> texts;
  std::vector<std::vector<std::size_t>> experiments;  ///< indices of texts
  std::vector<std::int32_t> labels;                   ///< of texts
};

[[nodiscard]] inline TrainingSamples training_samples(const LabelledTexts& train, const ProtocolOptions& options) {
  constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  TrainingSamples samples;
  LabelSampler sampler(train.labels, options.samples_per_label, options.seed);
  std::vector<std::size_t> places(train.texts.size(), kNone);
  for (std::size_t experiment = 0; experiment < options.experiments; ++experiment) {
    std::vector<std::size_t> drawn = sampler.next();
    for (std::size_t& text : drawn) {
      if (places[text] == kNone) {
        places[text] = samples.texts.size();
        samples.texts.push_back(train.texts[text]);
        samples.labels.push_back(train.labels[text]);
      }
      text = places[text];
    }
    samples.experiments.push_back(std::move(drawn));
  }
  return samples;
}

/// What the labels' names are worth, by their numbers, where all are whole numbers: mteb takes the label that is called
/// 1 for the positive one. Else the numbers themselves.
[[nodiscard]] inline std::vector<std::int32_t> label_values(const ClassificationData& data) {
  std::vector<std::int32_t> values;
  for (const std::string& name : data.label_names) {
    std::int32_t value = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), value);
    if (error != std::errc() || end != name.data() + name.size()) return {};
    values.push_back(value);
  }
  return values;
}

/// Labels by their values; as they are where there are none.
[[nodiscard]] inline std::vector<std::int32_t> valued(const std::vector<std::int32_t>& labels,
                                                      const std::vector<std::int32_t>& values) {
  std::vector<std::int32_t> out = labels;
  for (std::int32_t& label : out)
    if (static_cast<std::size_t>(label) < values.size()) label = values[static_cast<std::size_t>(label)];
  return out;
}

/// The labels that each experiment gives the texts of `test`. Experiments run side by side, and each alone is the same.
[[nodiscard]] inline std::vector<Labels> run_experiments(const TrainingSamples& samples, const TextVectors& train,
                                                         const Embeddings& test, const ProtocolEncoder& embed) {
  const ClusterRun run = embed.cluster_run();
  std::vector<Labels> predicted(samples.experiments.size());
  std::mutex telling;
  parallel_for(*executor_of(run), predicted.size(), [&](std::size_t i, std::size_t) {
    const std::vector<std::size_t>& experiment = samples.experiments[i];
    std::vector<std::int32_t> labels;
    for (const std::size_t text : experiment) labels.push_back(samples.labels[text]);
    const LogisticRegression model =
        fit_logistic_regression(train.gather(experiment), labels, {.cpu_level = run.cpu_level});
    predicted[i] = predict(model, test, run.cpu_level);
    const std::lock_guard lock(telling);
    embed.tell();
  });
  return predicted;
}

/// Adds one experiment's scores.
inline void add_experiment(TaskScores::Subset& subset, const ClassificationScores& scores) {
  subset.runs["accuracy"].push_back(scores.accuracy);
  subset.runs["f1"].push_back(scores.macro.f1);
  subset.runs["f1_weighted"].push_back(scores.weighted.f1);
  subset.runs["precision"].push_back(scores.macro.precision);
  subset.runs["precision_weighted"].push_back(scores.weighted.precision);
  subset.runs["recall"].push_back(scores.macro.recall);
  subset.runs["recall_weighted"].push_back(scores.weighted.recall);
  if (!scores.average_precision) return;
  subset.runs["ap"].push_back(*scores.average_precision);
  subset.runs["ap_weighted"].push_back(*scores.average_precision);
}

}  // namespace detail

GLOSSA_INLINE TaskScores::Subset score_classifier(const ClassificationData& data, const TextEncoder& encoder,
                                                  const ProtocolOptions& options) {
  detail::require_data(data, options);
  const detail::TrainingSamples samples = detail::training_samples(data.train, options);
  detail::ProtocolEncoder embed(encoder, options, samples.texts.size() + data.test.texts.size());
  const detail::TextVectors train = embed(samples.texts, options.query_prompt);
  const Embeddings test = embed(data.test.texts, options.query_prompt).all();
  TaskScores::Subset subset;
  std::vector<double> right(data.test.texts.size());
  const std::vector<std::int32_t> of_labels = detail::label_values(data);
  const std::vector<std::int32_t> truth = detail::valued(data.test.labels, of_labels);
  for (const Labels& predicted : detail::run_experiments(samples, train, test, embed)) {
    detail::add_experiment(subset, score_classification(truth, detail::valued(predicted, of_labels)));
    for (std::size_t i = 0; i < right.size(); ++i) right[i] += predicted[i] == data.test.labels[i] ? 1 : 0;
  }
  for (const auto& [name, values] : subset.runs) subset.scores[name] = detail::mean_of_values(values);
  const std::string main = detail::main_metric(options, TaskCategory::classification);
  detail::set_main_score(subset, main);
  if (main == "accuracy") {
    for (double& share : right) share /= static_cast<double>(options.experiments);
    subset.items = std::move(right);
  }
  return subset;
}

}  // namespace glossa
