// A level of instructions comes in; the table of its kernels goes out. The one place where code for a level is chosen.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/kernels/cpu_level.hpp>
#include <glossa/kernels/isa.hpp>
#include <glossa/kernels/kernels.hpp>

#include <optional>
#include <string>
#include <vector>

// Where the definitions are compiled once, there is one table for a program, whatever flags its other files have: a
// table's kernels are made for each other, and tell the width that they pack matrices for.
#if defined(GLOSSA_IMPLEMENTATION) || defined(GLOSSA_COMPILED)
#define GLOSSA_KERNELS_SCOPE compiled_once
#else
#define GLOSSA_KERNELS_SCOPE GLOSSA_ISA
#endif

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// `level`, or the default. Errors: `unsupported` where the processor lacks that level.
[[nodiscard]] inline CpuLevel choose_level(std::optional<CpuLevel> level) {
  if (!level) return default_level();
  if (is_supported(*level)) return *level;
  const std::vector<CpuLevel> levels = supported_levels();
  std::string known = "one of";  // not all that come before the best one: see CpuLevel
  for (const CpuLevel one : levels) known += std::string(one == levels.front() ? " " : ", ") + to_string(one);
  throw Error(ErrorKind::unsupported, {.field = "cpu_level",
                                       .problem = "this level is not available on this processor",
                                       .expected = known,
                                       .found = to_string(*level),
                                       .remedy = "leave the option out"});
}

}  // namespace GLOSSA_ISA

inline namespace GLOSSA_KERNELS_SCOPE {

/// The kernels of a level that this processor has. double is the oracle of float, and portable at every level.
template <class T>
[[nodiscard]] Kernels<T> kernels_of(CpuLevel level) noexcept;

}  // namespace GLOSSA_KERNELS_SCOPE
}  // namespace glossa::detail

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/kernels/dispatch_impl.hpp>
#endif
