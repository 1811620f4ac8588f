// Of two real tokenizers what the committed texts can meet: their documents, and folders of them in every layout.
#pragma once

#include "random_model.hpp"

#include <glossa/text/token_id.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace test {

/// "xlmr" or "bert_uncased" of small_vocabularies.json.
const Json& small_vocabulary(const std::string& name);

/// The real ids of its ids.
std::vector<glossa::TokenId> real_ids(const std::string& name);

/// Appends a field of a protocol-buffer message that holds bytes.
void put_message(std::string& out, unsigned field, std::string_view bytes);

/// A SentencePiece model of the fairseq layout with the pieces and rules of a tokenizer.json of it.
std::string sentencepiece_from(const Json& document);

/// The lines of a vocab.txt with the pieces of a WordPiece tokenizer.json; ids that nothing has are "[unusedN]".
std::string vocabulary_lines(const Json& document);

}  // namespace test
