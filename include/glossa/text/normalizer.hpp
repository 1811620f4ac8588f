// A text comes in; the text as the tokenizer's model wants to see it goes out. One class a normalizer of
// tokenizer.json.
#pragma once

#include <glossa/text/aligned_text.hpp>
#include <glossa/text/normal_form.hpp>
#include <glossa/text/precompiled.hpp>
#include <glossa/text/unicode.hpp>
#include <glossa/text/utf8.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// One step of normalisation; names and behaviour are those of Hugging Face's tokenizers.
class Normalizer {
 public:
  virtual ~Normalizer() = default;
  virtual void apply(AlignedText& text) const = 0;
  [[nodiscard]] virtual bool is_lowercase() const noexcept { return false; }
  /// Whether this is a Lowercase, or a Sequence with one among its own steps.
  [[nodiscard]] virtual bool has_lowercase() const noexcept { return is_lowercase(); }
  /// The rules, where this is Precompiled.
  [[nodiscard]] virtual const PrecompiledCharsmap* rules() const noexcept { return nullptr; }
};

/// Rewrites character by character: each(rewriter, c, length) copies, replaces or removes the next `length` bytes.
template <class Each>
void rewrite_characters(AlignedText& text, Each&& each) {
  AlignedText::Rewriter rewriter(text);
  const std::string_view source = text.text();
  for (std::size_t at = 0; at < source.size();) {
    const std::size_t length = utf8_length(source[at]);
    each(rewriter, utf8_decode(source, at), length);
    at += length;
  }
  rewriter.finish();
}

class PrecompiledNormalizer final : public Normalizer {
 public:
  explicit PrecompiledNormalizer(std::shared_ptr<const PrecompiledCharsmap> rules) : rules_(std::move(rules)) {}
  void apply(AlignedText& text) const override { rules_->apply(text); }
  [[nodiscard]] const PrecompiledCharsmap* rules() const noexcept override { return rules_.get(); }

 private:
  std::shared_ptr<const PrecompiledCharsmap> rules_;
};

class UnicodeNormalizer final : public Normalizer {
 public:
  explicit UnicodeNormalizer(NormalForm form) : form_(form) {}
  void apply(AlignedText& text) const override { apply_normal_form(text, form_); }

 private:
  NormalForm form_;
};

class LowercaseNormalizer final : public Normalizer {
 public:
  [[nodiscard]] bool is_lowercase() const noexcept override { return true; }
  void apply(AlignedText& text) const override {
    rewrite_characters(text, [](AlignedText::Rewriter& out, char32_t c, std::size_t length) {
      const LowerCase lower = to_lower(c);
      if (lower.first == c) return out.copy(length);
      out.replace(lower.first, length);
      if (lower.second != 0) out.insert(lower.second);
    });
  }
};

class StripAccentsNormalizer final : public Normalizer {
 public:
  void apply(AlignedText& text) const override {
    rewrite_characters(text, [](AlignedText::Rewriter& out, char32_t c, std::size_t length) {
      is_in(kCombiningMarks, c) ? out.remove(length) : out.copy(length);
    });
  }
};

/// Replaces every occurrence of a literal string.
class ReplaceNormalizer final : public Normalizer {
 public:
  ReplaceNormalizer(std::string pattern, std::string content)
      : pattern_(std::move(pattern)), content_(std::move(content)) {}

  void apply(AlignedText& text) const override {
    if (pattern_.empty() || text.text().find(pattern_) == std::string_view::npos) return;
    AlignedText::Rewriter rewriter(text);
    const std::string_view source = text.text();
    for (std::size_t at = 0; at < source.size();) {
      if (source.substr(at).starts_with(pattern_)) {
        rewriter.remove(pattern_.size());  // the content then has the origin of the match's last character
        for (std::size_t i = 0; i < content_.size(); i += utf8_length(content_[i]))
          rewriter.insert(utf8_decode(content_, i));
        at += pattern_.size();
      } else {
        const std::size_t length = utf8_length(source[at]);
        rewriter.copy(length);
        at += length;
      }
    }
    rewriter.finish();
  }

 private:
  std::string pattern_;
  std::string content_;
};

/// Replaces every run of two or more spaces.
class CollapseSpacesNormalizer final : public Normalizer {
 public:
  explicit CollapseSpacesNormalizer(std::string content) : content_(std::move(content)) {}

  void apply(AlignedText& text) const override {
    AlignedText::Rewriter rewriter(text);
    const std::string_view source = text.text();
    for (std::size_t at = 0; at < source.size();) {
      const std::size_t end = std::min(source.find_first_not_of(' ', at), source.size());
      if (end - at >= 2) {
        rewriter.remove(end - at);
        for (std::size_t i = 0; i < content_.size(); i += utf8_length(content_[i]))
          rewriter.insert(utf8_decode(content_, i));
        at = end;
      } else {
        const std::size_t next = std::min(source.find(' ', at + 1), source.size());
        rewriter.copy(next - at);
        at = next;
      }
    }
    rewriter.finish();
  }

 private:
  std::string content_;
};

/// Puts a string before any text that is not empty.
class PrependNormalizer final : public Normalizer {
 public:
  explicit PrependNormalizer(std::string prefix) : prefix_(std::move(prefix)) {}

  void apply(AlignedText& text) const override {
    if (text.text().empty() || prefix_.empty()) return;
    AlignedText::Rewriter rewriter(text);
    prepend(rewriter, prefix_, text.text());
    rewriter.copy(text.text().size() - rewriter.position());
    rewriter.finish();
  }

  /// Puts `prefix` before the rewriter's next character and moves behind that; both have its origin.
  static void prepend(AlignedText::Rewriter& rewriter, std::string_view prefix, std::string_view source) {
    const std::size_t at = rewriter.position();
    rewriter.replace(utf8_decode(prefix, 0), utf8_length(source[at]));
    for (std::size_t i = utf8_length(prefix[0]); i < prefix.size(); i += utf8_length(prefix[i]))
      rewriter.insert(utf8_decode(prefix, i));
    rewriter.insert(utf8_decode(source, at));
  }

 private:
  std::string prefix_;
};

/// BERT's basic cleaning (Devlin et al. 2018, `BasicTokenizer`), as Hugging Face's BertNormalizer does it.
class BertNormalizer final : public Normalizer {
 public:
  struct Options {
    bool clean_text = true;            ///< controls vanish, white space becomes ' '
    bool handle_chinese_chars = true;  ///< each ideograph gets a ' ' on both sides
    bool strip_accents = true;         ///< NFD, then nonspacing marks vanish
    bool lowercase = true;
  };
  explicit BertNormalizer(Options options) : options_(options) {}

  void apply(AlignedText& text) const override {
    if (options_.clean_text) clean(text);
    if (options_.handle_chinese_chars) separate_ideographs(text);
    if (options_.strip_accents) {
      apply_normal_form(text, NormalForm::nfd);
      rewrite_characters(text, [](AlignedText::Rewriter& out, char32_t c, std::size_t length) {
        c >= 0x300 && is_in(kNonspacingMarks, c) ? out.remove(length) : out.copy(length);
      });
    }
    if (options_.lowercase) LowercaseNormalizer().apply(text);
  }

 private:
  static void clean(AlignedText& text) {
    rewrite_characters(text, [](AlignedText::Rewriter& out, char32_t c, std::size_t length) {
      if (is_in(kBertControls, c)) return out.remove(length);
      if (c != ' ' && is_whitespace(c)) return out.replace(' ', length);
      out.copy(length);
    });
  }

  static void separate_ideographs(AlignedText& text) {
    rewrite_characters(text, [](AlignedText::Rewriter& out, char32_t c, std::size_t length) {
      if (!is_bert_chinese(c)) return out.copy(length);
      out.replace(' ', length);
      out.insert(c);
      out.insert(' ');
    });
  }

  Options options_;
};

/// Removes white space at the ends.
class StripNormalizer final : public Normalizer {
 public:
  StripNormalizer(bool left, bool right) : left_(left), right_(right) {}

  void apply(AlignedText& text) const override {
    const std::string_view source = text.text();
    std::size_t begin = 0;
    while (left_ && begin < source.size() && is_whitespace(utf8_decode(source, begin)))
      begin += utf8_length(source[begin]);
    std::size_t end = begin;  // behind the last character that stays
    for (std::size_t at = begin; at < source.size(); at += utf8_length(source[at]))
      if (!right_ || !is_whitespace(utf8_decode(source, at))) end = at + utf8_length(source[at]);
    AlignedText::Rewriter rewriter(text);
    rewriter.remove(begin);
    rewriter.copy(end - begin);
    rewriter.finish();
  }

 private:
  bool left_;
  bool right_;
};

/// The first half of SentencePiece's nmt_nfkc: controls vanish, and what is white space of some kind becomes ' '.
class NmtNormalizer final : public Normalizer {
 public:
  void apply(AlignedText& text) const override {
    rewrite_characters(text, [](AlignedText::Rewriter& out, char32_t c, std::size_t length) {
      const bool is_control =
          (c >= 0x01 && c <= 0x08) || c == 0x0B || (c >= 0x0E && c <= 0x1F) || c == 0x7F || c == 0x8F || c == 0x9F;
      const bool is_space = c == 0x09 || c == 0x0A || c == 0x0C || c == 0x0D || c == 0x1680 ||
                            (c >= 0x200B && c <= 0x200F) || c == 0x2028 || c == 0x2029 || c == 0x2581 || c == 0xFEFF ||
                            c == 0xFFFD;
      if (is_control) return out.remove(length);
      if (is_space) return out.replace(' ', length);
      out.copy(length);
    });
  }
};

class SequenceNormalizer final : public Normalizer {
 public:
  explicit SequenceNormalizer(std::vector<std::unique_ptr<Normalizer>> steps) : steps_(std::move(steps)) {}
  void apply(AlignedText& text) const override {
    for (const auto& step : steps_) step->apply(text);
  }
  [[nodiscard]] bool has_lowercase() const noexcept override {
    return std::any_of(steps_.begin(), steps_.end(), [](const auto& step) { return step->is_lowercase(); });
  }

 private:
  std::vector<std::unique_ptr<Normalizer>> steps_;
};

}  // namespace glossa::detail
