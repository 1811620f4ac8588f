// A model in training comes in; one file goes out that has all of it, and back.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/model/safetensors.hpp>
#include <glossa/model/safetensors_writer.hpp>
#include <glossa/model/tensor.hpp>
#include <glossa/train/training_model.hpp>
#include <glossa/train/word_rows_state.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// A safetensors file that appears whole or not at all, in the place of the one before: weights and moments as they
/// lie, and a text of the caller's, which tells how far the run is. With averages of weights it is of format 2, so that
/// who does not know of them does not take it for the whole: their tensors, and a column more in words.history.
template <class T>
class Checkpoint {
 public:
  /// Errors: `io`.
  static void write(const std::filesystem::path& path, TrainingModel<T>& model, const std::string& progress) {
    const WordRowsState<T> words = model.words().state();
    const std::size_t dense = model.encoder().layout().size();
    const std::size_t rows = words.ids.size();
    const std::size_t hidden = model.words().size();
    std::vector<double> history;
    const std::size_t columns = history_columns(model);
    for (const AdamwStep& step : words.history) {
      const double numbers[]{step.step, step.inverse_root, step.shrink, step.towards, step.share};
      history.insert(history.end(), numbers, numbers + columns);
    }
    const std::vector<T> adapters = adapter_numbers(model);
    std::vector<TensorPlan> plan{{"dense.values", kType, {dense}},
                                 {"dense.first", kType, {dense}},
                                 {"dense.second", kType, {dense}},
                                 {"words.values", kType, {rows, hidden}},
                                 {"words.moments", kType, {words.moments.size()}},
                                 {"adapters", kType, {adapters.size()}},
                                 {"words.steps", DType::u64, {rows}},
                                 {"words.history", DType::f64, {words.history.size(), columns}},
                                 {"words.ids", DType::u32, {rows}},
                                 {"words.has_moments", DType::u8, {rows}}};
    if (model.has_averages()) {
      plan.push_back({"dense.average", kType, {dense}});
      plan.push_back({"words.averages", kType, {rows, hidden}});
    }
    SafetensorsWriter writer(path, plan,
                             {{"format", model.has_averages() ? kWithAverages : kPlain},
                              {"steps", std::to_string(model.steps())},
                              {"progress", progress}});
    const auto put = [&](const auto* values, std::size_t count) {
      writer.write(std::as_bytes(std::span(values, count)));
    };
    put(model.dense().values(), dense);
    put(model.dense().first(), dense);
    put(model.dense().second(), dense);
    put(words.values.data(), words.values.size());
    put(words.moments.data(), words.moments.size());
    put(adapters.data(), adapters.size());
    put(words.steps.data(), rows);
    put(history.data(), history.size());
    std::vector<std::uint32_t> ids(words.ids.begin(), words.ids.end());
    put(ids.data(), rows);
    put(words.has_moments.data(), rows);
    if (model.has_averages()) {
      put(model.given(), dense);
      put(words.averages.data(), words.averages.size());
    }
    writer.finish();
  }

  /// Puts the model where it was, and returns `progress`. Errors: `io`, `not_found`; `corrupt_file` for what is no
  /// checkpoint of this model; `invalid_argument` for one with averages where the model keeps none, or the reverse.
  static std::string read(const std::filesystem::path& path, TrainingModel<T>& model, const AdamwOptions& options) {
    const SafetensorsFile file(path);
    if (has_averages(file) != model.has_averages()) refuse_averages(file, model.has_averages());
    const std::size_t dense = model.encoder().layout().size();
    const std::size_t hidden = model.words().size();
    WordRowsState<T> words;
    const std::size_t rows = count(file, "words.ids");
    std::vector<std::uint32_t> ids(rows);
    read(file, "words.ids", DType::u32, {rows}, ids.data());
    words.ids.assign(ids.begin(), ids.end());
    words.steps.resize(rows);
    words.has_moments.resize(rows);
    read(file, "words.steps", DType::u64, {rows}, words.steps.data());
    read(file, "words.has_moments", DType::u8, {rows}, words.has_moments.data());
    words.values.resize(rows * hidden);
    read(file, "words.values", kType, {rows, hidden}, words.values.data());
    std::size_t with_moments = 0;
    for (const std::uint8_t has : words.has_moments) with_moments += has == 0 ? 0 : 1;
    words.moments.resize(with_moments * 2 * hidden);
    read(file, "words.moments", kType, {words.moments.size()}, words.moments.data());
    const std::size_t steps = count(file, "words.history");
    const std::size_t columns = history_columns(model);
    std::vector<double> history(columns * steps);
    read(file, "words.history", DType::f64, {steps, columns}, history.data());
    for (std::size_t i = 0; i < steps; ++i) {
      const double* numbers = history.data() + columns * i;
      words.history.push_back(
          {numbers[0], numbers[1], numbers[2], numbers[3], model.has_averages() ? numbers[4] : 0.0});
    }
    for (std::size_t i = 0; i < rows; ++i)
      if (words.ids[i] >= model.encoder().config().vocab_size || words.steps[i] > steps)
        refuse(file, "words.ids", "a word that the model does not have, or that is ahead of the run", "");
    const std::size_t done = to_number(file, "steps");
    std::vector<T> values(dense);
    read(file, "dense.values", kType, {dense}, values.data());  // all is read before anything is changed
    std::vector<T> first(dense);
    std::vector<T> second(dense);
    read(file, "dense.first", kType, {dense}, first.data());
    read(file, "dense.second", kType, {dense}, second.data());
    std::vector<T> adapters = adapter_numbers(model);
    read(file, "adapters", kType, {adapters.size()}, adapters.data());
    std::vector<T> averages(model.has_averages() ? dense : 0);
    if (model.has_averages()) {
      read(file, "dense.average", kType, {dense}, averages.data());
      words.averages.resize(rows * hidden);
      read(file, "words.averages", kType, {rows, hidden}, words.averages.data());
    }
    std::copy(averages.begin(), averages.end(), model.dense().average());
    std::copy(values.begin(), values.end(), model.dense().values());
    std::copy(first.begin(), first.end(), model.dense().first());
    std::copy(second.begin(), second.end(), model.dense().second());
    model.words().restore(words, options);
    set_adapter_numbers(model, adapters);
    model.restore_steps(done);
    return progress_of(file);
  }

  /// The text that write() was given. Errors: `corrupt_file` for what is no checkpoint.
  [[nodiscard]] static std::string progress_of(const SafetensorsFile& file) {
    (void)has_averages(file);
    const auto progress = file.metadata().find("progress");
    return progress == file.metadata().end() ? std::string() : progress->second;
  }

 private:
  /// Errors: `corrupt_file` for what is no checkpoint.
  [[nodiscard]] static bool has_averages(const SafetensorsFile& file) {
    const auto found = file.metadata().find("format");
    if (found == file.metadata().end() || (found->second != kPlain && found->second != kWithAverages))
      refuse(file, "__metadata__", "this is no checkpoint of glossa's training",
             std::string("format: ") + kPlain + ", or " + kWithAverages);
    return found->second == kWithAverages;
  }

  static constexpr const char* kPlain = "glossa training checkpoint 1";
  static constexpr const char* kWithAverages = "glossa training checkpoint 2";
  static constexpr DType kType = std::is_same_v<T, float> ? DType::f32 : DType::f64;

  [[nodiscard]] static std::size_t history_columns(const TrainingModel<T>& model) noexcept {
    return model.has_averages() ? 5 : 4;
  }

  /// Calls take(numbers) for the parts of all adapters, their moments and their averages.
  template <class Take>
  static void for_each_adapter_part(TrainingModel<T>& model, Take&& take) {
    if (model.lora() == nullptr) return;
    for (LoraAdapter<T>& one : model.lora()->adapters()) {
      take(one.a);
      take(one.b);
      for (std::vector<T>& moment : one.moments) take(moment);
      take(one.a_average);
      take(one.b_average);
    }
  }
  [[nodiscard]] static std::vector<T> adapter_numbers(TrainingModel<T>& model) {
    std::vector<T> all;
    for_each_adapter_part(model, [&](const std::vector<T>& part) { all.insert(all.end(), part.begin(), part.end()); });
    return all;
  }
  static void set_adapter_numbers(TrainingModel<T>& model, const std::vector<T>& all) {
    auto at = all.begin();
    for_each_adapter_part(model, [&](std::vector<T>& part) {
      std::copy_n(at, part.size(), part.begin());
      at += static_cast<std::ptrdiff_t>(part.size());
    });
  }

  [[noreturn]] static void refuse(const SafetensorsFile& file, const std::string& field, const std::string& problem,
                                  const std::string& expected) {
    throw Error(ErrorKind::corrupt_file, {.file = file.name(),
                                          .field = field,
                                          .problem = problem,
                                          .expected = expected,
                                          .remedy = "begin the training anew, with the model that it began with"});
  }

  [[noreturn]] static void refuse_averages(const SafetensorsFile& file, bool wanted) {
    throw Error(ErrorKind::invalid_argument,
                {.file = file.name(),
                 .field = "PreserveOptions::average",
                 .problem = wanted ? "the checkpoint was written without averages of weights"
                                   : "the checkpoint has averages of weights, which this run does not keep",
                 .expected = wanted ? "a checkpoint of a run with averages" : "one of a run without averages",
                 .remedy = wanted ? "go on with an average of 0, or begin the training anew"
                                  : "go on with the average that it was begun with, or begin the training anew"});
  }

  [[nodiscard]] static std::size_t to_number(const SafetensorsFile& file, const char* name) {
    const auto found = file.metadata().find(name);
    const bool is_number = found != file.metadata().end() && !found->second.empty() && found->second.size() < 16 &&
                           found->second.find_first_not_of("0123456789") == std::string::npos;
    if (!is_number) refuse(file, name, "the number of steps is missing", "a number");
    return std::stoul(found->second);
  }

  [[nodiscard]] static const TensorInfo& tensor(const SafetensorsFile& file, const char* name) {
    const auto found = file.tensors().find(name);
    if (found == file.tensors().end()) refuse(file, name, "the tensor is missing", "");
    return found->second;
  }
  [[nodiscard]] static std::size_t count(const SafetensorsFile& file, const char* name) {
    const TensorInfo& info = tensor(file, name);
    if (info.shape.empty()) refuse(file, name, "the tensor has no rows", "");
    return info.shape.front();
  }

  template <class Number>
  static void read(const SafetensorsFile& file, const char* name, DType type, const Shape& shape, Number* to) {
    const TensorInfo& info = tensor(file, name);
    if (info.type != type || info.shape != shape)
      refuse(file, name, "the tensor is of another model or another run", to_string(shape));
    std::size_t elements = 1;
    for (const std::size_t size : shape) elements *= size;
    file.read_raw(info, 0, elements, to);
  }
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
