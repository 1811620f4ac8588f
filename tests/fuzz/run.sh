#!/bin/sh
# Builds the libFuzzer targets into build-fuzz/ and runs each for some seconds, as many at once as there are cores:
#
#   tests/fuzz/run.sh 60            every target
#   tests/fuzz/run.sh 60 utf8       one, or several
#
# Needs clang with its runtime library (Debian: clang libclang-rt-14-dev), CMake and Ninja. What the targets learn stays
# in build-fuzz/corpus, what broke them in build-fuzz/crashes; later runs try both first. Fails where a target found
# something.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
if [ $# -lt 1 ]; then
  echo "usage: tests/fuzz/run.sh SECONDS [TARGET…]" >&2
  exit 2
fi
seconds=$1
shift
build="$top/build-fuzz"
start=$(date +%s)

cd "$top"
cmake --preset fuzz -G Ninja >/dev/null
cmake --build "$build" --parallel "$(nproc)"
echo "built after $(($(date +%s) - start)) s"

temporary=/tmp
if [ -d /dev/shm ] && [ -w /dev/shm ]; then temporary=/dev/shm; fi
TMPDIR=$(mktemp -d "$temporary/glossa-fuzz-XXXXXX")
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
trap 'exit 1' INT TERM

rm -rf "$build/seeds"
"$build/bin/make_seeds" "$build/seeds"
mkdir -p "$build/crashes"
if [ $# -eq 0 ]; then
  for seeds in "$build/seeds"/*; do set -- "$@" "$(basename "$seeds")"; done
fi

if printf '%s\n' "$@" | xargs -n 1 -P "$(nproc)" "$here/run_target.sh" "$build" "$seconds"; then
  echo "$# targets, $seconds s each, nothing found; done in $(($(date +%s) - start)) s"
else
  echo "inputs that broke a target lie in $build/crashes, what it said in $build/logs" >&2
  exit 1
fi
