// A model comes in; what its results are kept under goes out.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/embedder.hpp>
#include <glossa/eval/result_files.hpp>

#include <string>

namespace glossa {

/// The model for result_folder() and write_result(): "glossa/" and the name of its folder, for python mteb loads no
/// name without an organization; for a revision the hash of its files and options (the end of Embedder::fingerprint());
/// its precision for settings, with `settings` behind it: what scores depend on besides, such as "-noprompts". Errors:
/// Embedder::fingerprint()'s.
[[nodiscard]] ResultModel result_model(const Embedder& embedder, const std::string& settings = {});

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/result_model_impl.hpp>
#endif
