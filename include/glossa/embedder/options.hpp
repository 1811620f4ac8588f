// What a caller can choose, when loading a model and when embedding.
#pragma once

#include <glossa/core/executor.hpp>
#include <glossa/core/progress.hpp>
#include <glossa/kernels/cpu_level.hpp>
#include <glossa/model/pooling.hpp>
#include <glossa/text/tokenizer.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <version>

#if !defined(__cpp_lib_jthread)
#error \
    "glossa needs std::stop_token: libstdc++ 10, Microsoft's library of 2019, or libc++ 20 (-fexperimental-library before)"
#endif

namespace glossa {

/// The arithmetic of the encoder.
enum class Precision {
  automatic,  ///< int8 or int4 where the folder's weights have that form (`glossa quantize`), else f32
  f32,
  f64,   ///< the oracle of the others: many times slower, twice the memory
  bf16,  ///< weights and activations as bfloat16, sums as f32: half the memory
  int8,  ///< 8-bit weights, activations quantised token by token: a quarter of the memory, and faster
  int4,  ///< 4-bit weights in blocks of 32, activations as in bf16: an eighth of the memory
};

[[nodiscard]] constexpr const char* to_string(Precision precision) noexcept {
  switch (precision) {
    case Precision::automatic: return "automatic";
    case Precision::f64: return "f64";
    case Precision::bf16: return "bf16";
    case Precision::int8: return "int8";
    case Precision::int4: return "int4";
    default: return "f32";
  }
}

/// How a model is loaded. What is left out comes from the model's own files.
struct EmbedderOptions {
  Precision precision = Precision::automatic;
  std::size_t threads = 0;                    ///< 0: as many as the process can run (available_threads())
  std::shared_ptr<Executor> executor{};       ///< runs the work in place of threads of the Embedder's own
  std::optional<std::string> query_prompt{};  ///< put before queries
  std::optional<std::string> passage_prompt{};
  std::optional<Tokenizer> tokenizer{};     ///< in place of the one that the folder describes; for models that want
                                            ///< lower-case texts, build it with TokenizerOptions::lowercase
  std::optional<std::size_t> max_tokens{};  ///< at most what the model has positions for
  std::optional<Pooling> pooling{};
  std::optional<bool> normalize{};           ///< scale vectors to unit length
  std::optional<CpuLevel> cpu_level{};       ///< instructions to use; by default default_level()
  Specials specials = Specials::recognised;  ///< Specials::text keeps "</s>" in user input from being a token
  std::size_t batch_tokens = 512;            ///< tokens that one thread encodes at a time; bounds the memory
};

/// What happens to a text that is longer than the model can read.
enum class LongText {
  truncate,  ///< the model sees its beginning; the receipt says so
  error,     ///< Error of kind too_long, before anything is encoded
  windows,   ///< overlapping stretches are encoded, and their vectors averaged by their numbers of tokens
};

/// How texts are embedded.
struct EmbedOptions {
  std::size_t dims = 0;  ///< keep the first so many dimensions (Matryoshka); 0 keeps all. Where the
                         ///< model's vectors have unit length, the shortened ones are given it again
  LongText long_text = LongText::truncate;
  std::optional<std::size_t> window_overlap{};  ///< tokens that neighbouring windows share; by default 64, or half of
                                                ///< what a window holds where that is less
  bool keep_windows = false;                    ///< with LongText::windows, keep every window's vector and place
  ProgressCallback progress{};                  ///< called now and then, by one thread at a time
  std::stop_token stop{};                       ///< a request makes the call throw an Error of kind cancelled
};

}  // namespace glossa
