// Pieces come in one after another; by id they go out again, from one block of text.
#pragma once

#include <glossa/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace glossa::detail {

/// A view of pieces by id: piece i ends at ends[i] of the text, where the next one begins. Every look-up is
/// bounds-checked, so that ends from an untrusted file can at worst give wrong texts.
class PieceTexts {
 public:
  PieceTexts() = default;
  PieceTexts(std::string_view text, std::span<const std::uint32_t> ends) noexcept : text_(text), ends_(ends) {}

  [[nodiscard]] std::size_t size() const noexcept { return ends_.size(); }
  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  [[nodiscard]] std::span<const std::uint32_t> ends() const noexcept { return ends_; }

  /// Empty where there is no such id.
  [[nodiscard]] std::string_view operator[](std::size_t id) const noexcept {
    if (id >= ends_.size()) return {};
    const std::size_t begin = id == 0 ? 0 : ends_[id - 1];
    const std::size_t end = ends_[id];
    return begin <= end && end <= text_.size() ? text_.substr(begin, end - begin) : std::string_view();
  }

 private:
  std::string_view text_;
  std::span<const std::uint32_t> ends_;
};

/// Pieces by id, in one string.
class PieceTable {
 public:
  void reserve(std::size_t pieces, std::size_t bytes) {
    ends_.reserve(pieces);
    text_.reserve(bytes);
  }

  void add(std::string_view piece) {
    if (piece.size() > std::numeric_limits<std::uint32_t>::max() - text_.size())
      throw Error(ErrorKind::unsupported, {.problem = "the vocabulary holds more than 4 GB of text",
                                           .remedy = "is this the right file? vocabularies take some megabytes"});
    text_ += piece;
    ends_.push_back(static_cast<std::uint32_t>(text_.size()));
  }

  [[nodiscard]] std::size_t size() const noexcept { return ends_.size(); }

  [[nodiscard]] std::string_view operator[](std::size_t id) const noexcept { return view()[id]; }
  [[nodiscard]] PieceTexts view() const noexcept { return {text_, ends_}; }

 private:
  std::string text_;
  std::vector<std::uint32_t> ends_;
};

}  // namespace glossa::detail
