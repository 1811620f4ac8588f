// The id of a word comes in; its row of the largest table goes out, read from the file as texts need it.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/half.hpp>
#include <glossa/encoder/int4_weights.hpp>
#include <glossa/encoder/int8_weights.hpp>
#include <glossa/encoder/scale_check.hpp>
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

/// Word vectors (384 MB of multilingual-e5-small's 470 in f32, 96 as 8-bit integers, 54 as 4-bit ones), which are never
/// kept in memory.
template <class T>
class WordTable {
 public:
  WordTable(const Weights& weights, const EncoderConfig& config)
      : form_(stored_form(weights)), hidden_(config.hidden_size) {
    const std::size_t words = config.vocab_size;
    switch (form_) {
      case WeightForm::int8:
        rows_ = weights.at(kWordTable, DType::i8, {words, hidden_});
        scales_ = weights.at(kWordScales, DType::bf16, word_scale_shape(words, hidden_));
        break;
      case WeightForm::int4:
        rows_ = weights.at(kWordTable, DType::u8, int4_word_shape(words, hidden_));
        scales_ = weights.at(kWordScales, DType::f16, int4_word_scale_shape(words, hidden_));
        break;
      default: rows_ = weights.at(kWordTable, {words, hidden_});
    }
    scale_name_ = weights.prefix();
    scale_name_ += kWordScales;
  }

  [[nodiscard]] const std::string& file_name() const noexcept { return rows_.file->name(); }

  /// Writes the vector of a word, [hidden], to `row`. `id` is below the size of the vocabulary. Errors: `io`;
  /// `corrupt_file` for a scale that is no finite number.
  void read(TokenId id, T* row) const {
    switch (form_) {
      case WeightForm::int8: return read_int8(id, row);
      case WeightForm::int4: return read_int4(id, row);
      default: rows_.file->template read<T>(*rows_.info, std::size_t{id} * hidden_, hidden_, row);
    }
  }

 private:
  static constexpr std::size_t kGroups = 16;  // that are read at a time

  void read_int8(TokenId id, T* row) const {
    const std::size_t first = std::size_t{id} * hidden_;
    std::array<std::int8_t, kGroups * kWordGroup> values;
    std::array<std::uint16_t, kGroups> scales;
    const std::size_t groups = scales_.info->shape[1];
    for (std::size_t group = 0; group < groups; group += kGroups) {
      const std::size_t begin = group * kWordGroup;
      const std::size_t count = std::min(hidden_ - begin, values.size());
      rows_.file->read_raw(*rows_.info, first + begin, count, values.data());
      const std::size_t some = std::min(groups - group, kGroups);
      scales_.file->read_raw(*scales_.info, id * groups + group, some, scales.data());
      for (std::size_t i = 0; i < some; ++i)
        check_scale(scales[i], kBfloat16Exponent, scales_, scale_name_, id * groups + group + i);
      for (std::size_t i = 0; i < count; ++i)
        row[begin + i] = static_cast<T>(bfloat16_to_float(scales[i / kWordGroup])) * static_cast<T>(values[i]);
    }
  }

  void read_int4(TokenId id, T* row) const {
    constexpr std::size_t kBytes = kInt4Block / 2;
    std::array<std::uint8_t, kGroups * kBytes> bytes;
    std::array<std::uint16_t, kGroups> scales;
    const std::size_t blocks = scales_.info->shape[1];
    for (std::size_t block = 0; block < blocks; block += kGroups) {
      const std::size_t count = std::min(blocks - block, kGroups);
      const std::size_t place = id * blocks + block;
      rows_.file->read_raw(*rows_.info, place * kBytes, count * kBytes, bytes.data());
      scales_.file->read_raw(*scales_.info, place, count, scales.data());
      for (std::size_t i = 0; i < count; ++i) check_scale(scales[i], kHalfExponent, scales_, scale_name_, place + i);
      const std::size_t begin = block * kInt4Block;
      for (std::size_t i = 0; i < std::min(hidden_ - begin, count * kInt4Block); ++i) {
        const int value = bytes[i / 2] >> (i % 2 * 4) & 15;
        row[begin + i] = static_cast<T>(half_to_float(scales[i / kInt4Block])) * static_cast<T>(value - 8);
      }
    }
  }

  WeightForm form_;
  std::size_t hidden_;
  std::string scale_name_;
  TensorSource rows_;
  TensorSource scales_;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
