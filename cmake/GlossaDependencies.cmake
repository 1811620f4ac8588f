# What the library needs, found the same way when it is built and when it is used after installation.
include(CMakeFindDependencyMacro)

# Inside find_package(glossa) a missing dependency is for its caller to judge; in a build it ends here, with the reason.
set(GLOSSA_IS_BUILT OFF)
if(NOT CMAKE_FIND_PACKAGE_NAME)
  set(GLOSSA_IS_BUILT ON)
  set(CMAKE_FIND_PACKAGE_NAME glossa)
  set(glossa_FIND_REQUIRED ON)
endif()
find_dependency(Eigen3 3.4 NO_MODULE)
find_dependency(nlohmann_json 3.9)
find_dependency(Threads)
find_dependency(Utf8proc)
if(GLOSSA_IS_BUILT)
  unset(CMAKE_FIND_PACKAGE_NAME)
  unset(glossa_FIND_REQUIRED)
endif()
find_package(Sentencepiece QUIET)
