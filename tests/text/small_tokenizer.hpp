// A tokenizer.json, or a part of one, comes in as a JSON value; what the library makes of it goes out.
#pragma once

#include "random_model.hpp"

#include <glossa/text/tokenizer.hpp>

#include <nlohmann/json.hpp>

#include <string>
#include <utility>
#include <vector>

namespace glossa::detail {
struct TokenizerParts;
}

namespace test {

/// The parts that a document describes; errors name it "tokenizer.json". Include tokenizer_parts.hpp to use them. What
/// builds them is compiled once, in small_tokenizer.cpp.
glossa::detail::TokenizerParts parts_of(const std::string& text);
glossa::detail::TokenizerParts parts_of(const Json& document);

/// A WordPiece document with nothing but an unknown token, for tests of its other parts.
Json bare_document();

/// The bare document with one part in its place.
Json document_with(const std::string& part, Json value);

glossa::Tokenizer tokenizer_of(const Json& document);

/// "xlmr" or "bert_uncased" with the real pieces that the committed texts can meet; ids are not the real ones.
glossa::Tokenizer small_tokenizer(const std::string& name);

/// Words between white space, cut into these pieces by WordPiece, whose ids are their places; with <s> and </s> around
/// the text where the pieces have them.
Json word_document(const std::vector<std::string>& pieces);

}  // namespace test
