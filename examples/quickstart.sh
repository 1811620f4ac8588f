#!/bin/sh
# From a bare Debian or Ubuntu machine to multilingual search: installs what is missing, builds the tools for this
# machine, gets multilingual-e5-small, and searches a few lines of text in many languages. Safe to run again.
#
#   examples/quickstart.sh               about five minutes on two cores the first time, seconds after that
#   GLOSSA_MODEL=DIR examples/quickstart.sh      with a model folder of your own
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
. "$top/examples/setup/packages.sh"
. "$top/examples/setup/model.sh"
start=$(date +%s)

need_packages $library_packages curl ca-certificates python3

say "building into build/"
configure "$top/build" -DCMAKE_BUILD_TYPE=Release -DGLOSSA_NATIVE=ON -DGLOSSA_BUILD_TESTS=OFF
cmake --build "$top/build" --parallel "$(nproc)" --target glossa_tool hello_embedding semantic_search

need_e5_small "$top/build/bin/glossa"

say "searching"
"$top/build/bin/semantic_search" "$top/models/multilingual-e5-small"
say "done in $(($(date +%s) - start)) s; more to try:"
cat >&2 <<END
  build/bin/semantic_search models/multilingual-e5-small README.md "how do I install it"
  build/bin/glossa similarity --model models/multilingual-e5-small "good morning" "buenos días"
  build/bin/glossa embed --model models/multilingual-e5-small --input README.md --output readme.npy
END
