// How the library's functions are linked: in every translation unit that includes them, or compiled once.
#pragma once

// By default the library is header-only: including <glossa/glossa.hpp> brings declarations and definitions.
//
// The definitions take a compiler some twenty seconds. A program that includes glossa in more than one place can pay
// for them once: define GLOSSA_COMPILED wherever the headers are included, which leaves only declarations, and have
// one translation unit that holds nothing but
//     #define GLOSSA_IMPLEMENTATION
//     #include <glossa/glossa.hpp>
// The CMake target glossa::compiled does both.
#if defined(GLOSSA_IMPLEMENTATION)
#define GLOSSA_INLINE
#define GLOSSA_WITH_DEFINITIONS 1
#elif defined(GLOSSA_COMPILED)
#define GLOSSA_INLINE inline
#define GLOSSA_WITH_DEFINITIONS 0
#else
#define GLOSSA_INLINE inline
#define GLOSSA_WITH_DEFINITIONS 1
#endif
