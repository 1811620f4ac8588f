#!/bin/bash
# Builds a program with pkg-config and plain compiler lines, its translation units for different instruction sets:
# pkg_config/build.sh OUT  makes OUT/consumer and OUT/reversed, which differ in the order of the objects.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$1
compiler=${CXX:-g++}
case $($compiler -dumpmachine) in
  x86_64-*) baseline=-march=x86-64 wide=-march=x86-64-v3 ;;
  aarch64-*) baseline=-march=armv8-a wide=-march=armv8-a+crc ;;
  *) baseline='' wide='' ;;
esac

# Eigen as a system header: its own code is not free of warnings under -Wconversion everywhere.
cflags=$(pkg-config --cflags glossa | sed 's#-I\([^ ]*eigen3\)#-isystem \1#')
compile() { $compiler -std=c++20 -O2 ${CXXFLAGS:-} $cflags -I"$here/.." "$@"; }
compile $baseline -c "$here/baseline.cpp" -o "$out/baseline.o" &
first=$!
compile $wide -c "$here/wide.cpp" -o "$out/wide.o"
wait $first
compile $baseline -c "$here/main.cpp" -o "$out/main.o"

# Of the copies of an inline function the linker keeps the first that it meets.
libs=$(pkg-config --libs glossa)
$compiler "$out/main.o" "$out/baseline.o" "$out/wide.o" $libs -o "$out/consumer"
$compiler "$out/main.o" "$out/wide.o" "$out/baseline.o" $libs -o "$out/reversed"
