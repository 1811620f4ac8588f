// A model folder comes in; its vocabulary is written beside it in a form that loads in milliseconds.
#pragma once

#include <glossa/core/linkage.hpp>

#include <filesystem>

namespace glossa::detail {

/// Writes `folder`/vocabulary.glossa, which Tokenizer(folder) then maps: the same ids, without reading and sorting a
/// quarter of a million pieces at every start. The file is bound to the folder's tokenizer.json and
/// sentencepiece.bpe.model by their sizes and hashes; where one of them changes, comes or goes, Tokenizer(folder)
/// throws until the file is compiled again or removed. What small files say (tokenizer_config.json and the like) is
/// read at every start and may change. Returns whether there was something to compile: false for a vocabulary that is
/// not Unigram, which loads fast as it is; a file from before is then removed. Errors: as Tokenizer's, and `io`.
bool write_compiled_vocabulary(const std::filesystem::path& folder);

}  // namespace glossa::detail

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/text/compiled_vocabulary_impl.hpp>
#endif
