#!/bin/bash
# What including <glossa/glossa.hpp> costs a compiler, as a table: the median of several runs (5 unless RUNS is set) in
# seconds of processor time, which other programs on the machine hardly change.
#   tests/packaging/include_cost.sh [COMPILER…]        g++ and clang++ unless named
set -eu
source=$(cd "$(dirname "$0")/../.." && pwd)
runs=${RUNS:-5}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
dependencies=$(pkg-config --cflags-only-I eigen3 nlohmann_json libutf8proc | sed 's/-I/-isystem /g')
flags="-std=c++20 -O2 -I$source/include $dependencies"

echo '' >empty.cpp
printf '#include <%s>\n' algorithm filesystem memory span string vector >standard.cpp
echo '#include <Eigen/Core>' >eigen.cpp
echo '#include <nlohmann/json.hpp>' >json.cpp
echo '#include <glossa/glossa.hpp>' >include.cpp
cat >use.cpp <<'END'
#include <glossa/glossa.hpp>

int main(int, char** argv) {
  const glossa::Embedder embedder(argv[1]);
  return embedder.embed_query("how much protein").size() > 0 ? 0 : 1;
}
END

# seconds COMMAND…: the median of its processor time.
seconds() {
  for ((run = 0; run < runs; run++)); do
    TIMEFORMAT='%U %S'
    { time "$@" >&2 2>messages; } 2>times || { cat messages >&2; echo "include_cost.sh: failed: $*" >&2; exit 1; }
    awk '{ print $1 + $2 }' times
  done | sort -n | awk '{ value[NR] = $1 } END { if (NR == 0) exit 1; printf "%.2f", value[int((NR + 1) / 2)] }'
}

compilers=${*:-g++ clang++}
# row TEXT FLAGS FILE: one line of the table.
row() {
  local line="| $1 |"
  for compiler in $compilers; do
    line+=" $(seconds $compiler $flags $2 -c "$3" -o out.o) |"
  done
  echo "$line"
}

head="| seconds at -O2, median of $runs |"
rule="| --- |"
for compiler in $compilers; do
  command -v "$compiler" >/dev/null || { echo "include_cost.sh: no $compiler" >&2; exit 1; }
  head+=" $($compiler --version | sed '1s/ *(.*)//; 1q') |"
  rule+=" ---: |"
done
echo "$head"
echo "$rule"
row 'an empty file' '' empty.cpp
row '`<string>`, `<vector>`, `<memory>`, `<filesystem>` …' '' standard.cpp
row '`<Eigen/Core>`' '' eigen.cpp
row '`<nlohmann/json.hpp>`' '' json.cpp
row '`<glossa/glossa.hpp>`, `GLOSSA_COMPILED`' -DGLOSSA_COMPILED include.cpp
row 'the same, and an `Embedder` used' -DGLOSSA_COMPILED use.cpp
row '`<glossa/glossa.hpp>`, header-only' '' include.cpp
row 'the same, and an `Embedder` used' '' use.cpp
