// A tokenizer and a text come in; which rule of Encoding the result breaks goes out, empty where it breaks none.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/text/tokenizer.hpp>
#include <glossa/text/utf8.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace test {

/// A text with something of everything that tokenizers trip over.
inline std::string nasty_text() {
  std::string text =
      "query: The cat's  naïve café, ﬁne ＡＢＣ ｶﾞ 각 각 e\u0301\u0323 x\u0301\u0301\u0301\u0301\u0301\u0301\u0301";
  text += " <s>a</s> <pad><mask> <mask>[CLS][SEP] [MASK][UNK][PAD] <unk> ##s ▁▁a \t\r\n\u00A0\u3000\u200B\u200D\uFEFF";
  text +=
      "猫が寝る। क्षि नमस्ते \U0001F468\u200D\U0001F469\u200D\U0001F467 \U0001F1E9\U0001F1EA\U0001F1E9 \u0600a "
      "\u1160\u11A8 \uFFFD \uFDFA İıß ";
  text += std::string("nul\0nul", 7) + "\x01\x7F \xFF\xC3 \xED\xA0\x80 \xF4\x90\x80\x80 \xE2\x96";
  return text + std::string(150, 'a') + " " + std::string(40, ' ') + "zzz";
}

/// The rules that hold for any tokenizer, however odd.
inline std::string broken_rule(const glossa::Tokenizer& tokenizer, std::string_view text,
                               const glossa::EncodeOptions& how) {
  glossa::EncodeOptions options = how;
  options.with_offsets = options.with_tokens = true;
  const glossa::Encoding all = tokenizer.encode(text, options);
  if (all.offsets.size() != all.ids.size() || all.tokens.size() != all.ids.size())
    return "not one offset and text a token";
  if (all.total_tokens != all.ids.size() || all.truncated() || all.used_bytes != text.size())
    return "cut without being asked to";
  if (all.unknown_tokens > all.ids.size()) return "more unknown tokens than tokens";
  for (std::size_t i = 0; i < all.ids.size(); ++i) {
    if (all.ids[i] >= tokenizer.size()) return "an id beyond the vocabulary";
    if (all.offsets[i].begin > all.offsets[i].end || all.offsets[i].end > text.size())
      return "an offset outside the text";
  }
  const std::vector<glossa::TokenId> before =
      options.add_special_tokens ? tokenizer.prefix_ids() : std::vector<glossa::TokenId>{};
  const std::vector<glossa::TokenId> after =
      options.add_special_tokens ? tokenizer.suffix_ids() : std::vector<glossa::TokenId>{};
  const std::size_t added = before.size() + after.size();
  if (all.ids.size() < added || !std::equal(before.begin(), before.end(), all.ids.begin()) ||
      !std::equal(after.rbegin(), after.rend(), all.ids.rbegin()))
    return "the special tokens are not around the text";
  options.with_offsets = options.with_tokens = false;
  if (tokenizer.encode(text, options).ids != all.ids) return "other ids without offsets";
  for (const std::size_t room :
       {std::size_t{0}, std::size_t{1}, (all.ids.size() - added) / 2, all.ids.size() - added}) {
    options.max_tokens = added + room;
    if (options.max_tokens == 0) continue;
    const glossa::Encoding cut = tokenizer.encode(text, options);
    const std::size_t kept = std::min(room, all.ids.size() - added);
    std::vector<glossa::TokenId> expected(all.ids.begin(),
                                          all.ids.begin() + static_cast<std::ptrdiff_t>(before.size() + kept));
    expected.insert(expected.end(), after.begin(), after.end());
    if (cut.ids != expected) return "cutting changes the tokens";
    if (cut.total_tokens != all.ids.size()) return "cutting changes the number of tokens";
    const bool cuts = kept < all.ids.size() - added;
    if (cut.truncated() != cuts) return "truncated() does not tell";
    if (cut.used_bytes != (cuts ? all.offsets[before.size() + kept].begin : text.size()))
      return "used_bytes is not where the cut lies";
  }
  return {};
}

/// The rules of tokenizers that are what published models have: also that tokens follow each other in the text, that
/// bytes which are not UTF-8 count as U+FFFD, and that plain text holds no special token but the unknown one.
inline std::string broken_rule_of_models(const glossa::Tokenizer& tokenizer, std::string_view text,
                                         const std::vector<glossa::TokenId>& special) {
  for (const glossa::Specials specials : {glossa::Specials::recognised, glossa::Specials::text})
    for (const bool add : {true, false})
      if (std::string rule = broken_rule(tokenizer, text, {.specials = specials, .add_special_tokens = add});
          !rule.empty())
        return rule;
  glossa::EncodeOptions options{.specials = glossa::Specials::text, .add_special_tokens = false, .with_offsets = true};
  const glossa::Encoding plain = tokenizer.encode(text, options);
  for (const glossa::TokenId id : plain.ids)
    if (std::find(special.begin(), special.end(), id) != special.end()) return "plain text turned into a special token";
  options.specials = glossa::Specials::recognised;
  const glossa::Encoding read = tokenizer.encode(text, options);
  for (const glossa::Encoding* encoding : {&plain, &read})
    for (std::size_t i = 1; i < encoding->offsets.size(); ++i)
      if (encoding->offsets[i].begin < encoding->offsets[i - 1].begin) return "tokens that do not follow each other";
  // Python's bytes.decode("utf-8", "replace"): each maximal part of a sequence that goes wrong is one U+FFFD.
  std::string repaired;
  for (std::size_t at = 0; at < text.size();) {
    const glossa::detail::Utf8Step step = glossa::detail::utf8_step(text, at);
    repaired += step.valid ? text.substr(at, step.length) : std::string_view("\xEF\xBF\xBD");
    at += step.length;
  }
  options.with_offsets = false;
  if (tokenizer.encode(repaired, options).ids != read.ids) return "bytes that are not UTF-8 do not count as U+FFFD";
  return {};
}

}  // namespace test
