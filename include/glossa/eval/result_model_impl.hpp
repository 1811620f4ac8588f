// Definition of result_model; see core/linkage.hpp.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/result_model.hpp>

#include <string>

namespace glossa {

GLOSSA_INLINE ResultModel result_model(const Embedder& embedder, const std::string& settings) {
  const std::string fingerprint = embedder.fingerprint();
  return {.name = "glossa/" + fingerprint.substr(0, fingerprint.find(':')),
          .revision = fingerprint.substr(fingerprint.rfind(':') + 1),
          .dims = embedder.dims(),
          .max_tokens = embedder.max_tokens(),
          .parameters = embedder.info().parameters,
          .settings = to_string(embedder.info().precision) + settings};
}

}  // namespace glossa
