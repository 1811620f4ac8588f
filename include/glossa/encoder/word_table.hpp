// The id of a word comes in; its row of the largest table goes out, read from the file as texts need it.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/half.hpp>
#include <glossa/encoder/int8_weights.hpp>
#include <glossa/encoder/weight_form.hpp>
#include <glossa/model/encoder_config.hpp>
#include <glossa/model/weights.hpp>
#include <glossa/text/token_id.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// Word vectors (384 MB of multilingual-e5-small's 470 in f32, 96 as 8-bit integers), which are never kept in memory.
template <class T>
class WordTable {
 public:
  WordTable(const Weights& weights, const EncoderConfig& config)
      : is_int8_(stored_form(weights) == WeightForm::int8), hidden_(config.hidden_size) {
    const Shape shape{config.vocab_size, config.hidden_size};
    rows_ = is_int8_ ? weights.at(kWordTable, DType::i8, shape) : weights.at(kWordTable, shape);
    if (is_int8_)
      scales_ =
          weights.at(std::string(kWordTable) + "_scale", DType::bf16, word_scale_shape(config.vocab_size, hidden_));
  }

  [[nodiscard]] const std::string& file_name() const noexcept { return rows_.file->name(); }

  /// Writes the vector of a word, [hidden], to `row`. `id` is below the size of the vocabulary.
  void read(TokenId id, T* row) const {
    const std::size_t first = std::size_t{id} * hidden_;
    if (!is_int8_) return rows_.file->template read<T>(*rows_.info, first, hidden_, row);
    constexpr std::size_t kGroups = 16;  // that are read at a time
    std::array<std::int8_t, kGroups * kWordGroup> values;
    std::array<std::uint16_t, kGroups> scales;
    const std::size_t groups = scales_.info->shape[1];
    for (std::size_t group = 0; group < groups; group += kGroups) {
      const std::size_t begin = group * kWordGroup;
      const std::size_t count = std::min(hidden_ - begin, values.size());
      rows_.file->read_raw(*rows_.info, first + begin, count, values.data());
      scales_.file->read_raw(*scales_.info, id * groups + group, std::min(groups - group, kGroups), scales.data());
      for (std::size_t i = 0; i < count; ++i)
        row[begin + i] = static_cast<T>(bfloat16_to_float(scales[i / kWordGroup])) * static_cast<T>(values[i]);
    }
  }

 private:
  bool is_int8_;
  std::size_t hidden_;
  TensorSource rows_;
  TensorSource scales_;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
