// Names of instruction sets come in; attributes that let one function use them go out.
#pragma once

#include <glossa/core/cpu_features.hpp>

// A function with GLOSSA_TARGET("avx2,fma") is compiled for these instructions whatever the compiler's flags are; who
// calls it has asked cpu_features() first. Microsoft's compiler needs no such permission.
#if defined(__GNUC__) || defined(__clang__)
#define GLOSSA_TARGET(features) __attribute__((target(features)))
#define GLOSSA_ALWAYS_INLINE inline __attribute__((always_inline))
#define GLOSSA_NEVER_INLINE __attribute__((noinline))
#else
#define GLOSSA_TARGET(features)
#define GLOSSA_ALWAYS_INLINE __forceinline
#define GLOSSA_NEVER_INLINE __declspec(noinline)
#endif

// In front of a loop of constant length over an array of registers: unless it is unrolled, gcc keeps them in memory.
#if defined(__clang__)
#define GLOSSA_UNROLL _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__)
#define GLOSSA_UNROLL _Pragma("GCC unroll 64")
#else
#define GLOSSA_UNROLL
#endif

// Asks for the cache line at an address, into the second-level cache; any address will do.
#if defined(__GNUC__) || defined(__clang__)
#define GLOSSA_PREFETCH(address) __builtin_prefetch(address, 0, 2)
#else
#define GLOSSA_PREFETCH(address) static_cast<void>(address)
#endif
