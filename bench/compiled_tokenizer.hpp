// A model folder comes in; a copy of its tokenizer goes out, with the vocabulary compiled as `glossa quantize` does it.
#pragma once

#include <glossa/text/compiled_vocabulary.hpp>

#include <filesystem>
#include <random>
#include <string>
#include <system_error>

namespace bench {

/// The copy lies in the system's folder for temporary files, and goes when this object does.
class CompiledTokenizer {
 public:
  explicit CompiledTokenizer(const std::filesystem::path& model)
      : folder_(std::filesystem::temp_directory_path() / ("glossa-bench-" + std::to_string(std::random_device{}()))) {
    std::filesystem::create_directories(folder_);
    for (const char* name : {"tokenizer.json", "sentencepiece.bpe.model", "vocab.txt", "tokenizer_config.json"})
      if (std::filesystem::exists(model / name)) std::filesystem::copy_file(model / name, folder_ / name);
    (void)glossa::detail::write_compiled_vocabulary(folder_);
  }
  ~CompiledTokenizer() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  CompiledTokenizer(const CompiledTokenizer&) = delete;
  CompiledTokenizer& operator=(const CompiledTokenizer&) = delete;

  [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }

 private:
  std::filesystem::path folder_;
};

}  // namespace bench
