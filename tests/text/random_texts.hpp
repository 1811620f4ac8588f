// A seed comes in; texts of everything that tokenising treats in a way of its own go out, the same on every machine.
#pragma once

#include <glossa/text/utf8.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <utility>

namespace test {

class RandomTexts {
 public:
  explicit RandomTexts(unsigned seed) : random_(seed) {}

  std::string next() {
    std::string text;
    for (std::size_t count = below(40); count > 0; --count) append_piece(text);
    if (below(8) == 0 && !text.empty()) text[below(text.size())] = static_cast<char>(below(256));  // maybe not UTF-8
    return text;
  }

 private:
  std::size_t below(std::size_t end) { return random_() % end; }

  void append_piece(std::string& text) {
    static const std::string kOdd[] = {"</s>",
                                       "<s>",
                                       "<mask>",
                                       "<unk>",
                                       "▁",
                                       "▁▁",
                                       " ",
                                       "  ",
                                       "\r\n",
                                       "\n",
                                       "\t",
                                       "\u200D",
                                       "\u200B",
                                       "\u3000",
                                       "\u00A0",
                                       std::string(1, '\0'),
                                       "ﬁ",
                                       "e\u0301",
                                       "＜/s＞",
                                       "\u1100\u1161\u11A8",
                                       "क\u094Dष",
                                       "न\u093C",
                                       "…",
                                       "½",
                                       "\U0001F469\u200D\U0001F467",
                                       "\U0001F1E9\U0001F1EA",
                                       "\u0600",
                                       "\U000113D1",
                                       "\U00011A3A",
                                       "\uFEFF",
                                       "ạ\u0302",
                                       "the ",
                                       "query: ",
                                       "猫",
                                       "\xFF",
                                       "\xE2\x96"};
    // Scripts with marks, conjuncts, syllables and signs of their own; the whole range last.
    static constexpr std::array<std::pair<char32_t, char32_t>, 22> kRanges = {
        {{0x20, 0x7F},       {0x20, 0x7F},     {0x20, 0x7F},     {0x61, 0x7B},      {0, 0x20},
         {0x80, 0x300},      {0x300, 0x370},   {0x370, 0x600},   {0x600, 0x700},    {0x900, 0x980},
         {0x980, 0xE00},     {0xE00, 0xF00},   {0x1100, 0x1200}, {0x1E00, 0x2070},  {0x2070, 0x2600},
         {0x3000, 0x3400},   {0x4E00, 0x5000}, {0xAC00, 0xAD00}, {0xFF00, 0x10000}, {0x11000, 0x12000},
         {0x1F1E0, 0x1F700}, {0, 0x110000}}};
    if (below(5) == 0) {
      text += kOdd[below(std::size(kOdd))];
      return;
    }
    const auto [first, end] = kRanges[below(kRanges.size())];
    const auto c = static_cast<char32_t>(first + below(end - first));
    if (c < 0xD800 || c >= 0xE000) glossa::detail::utf8_append(text, c);
  }

  std::mt19937 random_;
};

}  // namespace test
