// The weights of a model and texts come in; 4-bit blocks for a file go out.
#pragma once

#include <glossa/encoder/calibrated_rounding.hpp>
#include <glossa/encoder/calibration_run.hpp>
#include <glossa/encoder/input_moments.hpp>
#include <glossa/encoder/int4_writer.hpp>
#include <glossa/encoder/linear_parts.hpp>
#include <glossa/encoder/ragged_batch.hpp>
#include <glossa/kernels/dispatch.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// 4-bit blocks, for round_calibrated().
struct Int4Grid {
  static constexpr std::size_t kBlock = kInt4Block;
  using Scale = std::uint16_t;  // bits of a half-precision number
  using Integer = std::uint8_t;

  template <class TryScale>
  static void for_each_scale(std::span<const double> numbers, TryScale&& try_scale) {
    for_each_int4_scale(numbers, try_scale);
  }

  static Integer round(double number, Scale bits, double& value) {
    const auto scale = static_cast<double>(half_to_float(bits));
    const Integer integer = nearest_int4(number, inverse_scale(scale));
    value = static_cast<double>(integer - 8) * scale;
    return integer;
  }
};

/// Rounds the linear layers of a model, in their order, by what their inputs are for some texts.
class CalibratedInt4 {
 public:
  CalibratedInt4(const Weights& weights, const EncoderConfig& config, const RaggedBatch& texts)
      : weights_(weights),
        config_(config),
        kernels_(kernels_of<float>(default_level())),
        run_(weights, config, default_level(), texts) {}

  [[nodiscard]] Int4Matrix round(const LinearName& name) {
    if (moments_.find(name.joined) == moments_.end()) take_moments_of_next_layer();
    const std::vector<float> weights = joined_weights(weights_, name);
    Int4Matrix matrix(name.inputs, name.columns());
    round_calibrated<Int4Grid>(moments_.at(name.joined).sums(), weights, name.inputs,
                               [&](std::size_t column, std::size_t first, std::uint16_t scale, auto integers) {
                                 Int4Block block;
                                 block.scale = scale;
                                 std::copy(integers.begin(), integers.end(), block.values.begin());
                                 matrix.set_block(first, column, block);
                               });
    return matrix;
  }

 private:
  void take_moments_of_next_layer() {
    moments_.clear();
    const LayerNames names(config_, layer_++);
    for (const LinearName* linear : names.linears()) moments_.try_emplace(linear->joined, kernels_, linear->inputs);
    run_.next_layer([&](const LinearName& name, const float* rows, std::size_t stride, std::size_t count) {
      moments_.at(name.joined).add(rows, stride, count);
    });
  }

  const Weights& weights_;
  EncoderConfig config_;
  Kernels<float> kernels_;
  CalibrationRun run_;
  std::size_t layer_ = 0;
  std::map<std::string, InputMoments> moments_;
};

/// Writes the weights in 4-bit blocks. texts: what tells of the layers' inputs; without, each block is rounded alone,
/// as those of the word vectors are. `check` and errors: see write_int4_file().
inline void write_int4_weights(const Weights& weights, const EncoderConfig& config, const RaggedBatch& texts,
                               const std::filesystem::path& path, const std::function<void()>& check) {
  require_full(weights);
  Int4Source source;
  source.matrix = [&](const LinearName& name) { return round_to_int4(weights, name); };
  if (texts.texts() > 0) {
    const auto calibrated = std::make_shared<CalibratedInt4>(weights, config, texts);
    source.matrix = [calibrated](const LinearName& name) { return calibrated->round(name); };
  }
  const TensorSource& table = weights.at(kWordTable, {config.vocab_size, config.hidden_size});
  std::vector<float> row(config.hidden_size);
  source.words = [&](std::size_t first, std::size_t count) {
    std::vector<Int4Block> blocks;
    for (std::size_t word = first; word < first + count; ++word) {
      table.file->read(*table.info, word * row.size(), row.size(), row.data());
      for (std::size_t k = 0; k < row.size(); k += kInt4Block)
        blocks.push_back(round_to_int4(std::span(row).subspan(k, std::min(kInt4Block, row.size() - k))));
    }
    return blocks;
  };
  write_int4_file(weights, config, source, path, check);
}

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
