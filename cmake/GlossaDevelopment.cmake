# How the project's own programs are compiled: with warnings, and with sanitizers or for this machine if asked for.
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

add_library(glossa_development INTERFACE)
if(MSVC)
  target_compile_options(glossa_development INTERFACE /W4 /utf-8)
else()
  target_compile_options(glossa_development INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
  if(GLOSSA_NATIVE)
    # gcc 12 takes its own AVX-512 intrinsics for readers of uninitialised values (its bug 105593).
    target_compile_options(glossa_development INTERFACE -march=native
      $<$<CXX_COMPILER_ID:GNU>:-Wno-uninitialized> $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  endif()
  if(GLOSSA_SANITIZE)
    target_compile_options(glossa_development INTERFACE
      -fsanitize=${GLOSSA_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(glossa_development INTERFACE -fsanitize=${GLOSSA_SANITIZE})
  endif()
endif()
target_link_libraries(glossa_compiled PRIVATE glossa_development)
if(TARGET glossa_store_compiled)
  target_link_libraries(glossa_store_compiled PRIVATE glossa_development)
endif()

# For programs that are less optimised than the library: of inline functions that both have, the linker takes the first
# that it sees. Tests of a tokenizer are four times as fast so where sanitizers check each step.
add_library(glossa_compiled_first INTERFACE)
target_link_libraries(glossa_compiled_first INTERFACE glossa_compiled)
if(GLOSSA_SANITIZE)
  target_link_options(glossa_compiled_first INTERFACE
    "LINKER:--whole-archive,$<TARGET_FILE:glossa_compiled>,--no-whole-archive")
endif()
