// What the command line asked for comes in; each command's exit status goes out.
#pragma once

#include <glossa/embedder.hpp>

#include <cstddef>
#include <optional>
#include <string>

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

int embed(const EmbedArguments& arguments);
int tokenize(const TokenizeArguments& arguments);
int similarity(const SimilarityArguments& arguments);
int info(const std::string& folder);
int verify(const std::string& folder);
int convert_e5s1(const std::string& blob, const std::string& folder, const std::string& precision);
int quantize(const QuantizeArguments& arguments);

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

}  // namespace tool
