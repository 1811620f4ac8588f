// Hits come in; a text for a prompt goes out, with numbered sources, within a budget of tokens.
#pragma once

#include <glossa/store/store_options.hpp>
#include <glossa/text/tokenizer.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa {

struct PromptSource {
  std::size_t number = 0;  ///< of its citation, from 1
  std::size_t hit = 0;     ///< index among the hits
};

struct PromptContext {
  std::string text{};
  std::size_t tokens = 0;
  std::vector<PromptSource> sources{};
  /// A hit of several windows did not fit: a search without merge_neighbors finds those of them that do.
  bool leaves_merged_out = false;
};

/// The hits in order, each as
///     [1] Title, Chapter > Section (document id, bytes 10-250)
///     its text
/// as long as all of it has at most `budget` tokens by this tokenizer, special ones not counted. A hit that does not
/// fit is left out, and those behind it are tried.
[[nodiscard]] inline PromptContext prompt_context(std::span<const StoreHit> hits, const Tokenizer& tokenizer,
                                                  std::size_t budget) {
  PromptContext out;
  const auto one_line = [](std::string_view text) {
    std::string line(text);
    for (char& c : line)
      if (static_cast<unsigned char>(c) < 0x20) c = ' ';
    return line;
  };
  const std::size_t added = tokenizer.count_tokens("");
  for (std::size_t i = 0; i < hits.size(); ++i) {
    const StoreHit& hit = hits[i];
    const std::size_t number = out.sources.size() + 1;
    std::string part = out.text.empty() ? "" : "\n";
    part += "[" + std::to_string(number) + "] ";
    if (!hit.title.empty()) part += one_line(hit.title) + (hit.context.empty() ? " " : ", ");
    if (!hit.context.empty()) part += one_line(hit.context) + " ";
    part += "(" + one_line(hit.document) + ", bytes " + std::to_string(hit.bytes.begin) + "-" +
            std::to_string(hit.bytes.end) + ")\n" + hit.text + "\n";
    std::string all = out.text + part;
    const std::size_t tokens = tokenizer.count_tokens(all, Specials::text) - added;
    if (tokens > budget) {
      out.leaves_merged_out = out.leaves_merged_out || hit.windows > 1;
      continue;
    }
    out.text = std::move(all);
    out.tokens = tokens;
    out.sources.push_back({number, i});
  }
  return out;
}

}  // namespace glossa
