// Everything but the optional parts; the order of the includes is the way of the data.
#pragma once

#include <glossa/core/embeddings.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/expected.hpp>
#include <glossa/text/tokenizer_files.hpp>
#include <glossa/model/safetensors.hpp>
#include <glossa/model/safetensors_writer.hpp>
#include <glossa/encoder/text_encoder.hpp>
#include <glossa/embedder.hpp>
#include <glossa/search/top_k.hpp>
