// glossa similarity, info and verify: a model folder comes in; a few lines for a person go out.
#include "commands.hpp"

#include <glossa/embedder.hpp>
#include <glossa/search/metric.hpp>

#include <cstdio>
#include <iomanip>
#include <iostream>
#include <optional>
#include <string>

namespace tool {
namespace {

std::string quoted(const std::optional<std::string>& prompt) {
  return !prompt ? "unknown" : prompt->empty() ? "none" : "\"" + *prompt + "\"";
}

}  // namespace

int similarity(const SimilarityArguments& arguments) {
  const glossa::Embedder embedder(arguments.model);
  const glossa::Role role = role_from(arguments.role);
  const glossa::Embedding first = embedder.embed(arguments.first, role);
  const glossa::Embedding second = embedder.embed(arguments.second, role);
  const float score = glossa::cosine(first, second);
  const int truncated = first.receipt().truncated() + second.receipt().truncated();
  if (truncated > 0)
    std::cerr << "glossa: " << truncated << " of 2 texts were longer than " << embedder.max_tokens()
              << " tokens and were cut\n";
  std::cout << std::fixed << std::setprecision(4) << score << '\n';
  return 0;
}

int info(const std::string& folder) {
  const glossa::Embedder embedder{std::filesystem::path(folder)};
  const glossa::ModelInfo& model = embedder.info();
  const glossa::EncoderConfig& encoder = model.encoder;
  std::string poolings;
  for (const glossa::Pooling pooling : model.poolings)
    poolings += (poolings.empty() ? "" : " + ") + std::string(to_string(pooling));
  std::cout << "architecture   " << encoder.model_type << ", " << encoder.layers << " layers, hidden size "
            << encoder.hidden_size << ", " << encoder.heads << " heads, feed-forward size " << encoder.intermediate_size
            << "\nparameters     " << model.parameters << " (" << model.weight_types << ")"
            << "\nvectors        " << embedder.dims() << " dimensions, " << poolings << " pooling, "
            << (model.normalize ? "unit length" : "not normalised") << "\nlongest text   " << model.max_tokens
            << " tokens"
            << "\ntokenizer      " << model.vocabulary << " tokens, from " << model.tokenizer_file
            << "\nquery prompt   " << quoted(model.prompts.query) << "\npassage prompt "
            << quoted(model.prompts.passage) << "\nprompts from   "
            << (model.prompts.source.empty() ? "nothing in the folder tells" : model.prompts.source)
            << "\nthis build     " << to_string(model.precision) << ", " << model.instruction_set << ", "
            << model.threads << " threads\n";
  return 0;
}

int verify(const std::string& folder) {
  const glossa::Embedder embedder{std::filesystem::path(folder)};
  const glossa::VerifyReport report = embedder.verify();
  for (const auto& check : report.checks)
    std::cout << (check.passed ? "ok      " : "FAILED  ") << check.name << ": " << check.detail << '\n';
  for (const std::string& missing : report.missing) std::cout << "not checked: " << missing << '\n';
  if (report.largest_deviation > 0) {
    std::cout << "largest deviation of a component: " << std::scientific << std::setprecision(1)
              << report.largest_deviation << '\n';
  }
  if (report.passed()) return 0;
  std::cerr << "glossa: " << folder
            << " does not give what it should on this machine; fetch or convert the model again\n";
  return 1;
}

}  // namespace tool
