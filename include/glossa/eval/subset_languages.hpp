// The name of a task's subset comes in; its languages go out.
#pragma once

#include <glossa/core/linkage.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace glossa {

/// The languages that a subset's name tells: {"deu-Latn"} of "de", "deu", "de-AT" and "deu_Latn", two of "deu-eng";
/// none of "default".
[[nodiscard]] std::vector<std::string> languages_of_subset(std::string_view name);

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/subset_languages_impl.hpp>
#endif
