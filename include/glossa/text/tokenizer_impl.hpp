// Definitions of Tokenizer's functions; see core/linkage.hpp.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/text/tokenizer.hpp>
#include <glossa/text/tokenizer_files.hpp>
#include <glossa/text/tokenizer_pipeline.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa {

GLOSSA_INLINE Tokenizer::Tokenizer(const std::filesystem::path& folder, const TokenizerOptions& options) {
  detail::TokenizerParts parts = detail::read_tokenizer(folder);
  if (options.lowercase) detail::lowercase_first(parts);
  pipeline_ = std::make_shared<const detail::TokenizerPipeline>(std::move(parts));
}

GLOSSA_INLINE Tokenizer::Tokenizer(std::shared_ptr<const detail::TokenizerPipeline> pipeline) noexcept
    : pipeline_(std::move(pipeline)) {}

GLOSSA_INLINE Encoding Tokenizer::encode(std::string_view text, const EncodeOptions& options) const {
  return pipeline_->encode(text, options);
}

GLOSSA_INLINE std::size_t Tokenizer::count_tokens(std::string_view text, Specials specials) const {
  return pipeline_->encode(text, {.specials = specials}).total_tokens;
}

GLOSSA_INLINE std::string Tokenizer::token(TokenId id) const { return pipeline_->token(id); }

GLOSSA_INLINE std::optional<TokenId> Tokenizer::id(std::string_view token) const { return pipeline_->id(token); }

GLOSSA_INLINE std::size_t Tokenizer::size() const noexcept { return pipeline_->size(); }

GLOSSA_INLINE std::vector<TokenId> Tokenizer::prefix_ids() const { return pipeline_->prefix_ids(); }

GLOSSA_INLINE std::vector<TokenId> Tokenizer::suffix_ids() const { return pipeline_->suffix_ids(); }

GLOSSA_INLINE const std::string& Tokenizer::source() const noexcept { return pipeline_->source(); }

}  // namespace glossa
