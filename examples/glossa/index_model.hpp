// What the command line says of a model, and what an index says of its own, come in; the embedder for both goes out.
#pragma once

#include "commands.hpp"

#include <glossa/core/error.hpp>
#include <glossa/core/executor.hpp>
#include <glossa/embedder.hpp>
#include <glossa/search/index.hpp>
#include <glossa/search/require_model.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace tool {

/// The parts of an Embedder::fingerprint() that tell how a model has to be loaded.
struct ModelTraits {
  glossa::Precision precision = glossa::Precision::automatic;
  std::size_t dims = 0;
};

[[nodiscard]] inline ModelTraits traits_of(std::string_view fingerprint) {
  ModelTraits traits;
  const auto take = [&] {
    const std::string_view part = fingerprint.substr(0, fingerprint.find(':'));
    fingerprint.remove_prefix(std::min(part.size() + 1, fingerprint.size()));
    return part;
  };
  (void)take();
  traits.precision = precision_from(std::string(take()));
  const std::string_view dims = take();
  (void)std::from_chars(dims.data(), dims.data() + dims.size(), traits.dims);
  return traits;
}

/// Loads the model. Errors: those of Embedder; `invalid_argument` where the folder does not tell the role's prompt.
[[nodiscard]] inline glossa::Embedder load_model(const ModelArguments& arguments, glossa::Role role,
                                                 glossa::Precision precision,
                                                 std::shared_ptr<glossa::Executor> executor) {
  glossa::EmbedderOptions options{.precision = precision, .executor = std::move(executor)};
  if (arguments.no_prompts) options.query_prompt = options.passage_prompt = "";
  glossa::Embedder embedder(arguments.folder, options);
  const glossa::Prompts& prompts = embedder.info().prompts;
  if (role == glossa::Role::query ? prompts.query : prompts.passage) return embedder;
  throw glossa::Error(
      glossa::ErrorKind::invalid_argument,
      {.file = arguments.folder,
       .problem = std::string("the folder does not tell which prompt its model expects before a ") +
                  (role == glossa::Role::query ? "query" : "passage"),
       .remedy = "add --no-prompts for a model that was trained without them, or set the prompts in its "
                 "config_sentence_transformers.json"});
}

/// Loads the model of an index's vectors: in their precision, unless the user asks for another. Errors: also
/// `invalid_argument` where the index holds vectors of another model.
[[nodiscard]] inline glossa::Embedder load_model_of(const glossa::IndexOptions& index, const std::string& file,
                                                    const ModelArguments& arguments, glossa::Role role) {
  const ModelTraits traits = traits_of(index.model);
  const glossa::Precision asked = precision_from(arguments.precision);
  const auto load = [&]() -> glossa::Embedder {
    if (asked != glossa::Precision::automatic) return load_model(arguments, role, asked, index.executor);
    try {
      return load_model(arguments, role, traits.precision, index.executor);
    } catch (const glossa::Error& error) {  // weights that are for another precision: of another model, then
      if (error.kind() != glossa::ErrorKind::unsupported) throw;
      return load_model(arguments, role, asked, index.executor);
    }
  };
  glossa::Embedder embedder = load();
  try {
    glossa::require_model(index, embedder.fingerprint(traits.dims <= embedder.dims() ? traits.dims : 0));
  } catch (const glossa::Error& error) {
    glossa::ErrorFacts facts = error.facts();
    if (facts.field == "model") facts.file = file;
    throw glossa::Error(error.kind(), facts);
  }
  return embedder;
}

}  // namespace tool
