// The ids of a text come in; they go out with the special tokens that the model expects around them.
#pragma once

#include <glossa/text/piece_model.hpp>

#include <string>
#include <vector>

namespace glossa::detail {

/// A special token that a post-processor adds.
struct SpecialToken {
  TokenId id = 0;
  std::string text;
  friend bool operator==(const SpecialToken&, const SpecialToken&) = default;
};

/// The single-text half of TemplateProcessing, BertProcessing and RobertaProcessing: what stands before and after.
struct PostProcessor {
  std::vector<SpecialToken> before;
  std::vector<SpecialToken> after;

  [[nodiscard]] std::size_t added() const noexcept { return before.size() + after.size(); }
  friend bool operator==(const PostProcessor&, const PostProcessor&) = default;
};

}  // namespace glossa::detail
