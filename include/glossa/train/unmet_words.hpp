// The id of a word that training has not met comes in; its vector goes out, which decay alone has changed.
#pragma once

#include <glossa/encoder/word_table.hpp>
#include <glossa/kernels/isa.hpp>
#include <glossa/kernels/row_kernels.hpp>
#include <glossa/text/token_id.hpp>

#include <cstddef>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// What steps make of a row without moments: of_weights · w + of_initial · (what the file has).
struct WordDecay {
  double of_weights = 1;
  double of_initial = 0;
};

/// Changes `values`, [hidden], by what steps have done to it. table: of the initial vectors.
template <class T>
void decay_row(const WordDecay& decay, const WordTable<T>& table, TokenId id, T* values, std::size_t hidden) {
  if (decay.of_weights == 1) return;
  const T of_weights = static_cast<T>(decay.of_weights);
  if (decay.of_initial == 0) return scale_row<T>(values, of_weights, hidden);
  std::vector<T> initial(hidden);
  table.read(id, initial.data());
  for (std::size_t k = 0; k < hidden; ++k)
    values[k] = of_weights * values[k] + static_cast<T>(decay.of_initial) * initial[k];
}

/// All words, as they would be by now without a gradient of their own. Holds nothing but the table's open file. Threads
/// may share one.
template <class T>
class UnmetWords {
 public:
  UnmetWords(const WordTable<T>& table, const WordDecay& decay, std::size_t hidden)
      : table_(table), decay_(decay), hidden_(hidden) {}

  [[nodiscard]] std::size_t hidden() const noexcept { return hidden_; }
  /// Writes a word's vector, [hidden], to `row`. Errors: those of WordTable::read().
  void read(TokenId id, T* row) const {
    table_.read(id, row);
    decay_row<T>(decay_, table_, id, row, hidden_);
  }
  /// The same before training.
  void read_initial(TokenId id, T* row) const { table_.read(id, row); }

 private:
  WordTable<T> table_;
  WordDecay decay_;
  std::size_t hidden_;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
