#!/bin/bash
# Four ways to use glossa from another project, each built with warnings as errors and run on a small model:
#   tests/packaging/run.sh        with CXX (g++ unless set); sanitizers and headers.sh compile all of it by clang
# Optimised code takes a compiler twice as long. Only the plain compiler lines make it: there it must not be merged
# between instruction sets, and the warnings that come with optimisation would show.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
export CXX=${CXX:-g++}
export CXXFLAGS="-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror"
fail() { echo "run.sh: $*" >&2; exit 1; }
for tool in "$CXX" cmake pkg-config; do
  command -v "$tool" >/dev/null || fail "no $tool; install it, or set CXX to a compiler that is there"
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# consumer NAME COMMAND…: runs it; its seconds, or its output where it fails.
consumer() {
  local name=$1
  shift
  local started=$SECONDS log="$folder/log-${name//[^a-z]/_}"
  if ! "$@" >"$log" 2>&1; then
    cat "$log" >&2
    fail "$name fails"
  fi
  printf '%-30s ok  %3d s\n' "$name" $((SECONDS - started))
}

# project NAME [CMAKE_OPTION…]: configures, builds and runs a CMake project of this folder.
project() {
  local name=$1
  shift
  local out="$folder/$name-${CXX##*/}"
  cmake -S "$here/$name" -B "$out" "$@" && cmake --build "$out" --parallel "$(nproc)" &&
    "$out/consumer" "$folder/model" &&
    { [ ! -e "$out/exporter" ] || "$out/exporter" "$folder/model" "$folder/exported"; }
}

model() {
  mkdir "$folder/make_model"
  $CXX -std=c++20 -I"$source/include" -I"$source/tests/support" -DGLOSSA_TESTS="\"$source/tests\"" \
    $(pkg-config --cflags-only-I eigen3 nlohmann_json | sed 's/-I/-isystem /g') $CXXFLAGS \
    "$here/make_model.cpp" "$here/../support/random_model.cpp" $(pkg-config --libs libutf8proc) -o "$folder/make_model/make_model" &&
    "$folder/make_model/make_model" "$folder/model"
}

# The installed tree is moved, to see that nothing in it depends on where it was.
install() {
  cmake -S "$source" -B "$folder/glossa" -DGLOSSA_BUILD_TOOLS=OFF -DGLOSSA_BUILD_TESTS=OFF &&
    cmake --install "$folder/glossa" --prefix "$folder/first" && mv "$folder/first" "$folder/prefix"
}

plain() {
  mkdir "$folder/pkg_config"
  PKG_CONFIG_PATH="$folder/prefix/share/pkgconfig" "$here/pkg_config/build.sh" "$folder/pkg_config" &&
    "$here/pkg_config/check.sh" "$folder/pkg_config" "$folder/model"
}

# both FIRST SECOND: two functions at once, since most of a consumer's time is one file's compiler.
both() {
  "$1" & local first=$!
  "$2" & local second=$!
  wait "$first" && wait "$second" || exit 1
}
by_folder() { consumer add_subdirectory project add_subdirectory -DGLOSSA_SOURCE="$source"; }
by_fetching() { consumer "fetch_content, compiled once" project fetch_content -DGLOSSA_SOURCE="$source"; }
by_package() { consumer "find_package, shared library" project find_package -DCMAKE_PREFIX_PATH="$folder/prefix"; }
by_command() {
  consumer "pkg_config, mixed -march" plain
  sed 's/^/  /' "$folder/log-pkg_config__mixed__march"
}

consumer "model for the consumers" model
both by_folder by_fetching
consumer "install, move" install
consumer "missing packages" "$here/dependencies.sh" "$folder/prefix"
both by_package by_command
echo "all consumers pass in $SECONDS s"
