# What the stages share; to be sourced.
set -eu
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$top"
jobs=$(nproc)

# build PRESET [CMAKE_OPTION…]: configures and builds with warnings as errors.
build() {
  preset=$1
  shift
  cmake --preset "$preset" -G Ninja -DCMAKE_CXX_FLAGS=-Werror "$@" >/dev/null
  cmake --build "build-$preset" --parallel "$jobs" ${targets:+--target $targets}
}
