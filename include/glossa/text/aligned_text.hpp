// A text comes in; it is rewritten step by step, each byte of it remembering where in the original it came from.
#pragma once

#include <glossa/core/byte_range.hpp>
#include <glossa/core/error.hpp>
#include <glossa/text/utf8.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Valid UTF-8 with, on request, the original byte range of each of its bytes. The rules are those of Hugging Face's
/// NormalizedString: a character that is replaced keeps its origin, one that is inserted gets the origin of the
/// character before it, one that is removed leaves none. Token offsets then are those of its fast tokenizers but
/// near control characters that Precompiled removes; see PrecompiledCharsmap.
class AlignedText {
 public:
  AlignedText() = default;

  /// `begin` is where `text` starts in the original; without `track`, no origins are kept and none can be asked for.
  /// Errors: `unsupported` for a text of 4 GB or more that is to be tracked.
  AlignedText(std::string_view text, std::size_t begin, bool track)
      : text_(text), begin_(begin), base_(begin), track_(track) {
    if (!track) return;
    if (text.size() >= std::numeric_limits<std::uint32_t>::max())
      throw Error(ErrorKind::unsupported,
                  {.problem = "a text of 4 GB or more whose tokens are to be located", .remedy = "split the text"});
    origins_.resize(text.size());
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t length = utf8_length(text[at]);
      const Origin origin{static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + length)};
      for (std::size_t i = 0; i < length; ++i) origins_[at + i] = origin;
      at += length;
    }
  }

  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  [[nodiscard]] bool tracks() const noexcept { return track_; }
  /// Where the text as a whole starts in the original.
  [[nodiscard]] std::size_t begin() const noexcept { return begin_; }

  /// The original bytes behind the non-empty range [from, to) of text().
  [[nodiscard]] ByteRange origin(std::size_t from, std::size_t to) const noexcept {
    return {base_ + origins_[from].begin, base_ + origins_[to - 1].end};
  }

  /// The range [from, to) as a text of its own.
  [[nodiscard]] AlignedText slice(std::size_t from, std::size_t to) const {
    AlignedText part;
    part.text_ = text_.substr(from, to - from);
    part.track_ = track_;
    part.begin_ = begin_;
    part.base_ = base_;
    if (track_) {
      const auto first = origins_.begin() + static_cast<std::ptrdiff_t>(from);
      part.origins_.assign(first, first + static_cast<std::ptrdiff_t>(to - from));
      if (!part.origins_.empty()) part.begin_ = base_ + part.origins_.front().begin;
    }
    return part;
  }

  /// Bytes of the original, in half the memory of a ByteRange.
  struct Origin {
    std::uint32_t begin;
    std::uint32_t end;
  };

  /// Builds the rewritten text from left to right; see finish().
  class Rewriter {
   public:
    explicit Rewriter(AlignedText& source) : source_(source) {
      out_.reserve(source.text_.size() + 16);
      if (source.track_) origins_.reserve(source.text_.size() + 16);
    }

    /// The source character at `at` stays as it is; the caller goes through the source from left to right.
    void copy(std::size_t length) {
      if (source_.track_) append_origins(at_, length);
      out_.append(source_.text_, at_, length);
      at_ += length;
    }

    /// `c` takes the place of the next `length` bytes of the source and has the origin of their first character.
    void replace(char32_t c, std::size_t length) {
      const std::size_t bytes = utf8_append(out_, c);
      if (source_.track_) origins_.insert(origins_.end(), bytes, source_.origins_[at_]);
      at_ += length;
    }

    /// `c` is new; it has the origin of the source character before it.
    void insert(char32_t c) {
      const std::size_t bytes = utf8_append(out_, c);
      if (!source_.track_) return;
      const auto start = static_cast<std::uint32_t>(source_.begin_ - source_.base_);
      const Origin origin = at_ == 0 ? Origin{start, start} : source_.origins_[at_ - 1];
      origins_.insert(origins_.end(), bytes, origin);
    }

    /// The next `length` bytes of the source vanish.
    void remove(std::size_t length) { at_ += length; }

    [[nodiscard]] std::size_t position() const noexcept { return at_; }

    /// Puts the rewritten text in the source's place.
    void finish() {
      source_.text_ = std::move(out_);
      source_.origins_ = std::move(origins_);
    }

   private:
    void append_origins(std::size_t at, std::size_t length) {
      const auto first = source_.origins_.begin() + static_cast<std::ptrdiff_t>(at);
      origins_.insert(origins_.end(), first, first + static_cast<std::ptrdiff_t>(length));
    }

    AlignedText& source_;
    std::string out_;
    std::vector<Origin> origins_;
    std::size_t at_ = 0;
  };

 private:
  std::string text_;
  std::vector<Origin> origins_;  // one for each byte of text_, or empty
  std::size_t begin_ = 0;
  std::size_t base_ = 0;  // what origins_ count from
  bool track_ = false;
};

}  // namespace glossa::detail
