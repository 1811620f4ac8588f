// The operating system comes in; whether this process may use the processor's tiles goes out.
#pragma once

#include <glossa/core/cpu_features.hpp>

// Whether kernels for AMX are built.
#if GLOSSA_X86_LEVELS && defined(__linux__) && defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define GLOSSA_AMX 1
#include <sys/syscall.h>
#include <unistd.h>
#else
#define GLOSSA_AMX 0
#endif

namespace glossa::detail {

/// Linux (5.16 and newer) saves the 8 KB of AMX's tiles for processes alone that ask for it; once asked, that holds for
/// all threads of the process. It says no where a thread has an alternate signal stack that has no room for them.
[[nodiscard]] inline bool may_use_tiles() noexcept {
#if GLOSSA_AMX
  constexpr long kRequestPermission = 0x1023;  // ARCH_REQ_XCOMP_PERM
  constexpr long kTileData = 18;
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
#else
  return false;
#endif
}

}  // namespace glossa::detail
