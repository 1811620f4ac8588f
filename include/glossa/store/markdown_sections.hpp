// A Markdown text comes in; its sections go out, with the headings above each.
#pragma once

#include <glossa/core/error.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// A heading with what stands under it, up to the next one. Headings with nothing under them are a part of what
/// follows.
struct TextSection {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string context{};       ///< of what begins where the section does: the headings above its own
  std::string body_context{};  ///< of what begins behind its heading: with that
};

/// The headings that are open at a place, by their levels.
class HeadingPath {
 public:
  void enter(std::size_t level, std::string title) {
    titles_[level - 1] = std::move(title);
    for (std::size_t deeper = level; deeper < titles_.size(); ++deeper) titles_[deeper].clear();
  }
  /// Those above a level, "A > B".
  [[nodiscard]] std::string above(std::size_t level) const {
    std::string out;
    for (std::size_t i = 0; i + 1 < level; ++i)
      if (!titles_[i].empty()) out += (out.empty() ? "" : " > ") + titles_[i];
    return out;
  }
  [[nodiscard]] std::string all() const { return above(titles_.size() + 1); }

 private:
  std::array<std::string, 6> titles_;
};

/// Reads lines. Fenced code is no heading, nor is what is indented by four; YAML at the beginning is passed over.
class MarkdownReader {
 public:
  explicit MarkdownReader(std::string_view text) : text_(text) {}

  [[nodiscard]] std::vector<TextSection> sections() {
    TextSection open;
    bool has_body = false;
    bool is_first_line = true;
    bool in_yaml = false;
    std::size_t text_line = std::string_view::npos;  // where the line before begins, if a "===" would make it a heading
    const std::size_t begin_of_text = text_.starts_with("\xEF\xBB\xBF") ? 3 : 0;  // a byte order mark
    for (std::size_t at = begin_of_text; at < text_.size();) {
      const std::size_t end = std::min(text_.find('\n', at), text_.size() - 1) + 1;
      const std::string_view line = trimmed_right(text_.substr(at, end - at));
      const std::string_view words = trimmed_left(line);
      const bool indented = line.size() - words.size() > 3 || line.starts_with('\t');
      if (is_first_line) in_yaml = line == "---" && text_.find("\n---", at) != std::string_view::npos;
      const bool was_yaml = in_yaml;
      if (in_yaml && !is_first_line && line == "---") in_yaml = false;
      is_first_line = false;
      if (was_yaml || in_fence(words, indented) || indented) {
        has_body = has_body || !words.empty();
        text_line = std::string_view::npos;
      } else if (const std::size_t level = atx_level(words); level > 0) {
        begin(open, has_body, at, level, atx_title(words));
        text_line = std::string_view::npos;
      } else if (text_line != std::string_view::npos && is_underline(words)) {
        const std::string title(trimmed_left(trimmed_right(text_.substr(text_line, at - text_line))));
        has_body = has_body_before_text_line_;
        begin(open, has_body, text_line, words[0] == '=' ? 1 : 2, title);
        text_line = std::string_view::npos;
      } else {
        const bool is_text = !words.empty() && words[0] != '>' && words[0] != '|' && words[0] != '-' && words[0] != '*';
        if (is_text && text_line == std::string_view::npos) has_body_before_text_line_ = has_body;
        // Of several lines only the last one is taken for the title.
        if (is_text && text_line != std::string_view::npos) has_body_before_text_line_ = true;
        text_line = is_text ? at : std::string_view::npos;
        has_body = has_body || !words.empty();
      }
      at = end;
    }
    open.end = text_.size();
    if (open.end > open.begin) sections_.push_back(std::move(open));
    return std::move(sections_);
  }

 private:
  static std::string_view trimmed_left(std::string_view line) noexcept {
    return line.substr(std::min(line.find_first_not_of(" \t"), line.size()));
  }
  static std::string_view trimmed_right(std::string_view line) noexcept {
    return line.substr(0, line.find_last_not_of(" \t\r\n") + 1);
  }

  /// Whether the line is a part of fenced code, its fences included.
  bool in_fence(std::string_view words, bool indented) {
    const char mark = words.empty() ? '\0' : words[0];
    const std::size_t length = std::min(words.find_first_not_of(mark), words.size());
    const bool is_fence = !indented && (mark == '`' || mark == '~') && length >= 3;
    if (fence_length_ == 0) {
      if (!is_fence || (mark == '`' && words.find('`', length) != std::string_view::npos)) return false;
      fence_mark_ = mark;
      fence_length_ = length;
      return true;
    }
    if (is_fence && mark == fence_mark_ && length >= fence_length_ && length == words.size()) fence_length_ = 0;
    return true;
  }

  static std::size_t atx_level(std::string_view words) noexcept {
    const std::size_t level = std::min(words.find_first_not_of('#'), words.size());
    const bool ends = level == words.size() || words[level] == ' ' || words[level] == '\t';
    return level >= 1 && level <= 6 && ends ? level : 0;
  }
  static std::string atx_title(std::string_view words) {
    std::string_view title = trimmed_left(words.substr(std::min(words.find_first_not_of('#'), words.size())));
    const std::size_t last = title.find_last_not_of('#');
    if (last == std::string_view::npos) return {};
    if (last + 1 < title.size() && (title[last] == ' ' || title[last] == '\t'))
      title = trimmed_right(title.substr(0, last));
    return std::string(title);
  }
  static bool is_underline(std::string_view words) noexcept {
    return words.size() >= 2 && (words[0] == '=' || words[0] == '-') &&
           words.find_first_not_of(words[0]) == std::string_view::npos;
  }

  void begin(TextSection& open, bool& has_body, std::size_t at, std::size_t level, std::string title) {
    title = shortened(std::move(title), kLongestTitle);
    const std::string above = path_.above(level);
    path_.enter(level, std::move(title));
    if (has_body) {
      open.end = at;
      sections_.push_back(std::move(open));
      open = {at, 0, above, {}};
    }
    open.body_context = path_.all();
    has_body = false;
  }

  static constexpr std::size_t kLongestTitle = 400;  ///< bytes; it stands before each chunk

  std::string_view text_;
  std::vector<TextSection> sections_;
  HeadingPath path_;
  char fence_mark_ = 0;
  std::size_t fence_length_ = 0;
  bool has_body_before_text_line_ = false;
};

[[nodiscard]] inline std::vector<TextSection> markdown_sections(std::string_view text) {
  return MarkdownReader(text).sections();
}

}  // namespace glossa::detail
