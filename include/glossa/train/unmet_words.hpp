// The id of a word that training has not met comes in; its vector goes out, which decay alone has changed.
#pragma once

#include <glossa/encoder/word_table.hpp>
#include <glossa/kernels/isa.hpp>
#include <glossa/kernels/row_kernels.hpp>
#include <glossa/text/token_id.hpp>
#include <glossa/train/adamw.hpp>

#include <cstddef>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// What steps make of a row without moments: of_weights · w + of_initial · (what the file has), and of its average a:
/// (1 - share) · a + average_weights · w + average_initial · (what the file has).
struct WordDecay {
  double of_weights = 1;
  double of_initial = 0;
  double share = 0;
  double average_weights = 0;
  double average_initial = 0;
};

/// Changes `values`, [hidden], and `average`, which is null where none is kept, by what steps have done to them. table:
/// of the initial vectors.
template <class T>
void decay_row(const WordDecay& decay, const WordTable<T>& table, TokenId id, T* values, T* average,
               std::size_t hidden) {
  if (decay.of_weights == 1) {
    if (average != nullptr) draw_towards<T>(average, values, hidden, decay.share);
    return;
  }
  if (average != nullptr) scale_row<T>(average, static_cast<T>(1 - decay.share), hidden);
  if (average != nullptr) add_scaled_row<T>(average, static_cast<T>(decay.average_weights), values, hidden);
  const T of_weights = static_cast<T>(decay.of_weights);
  if (decay.of_initial == 0) return scale_row<T>(values, of_weights, hidden);
  std::vector<T> initial(hidden);
  table.read(id, initial.data());
  if (average != nullptr) add_scaled_row<T>(average, static_cast<T>(decay.average_initial), initial.data(), hidden);
  for (std::size_t k = 0; k < hidden; ++k)
    values[k] = of_weights * values[k] + static_cast<T>(decay.of_initial) * initial[k];
}

/// All words, or their averages, as they would be by now without a gradient of their own. Holds nothing but the table's
/// open file. Threads may share one.
template <class T>
class UnmetWords {
 public:
  UnmetWords(const WordTable<T>& table, const WordDecay& decay, std::size_t hidden, bool averages)
      : table_(table), decay_(decay), hidden_(hidden), averages_(averages) {}

  [[nodiscard]] std::size_t hidden() const noexcept { return hidden_; }
  /// Writes a word's vector, [hidden], to `row`. Errors: those of WordTable::read().
  void read(TokenId id, T* row) const {
    table_.read(id, row);
    if (!averages_) return decay_row<T>(decay_, table_, id, row, nullptr, hidden_);
    std::vector<T> values(row, row + hidden_);
    decay_row<T>(decay_, table_, id, values.data(), row, hidden_);
  }
  /// The same before training.
  void read_initial(TokenId id, T* row) const { table_.read(id, row); }

 private:
  WordTable<T> table_;
  WordDecay decay_;
  std::size_t hidden_;
  bool averages_;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
