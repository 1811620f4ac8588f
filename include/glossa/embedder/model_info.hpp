// What a loaded model is, for people and reports.
#pragma once

#include <glossa/embedder/options.hpp>
#include <glossa/model/encoder_config.hpp>
#include <glossa/model/pooling.hpp>
#include <glossa/model/prompts.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace glossa {

/// Facts about a loaded model.
struct ModelInfo {
  std::filesystem::path folder;
  EncoderConfig encoder;
  std::vector<Pooling> poolings;
  bool normalize = false;
  std::size_t max_tokens = 0;
  Prompts prompts;
  std::string tokenizer_file;
  std::size_t vocabulary = 0;            ///< tokens that the tokenizer knows
  std::string weight_types;              ///< the weights' types in the file, such as "F32"
  std::size_t parameters = 0;            ///< numbers in the weights' tensors
  Precision precision = Precision::f32;  ///< what the encoder computes in
  std::string instruction_set;           ///< what the encoder was compiled for
  std::size_t threads = 0;
};

}  // namespace glossa
