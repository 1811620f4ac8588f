# What the library needs, found the same way when it is built and when it is used after installation. What is missing
# is gathered in GLOSSA_MISSING, a line each; whoever includes this file says what becomes of it.
set(GLOSSA_MISSING "")

# glossa_need(NAME TARGET LEAST DEBIAN_PACKAGE [OPTION…]): finds a package by find_package(NAME OPTION…), unless the
# project has its target already. LEAST, which may be "", is compared here: some packages' own version files accept
# nothing but their own major version.
macro(glossa_need name target least debian)
  if(NOT TARGET ${target})
    find_package(${name} QUIET ${ARGN})
  endif()
  set(GLOSSA_NEED "${name}")
  if(NOT "${least}" STREQUAL "")
    string(APPEND GLOSSA_NEED " ${least} or newer")
  endif()
  string(APPEND GLOSSA_NEED " (Debian, Ubuntu: ${debian})")
  if(NOT TARGET ${target})
    list(APPEND GLOSSA_MISSING "${GLOSSA_NEED}")
  elseif(DEFINED ${name}_VERSION AND "${${name}_VERSION}" VERSION_LESS "${least}")
    list(APPEND GLOSSA_MISSING "${GLOSSA_NEED}, not version ${${name}_VERSION}")
  endif()
endmacro()

glossa_need(Eigen3 Eigen3::Eigen 3.4 libeigen3-dev NO_MODULE)
glossa_need(nlohmann_json nlohmann_json::nlohmann_json 3.9 nlohmann-json3-dev)
glossa_need(Utf8proc Utf8proc::Utf8proc "" libutf8proc-dev)
glossa_need(Threads Threads::Threads "" libc6-dev)
find_package(Sentencepiece QUIET)
find_package(pugixml 1.11 QUIET)
find_package(SQLite3 QUIET)
