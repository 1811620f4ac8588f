# What the library needs, found the same way when it is built and when it is used after installation.
include(CMakeFindDependencyMacro)
find_dependency(Eigen3 3.4 NO_MODULE)
find_dependency(nlohmann_json 3.9)
find_dependency(Threads)
find_dependency(Utf8proc)
find_package(Sentencepiece QUIET)
