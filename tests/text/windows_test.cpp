// Windows over a long text cover it, overlap as told, and know their bytes.
#include "catch.hpp"
#include "error_of.hpp"

#include <glossa/text/windows.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

using glossa::Encoding;
using glossa::TokenId;
using glossa::detail::cut_windows;
using glossa::detail::TokenWindow;
using Ids = std::vector<TokenId>;

namespace {

/// A prompt of `prompt` tokens and a text of `count`, all of 10 bytes; the text's ids count from 1000.
Encoding tokens(std::size_t prompt, std::size_t count) {
  Encoding out;
  for (std::size_t i = 0; i < prompt + count; ++i) {
    out.ids.push_back(static_cast<TokenId>(i < prompt ? 500 + i : 1000 + i - prompt));
    out.offsets.push_back({10 * i, 10 * i + 10});
  }
  return out;
}

}  // namespace

TEST_CASE("windows of every size cover every text with the overlap that was asked for") {
  const Ids before{1};
  const Ids after{2, 3};
  std::size_t cases = 0;
  for (std::size_t prompt = 0; prompt < 3; ++prompt)
    for (std::size_t count = 0; count < 20; ++count)
      for (std::size_t room = 1; room < 8; ++room)
        for (std::size_t overlap = 0; overlap < room; ++overlap) {
          CAPTURE(prompt, count, room, overlap);
          const auto windows =
              cut_windows(tokens(prompt, count), 10 * prompt, before, after, room + prompt + 3, overlap);
          std::size_t covered = 0;  // tokens of the text so far
          bool right = !windows.empty();
          for (std::size_t i = 0; i < windows.size(); ++i) {
            const TokenWindow& window = windows[i];
            const std::size_t length = std::min(room, count);
            right = right && window.tokens == length && window.ids.size() == length + prompt + 3;
            right =
                right && window.ids.front() == 1 && window.ids[window.ids.size() - 2] == 2 && window.ids.back() == 3;
            for (std::size_t k = 0; k < prompt; ++k) right = right && window.ids[1 + k] == 500 + k;
            const std::size_t first = length == 0 ? 0 : window.ids[1 + prompt] - 1000;
            for (std::size_t k = 0; k < length; ++k) right = right && window.ids[1 + prompt + k] == 1000 + first + k;
            right = right && window.bytes == glossa::ByteRange{10 * first, 10 * (first + length)};
            if (i == 0) {
              right = right && first == 0;
            } else if (i + 1 < windows.size()) {
              right = right && first + overlap == covered;
            } else {  // as full as the others, so it may share more with its neighbour
              right = right && first + overlap <= covered && first + length > covered;
            }
            covered = first + length;
          }
          CHECK(right);
          CHECK(covered == count);
          ++cases;
        }
  CHECK(cases == 3 * 20 * 28);
}

TEST_CASE("a text that fits is one window, and an empty text one of special tokens alone") {
  const auto one = cut_windows(tokens(1, 4), 10, {1}, {2}, 7, 2);
  REQUIRE(one.size() == 1);
  CHECK(one[0].ids == Ids{1, 500, 1000, 1001, 1002, 1003, 2});
  CHECK(one[0].bytes == glossa::ByteRange{0, 40});
  const auto empty = cut_windows({}, 0, {1}, {2}, 10, 0);
  REQUIRE(empty.size() == 1);
  CHECK(empty[0].ids == Ids{1, 2});
  CHECK(empty[0].tokens == 0);
  CHECK(empty[0].bytes == glossa::ByteRange{});
}

TEST_CASE("a window that has no room for text is refused, and an overlap that leaves no way forward") {
  const glossa::Error small = test::error_of([] { (void)cut_windows(tokens(2, 9), 20, {1}, {2}, 4, 0); });
  CHECK(small.kind() == glossa::ErrorKind::invalid_argument);
  CHECK(small.field() == "max_tokens");
  CHECK(test::says(small, "more than 4"));
  const glossa::Error wide = test::error_of([] { (void)cut_windows(tokens(2, 9), 20, {1}, {2}, 7, 3); });
  CHECK(wide.kind() == glossa::ErrorKind::invalid_argument);
  CHECK(wide.field() == "window_overlap");
  CHECK(test::says(wide, "less than the 3"));
}
