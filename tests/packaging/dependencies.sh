#!/bin/bash
# What CMake says where the library's dependencies are missing, too old or newer than ours:
#   tests/packaging/dependencies.sh PREFIX        PREFIX is where glossa is installed
set -eu
source=$(cd "$(dirname "$0")/../.." && pwd)
prefix=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fail() { echo "dependencies.sh: $*" >&2; cat "$folder/log" >&2; exit 1; }

# configure SOURCE [CMAKE_OPTION…]: its status; what it says goes to the log, without the line breaks of messages.
configure() {
  local from=$1 status=0
  shift
  rm -rf "$folder/build"
  cmake -S "$from" -B "$folder/build" --no-warn-unused-cli "$@" >"$folder/raw" 2>&1 || status=1
  tr -s ' \n' ' ' <"$folder/raw" >"$folder/log"
  return $status
}
says() { grep -qF -- "$1" "$folder/log" || fail "expected: $1"; }
without() { printf -- '-DCMAKE_DISABLE_FIND_PACKAGE_%s=ON ' "$@"; }

# eigen VERSION: a package of this version, which as Eigen 5's accepts its own major version only.
eigen() {
  local at="$folder/eigen-$1/lib/cmake/Eigen3"
  mkdir -p "$at"
  printf 'add_library(Eigen3::Eigen INTERFACE IMPORTED)\n' >"$at/Eigen3Config.cmake"
  cat >"$at/Eigen3ConfigVersion.cmake" <<CMAKE
set(PACKAGE_VERSION "$1")
string(REGEX REPLACE "[.].*" "" major "$1")
if("\${PACKAGE_FIND_VERSION}" STREQUAL "" OR "\${PACKAGE_FIND_VERSION_MAJOR}" STREQUAL major)
  set(PACKAGE_VERSION_COMPATIBLE TRUE)
endif()
CMAKE
}
for version in 3.3.9 5.0.1; do eigen $version; done

# project LINE…: a project of these lines.
project() {
  mkdir -p "$folder/project"
  printf '%s\n' 'cmake_minimum_required(VERSION 3.16)' 'project(user LANGUAGES CXX)' "$@" >"$folder/project/CMakeLists.txt"
}

library="-DGLOSSA_BUILD_TOOLS=OFF -DGLOSSA_BUILD_TESTS=OFF"
if configure "$source" $(without Eigen3 nlohmann_json Utf8proc CLI11 Catch2); then fail "configured without its packages"; fi
for package in libeigen3-dev nlohmann-json3-dev libutf8proc-dev libcli11-dev catch2; do says "Debian, Ubuntu: $package"; done
if configure "$source" $library -DCMAKE_PREFIX_PATH="$folder/eigen-3.3.9"; then fail "took Eigen 3.3"; fi
says "Eigen3 3.4 or newer (Debian, Ubuntu: libeigen3-dev), not version 3.3.9"
configure "$source" $library -DCMAKE_PREFIX_PATH="$folder/eigen-5.0.1" || fail "refused Eigen 5"
configure "$source" $library $(without pugixml SQLite3) || fail "what is optional is needed"
says "without glossa::openvino, export as OpenVINO graphs (Debian, Ubuntu: libpugixml-dev"
says "without glossa::store, stores of documents (Debian, Ubuntu: libsqlite3-dev"
if configure "$source" $library -DGLOSSA_WITH_OPENVINO=ON $(without pugixml); then fail "XML is made of nothing"; fi
says "GLOSSA_WITH_OPENVINO needs pugixml"

project "add_subdirectory(\"$source\" glossa)"
if configure "$folder/project" $(without nlohmann_json Utf8proc); then fail "a subproject was configured without its packages"; fi
says "nlohmann_json 3.9 or newer (Debian, Ubuntu: nlohmann-json3-dev) Utf8proc (Debian, Ubuntu: libutf8proc-dev)"
project 'add_library(Eigen3::Eigen INTERFACE IMPORTED)' "add_subdirectory(\"$source\" glossa)"
configure "$folder/project" $(without Eigen3) || fail "did not take the Eigen that the project has"

project 'find_package(glossa QUIET)' 'message("found: ${glossa_FOUND}")'
configure "$folder/project" -DCMAKE_PREFIX_PATH="$prefix" || fail "find_package(glossa) fails"
says "found: 1"
configure "$folder/project" -DCMAKE_PREFIX_PATH="$folder/eigen-5.0.1;$prefix" || fail "find_package(glossa) fails with Eigen 5"
says "found: 1"
configure "$folder/project" -DCMAKE_PREFIX_PATH="$prefix" $(without Eigen3 Utf8proc) || fail "QUIET is not quiet"
says "found: 0"
if grep -qE 'Eigen3|Utf8proc|Warning' "$folder/log"; then fail "QUIET is not quiet"; fi
project 'find_package(glossa REQUIRED)'
if configure "$folder/project" -DCMAKE_PREFIX_PATH="$prefix" $(without Eigen3 Utf8proc); then fail "REQUIRED passed"; fi
says "Eigen3 3.4 or newer (Debian, Ubuntu: libeigen3-dev), Utf8proc (Debian, Ubuntu: libutf8proc-dev)"
project 'find_package(glossa REQUIRED COMPONENTS onnx openvino store)'
configure "$folder/project" -DCMAKE_PREFIX_PATH="$prefix" || fail "the components onnx, openvino and store fail"
if configure "$folder/project" -DCMAKE_PREFIX_PATH="$prefix" $(without pugixml); then fail "openvino without its packages"; fi
says "glossa's component openvino needs what is not found here (Debian, Ubuntu: libpugixml-dev)"
if configure "$folder/project" -DCMAKE_PREFIX_PATH="$prefix" $(without SQLite3); then fail "store without its package"; fi
says "glossa's component store needs what is not found here (Debian, Ubuntu: libsqlite3-dev)"
echo "what is missing or too old is named with its package; Eigen 5 is accepted"
