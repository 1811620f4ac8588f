#!/bin/sh
# Installs what is missing, builds, gets the models, and runs all tests; ends with ctest's summary. Safe to run again.
#
#   tests/run.sh            everything, for this machine's CPU: about eight minutes on two cores the first time
#   tests/run.sh --quick    without what needs the real models: less than five minutes the first time
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
. "$top/examples/setup/packages.sh"
. "$top/examples/setup/model.sh"
start=$(date +%s)

quick=no
for argument in "$@"; do
  case "$argument" in
    --quick) quick=yes ;;
    *) say "usage: tests/run.sh [--quick]"; exit 2 ;;
  esac
done

need_packages $library_packages $connector_packages catch2 libonnx-dev libprotobuf-dev libhnswlib-dev pkg-config curl \
  ca-certificates python3

say "building into build/"
# A first build compiles tests several at a time, in less than half the time (tests/together.cmake). Where tests were built
# before, all stays as it was made: one file at a time is quicker where few have changed.
if [ -e "$top/build/bin/test_core" ]; then together=""; else together=-DGLOSSA_TESTS_TOGETHER=13; fi
configure "$top/build" -DCMAKE_BUILD_TYPE=Release -DGLOSSA_NATIVE=ON -DGLOSSA_BUILD_TESTS=ON $together
cmake --build "$top/build" --parallel "$(nproc)"
say "built after $(($(date +%s) - start)) s"

cd "$top/build"
if [ "$quick" = yes ]; then
  ctest --output-on-failure --parallel "$(nproc)" --label-exclude real
else
  need_e5_small "$top/build/bin/glossa"
  need_minilm
  ctest --output-on-failure --parallel "$(nproc)"
fi
say "done in $(($(date +%s) - start)) s"
