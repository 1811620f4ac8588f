// How the store's functions are linked, which are no part of glossa.hpp: as core/linkage.hpp, with names of their own.
#pragma once

// By default the store is header-only. A program that includes it in more than one place can define
// GLOSSA_STORE_COMPILED everywhere, and have one translation unit that holds nothing but
//     #define GLOSSA_STORE_IMPLEMENTATION
//     #include <glossa/store/store.hpp>
#if defined(GLOSSA_STORE_IMPLEMENTATION)
#define GLOSSA_STORE_INLINE
#define GLOSSA_STORE_WITH_DEFINITIONS 1
#elif defined(GLOSSA_STORE_COMPILED)
#define GLOSSA_STORE_INLINE inline
#define GLOSSA_STORE_WITH_DEFINITIONS 0
#else
#define GLOSSA_STORE_INLINE inline
#define GLOSSA_STORE_WITH_DEFINITIONS 1
#endif
