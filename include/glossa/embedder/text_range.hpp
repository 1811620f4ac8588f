// Any range of strings comes in; string views of them, side by side, go out.
#pragma once

#include <concepts>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace glossa {

/// A range of strings, string views or C strings that is not itself a string.
template <class Range>
concept TextRange =
    std::ranges::input_range<Range> && std::convertible_to<std::ranges::range_reference_t<Range>, std::string_view> &&
    !std::convertible_to<Range, std::string_view>;

namespace detail {

/// Views of a range's texts; copies of those that the range makes on the fly are kept alongside.
class TextViews {
 public:
  template <TextRange Range>
  explicit TextViews(Range&& texts) {
    using Reference = std::ranges::range_reference_t<Range>;
    // A range that can be walked but once may keep each text in its iterator.
    constexpr bool outlives_loop =
        std::ranges::forward_range<Range> &&
        (std::is_lvalue_reference_v<Reference> || std::is_same_v<std::remove_cvref_t<Reference>, std::string_view> ||
         std::is_pointer_v<std::remove_cvref_t<Reference>>);
    if constexpr (outlives_loop) {
      for (auto&& text : texts) views_.push_back(text);
    } else {
      for (auto&& text : texts) copies_.emplace_back(std::string_view(text));
      views_.assign(copies_.begin(), copies_.end());
    }
  }

  [[nodiscard]] std::span<const std::string_view> span() const noexcept { return views_; }

 private:
  std::vector<std::string> copies_;
  std::vector<std::string_view> views_;
};

}  // namespace detail
}  // namespace glossa
