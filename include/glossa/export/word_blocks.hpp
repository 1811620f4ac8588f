// The table of word vectors comes in; constants go out that hold it as integers of 8 or 4 bits, with a scale a block.
#pragma once

#include <glossa/core/half.hpp>
#include <glossa/encoder/weight_form.hpp>
#include <glossa/export/constants.hpp>
#include <glossa/export/graph.hpp>
#include <glossa/export/model.hpp>
#include <glossa/export/step_graph_builder.hpp>
#include <glossa/kernels/int4_block.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// Makes both constants; the scales are kept when the rows are written, 2 bytes a block.
class WordBlocks {
 public:
  /// bits: 8, in blocks of 64 elements, or 4, in blocks of 32; see GraphWords.
  WordBlocks(const ExportModel& model, int bits)
      : model_(model),
        bits_(bits),
        block_(bits == 4 ? kInt4Block : 64),
        padded_((model.config.hidden_size + unit() - 1) / unit() * unit()) {}

  [[nodiscard]] static GraphWords add(StepGraphBuilder& builder, const ExportModel& model, int bits) {
    const auto blocks = std::make_shared<WordBlocks>(model, bits);
    const std::string name(kWordTable);
    const std::size_t words = model.config.vocab_size;
    (void)model.weights.at(name, {words, model.config.hidden_size});
    GraphWords out;
    out.bits = bits;
    out.block = blocks->block_;
    out.hidden = model.config.hidden_size;
    out.padded = blocks->padded_;
    out.table = builder.constant({name,
                                  bits == 4 ? GraphType::u8 : GraphType::i8,
                                  {words, bits == 4 ? out.padded / 2 : out.padded},
                                  [blocks](const GraphSink& sink) { blocks->write_rows(sink); }});
    out.scales = builder.constant(
        {std::string(kWordScales), GraphType::f16, {words, out.padded / out.block}, [blocks](const GraphSink& sink) {
           blocks->write_scales(sink);
         }});
    return out;
  }

 private:
  /// A row of 4-bit numbers has two halves, of whole blocks each.
  [[nodiscard]] std::size_t unit() const noexcept { return bits_ == 4 ? 2 * block_ : block_; }

  void write_rows(const GraphSink& sink) {
    scales_.clear();
    const std::size_t hidden = model_.config.hidden_size;
    std::vector<float> row(padded_, 0.0F);
    std::vector<std::uint8_t> bytes;
    for_each_rows(model_.weights, std::string(kWordTable), model_.config.vocab_size, hidden,
                  [&](std::size_t, std::span<const float> rows) {
                    bytes.clear();
                    for (std::size_t at = 0; at < rows.size(); at += hidden) {
                      std::copy_n(rows.begin() + static_cast<std::ptrdiff_t>(at), hidden, row.begin());
                      bits_ == 4 ? add_int4(row, bytes) : add_int8(row, bytes);
                    }
                    sink(std::as_bytes(std::span<const std::uint8_t>(bytes)));
                  });
  }

  void write_scales(const GraphSink& sink) {
    sink(std::as_bytes(std::span<const std::uint16_t>(scales_)));
    scales_ = {};
  }

  void add_int8(std::span<const float> row, std::vector<std::uint8_t>& bytes) {
    for (std::size_t begin = 0; begin < padded_; begin += block_) {
      const auto values = row.subspan(begin, block_);
      float most = 0;
      for (const float value : values) most = std::max(most, std::fabs(value));
      scales_.push_back(float_to_half(std::min(most / 127, 65504.0F)));
      const float scale = half_to_float(scales_.back());
      for (const float value : values) {
        const float integer = scale > 0 ? std::clamp(std::nearbyint(value / scale), -127.0F, 127.0F) : 0.0F;
        bytes.push_back(static_cast<std::uint8_t>(static_cast<std::int8_t>(integer)));
      }
    }
  }

  void add_int4(std::span<const float> row, std::vector<std::uint8_t>& bytes) {
    std::vector<std::uint8_t> values;
    for (std::size_t begin = 0; begin < padded_; begin += block_) {
      const Int4Block block = round_to_int4(row.subspan(begin, block_));
      scales_.push_back(block.scale);
      values.insert(values.end(), block.values.begin(), block.values.end());
    }
    for (std::size_t k = 0; k < padded_ / 2; ++k)
      bytes.push_back(static_cast<std::uint8_t>(values[k] | values[padded_ / 2 + k] << 4));
  }

  const ExportModel& model_;
  int bits_;
  std::size_t block_;
  std::size_t padded_;
  std::vector<std::uint16_t> scales_;  // bits of half-precision numbers
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
