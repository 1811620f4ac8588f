// What the command line asked for comes in; each command's exit status goes out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/embedder.hpp>
#include <glossa/search/hnsw_options.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace tool {

struct EmbedArguments {
  std::string model;
  std::string role = "none";
  std::string input = "-";
  std::string format;  // empty: by the file's name
  std::string output;
  std::string output_format;  // empty: by the file's name
  std::string precision = "automatic";
  std::string policy = "truncate";
  std::string specials = "special";
  std::size_t threads = 0;
  std::size_t dims = 0;
  std::optional<std::size_t> overlap{};
  bool keep_windows = false;
  bool receipts = false;
};

struct TokenizeArguments {
  std::string model;
  std::string specials = "special";
  std::string engine = "glossa";
  std::string input = "-";
  std::string output = "-";
};

struct SimilarityArguments {
  std::string model;
  std::string role = "none";
  std::string first;
  std::string second;
};

struct QuantizeArguments {
  std::string model;
  std::string precision;
  std::string calibration;  // empty: texts of the tool's own
  std::string output;
};

struct ConvertArguments {
  std::string blob;
  std::string folder;
  std::string precision = "f32";
};

/// The model that an index is made or searched with.
struct ModelArguments {
  std::string folder;
  std::string precision = "automatic";
  std::size_t threads = 0;
  bool no_prompts = false;
};

struct IndexBuildArguments {
  ModelArguments model;
  std::string input;
  std::string output;
  std::string kind = "flat";
  std::string vectors = "f32";
  std::string rescore;  // empty: no finer copy
  std::string metric = "cosine";
  std::size_t dims = 0;
  std::size_t connections = glossa::HnswOptions{}.connections;
  std::size_t build_candidates = glossa::HnswOptions{}.build_candidates;
  std::size_t lists = 0;
};

struct IndexAddArguments {
  ModelArguments model;
  std::string index;
  std::string input;
};

struct IndexRemoveArguments {
  std::string index;
  std::string file;  // of ids, one a line; empty: none
  std::vector<std::string> ids;
};

struct IndexInfoArguments {
  std::string index;
  bool json = false;
};

struct SearchArguments {
  ModelArguments model;
  std::string index;
  std::string input;   // empty: queries
  std::string format;  // empty: by the file's name
  std::vector<std::string> queries;
  std::size_t k = 10;
  std::size_t candidates = 0;
  std::size_t probes = 0;
  std::size_t rescored = 0;
  bool json = false;
};

int embed(const EmbedArguments& arguments);
int tokenize(const TokenizeArguments& arguments);
int similarity(const SimilarityArguments& arguments);
int info(const std::string& folder);
int verify(const std::string& folder);
int convert_e5s1(const ConvertArguments& arguments);
int quantize(const QuantizeArguments& arguments);
int index_build(const IndexBuildArguments& arguments);
int index_add(const IndexAddArguments& arguments);
int index_remove(const IndexRemoveArguments& arguments);
int index_info(const IndexInfoArguments& arguments);
int search(const SearchArguments& arguments);

/// "query", "passage" or "none", which the command line has checked.
[[nodiscard]] inline glossa::Role role_from(const std::string& name) {
  return name == "query" ? glossa::Role::query : name == "passage" ? glossa::Role::passage : glossa::Role::none;
}

[[nodiscard]] inline glossa::Precision precision_from(const std::string& name) {
  using enum glossa::Precision;
  for (const auto precision : {f32, f64, bf16, int8, int4})
    if (name == to_string(precision)) return precision;
  return glossa::Precision::automatic;
}

[[nodiscard]] inline glossa::Specials specials_from(const std::string& name) {
  return name == "text" ? glossa::Specials::text : glossa::Specials::recognised;
}

/// Errors: `invalid_argument` for more dimensions than the model's.
inline void check_dims(std::size_t dims, const glossa::Embedder& embedder) {
  if (dims > embedder.dims())
    throw glossa::Error(glossa::ErrorKind::invalid_argument, {.field = "--dims",
                                                              .expected = "at most " + std::to_string(embedder.dims()) +
                                                                          ", the length of the model's vectors",
                                                              .found = std::to_string(dims)});
}

}  // namespace tool
