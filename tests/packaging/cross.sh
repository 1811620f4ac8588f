#!/bin/bash
# Compiles every header for other systems and processors, where their compilers are installed, and runs a program for
# 64-bit ARM in qemu:  tests/packaging/cross.sh
# Debian, Ubuntu: g++-aarch64-linux-gnu g++-mingw-w64-x86-64-posix qemu-user
set -eu
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
fail() { echo "cross.sh: $*" >&2; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# The dependencies' headers are the same for every target; this system's other headers must stay out of the way.
mkdir "$folder/dependencies"
for header in nlohmann utf8proc.h pugixml.hpp pugiconfig.hpp sqlite3.h; do
  test -e "/usr/include/$header" || fail "no /usr/include/$header"
  ln -s "/usr/include/$header" "$folder/dependencies/$header"
done
eigen=$(pkg-config --cflags-only-I eigen3 | sed 's/-I//')
flags="-std=c++20 -I$source/include -isystem $eigen -isystem $folder/dependencies -Wall -Wextra -Wpedantic -Wconversion
  -Wshadow -Werror"

# All headers but those for libraries that are not there for other targets.
cd "$source/include"
find glossa -name '*.hpp' ! -name sentencepiece_engine.hpp ! -path '*/connectors/*' | LC_ALL=C sort |
  sed 's/.*/#include <&>/' >"$folder/all.cpp"

checked=0
# target COMPILER NAME
target() {
  if ! command -v "$1" >/dev/null; then
    echo "$2: not checked, no $1"
    return
  fi
  started=$SECONDS
  "$1" $flags -fsyntax-only "$folder/all.cpp" || fail "$2: the headers do not compile"
  checked=$((checked + 1))
  echo "$2: $(wc -l <"$folder/all.cpp") headers compile, $((SECONDS - started)) s"
}
target aarch64-linux-gnu-g++ "64-bit ARM, Linux"
target x86_64-w64-mingw32-g++ "x86-64, Windows"

# The encoder's kernels for ARM's registers give the reference's vectors, and the 8-bit ones what plain C++ gives: with
# the dot products of ARM v8.2, and without.
# run NAME FLAGS ARGUMENT
run() {
  started=$SECONDS
  aarch64-linux-gnu-g++ $flags $2 -O1 "$here/cross_kernels.cpp" -static -o "$folder/cross_kernels" ||
    fail "$1: the kernels' program does not link"
  qemu-aarch64 "$folder/cross_kernels" $3 || fail "$1: the 8-bit kernels differ"
  aarch64-linux-gnu-g++ $flags $2 -O1 -I"$source/tests/support" -DGLOSSA_TESTS="\"$source/tests\"" \
    "$here/cross_encoder.cpp" "$source/tests/support/random_model.cpp" -static -o "$folder/cross_encoder" ||
    fail "$1: the encoder does not link"
  qemu-aarch64 "$folder/cross_encoder" || fail "$1: the encoder's vectors differ"
  echo "$1: the kernels and the encoder run, $((SECONDS - started)) s"
}
if command -v aarch64-linux-gnu-g++ >/dev/null && command -v qemu-aarch64 >/dev/null; then
  run "64-bit ARM, Linux" "" ""
  run "64-bit ARM with dot products, Linux" "-march=armv8.2-a+dotprod" dot
else
  echo "64-bit ARM, Linux: nothing run, no qemu-aarch64 or no compiler"
fi
test $checked -gt 0 || fail "no compiler for another target is installed"
