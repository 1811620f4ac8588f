#!/bin/sh
# Compiles every C++ block of README.md as a user's program, runs it beside models/, and compares what it prints with the
# text block that follows:  readme_test.sh SOURCE_TREE COMPILER COMPILED_LIBRARY EIGEN_INCLUDE UTF8PROC_LIBRARY
set -eu
top=$1 compiler=$2 library=$3 eigen=$4 utf8proc=$5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ ! -f "$top/models/multilingual-e5-small/config.json" ]; then
  echo "models/multilingual-e5-small is missing; tests/run.sh gets it"
  [ -z "${CI:-}" ]
  exit
fi

awk -v work="$work" '
  /^```cpp$/  { if (wants_output) { print "a C++ block without output" > "/dev/stderr"; exit 1 }
                n++; file = work "/" n ".cpp"; next }
  /^```text$/ { if (!wants_output) { print "output without a C++ block" > "/dev/stderr"; exit 1 }
                file = work "/" n ".expected"; wants_output = 0; next }
  /^```/      { if (file ~ /cpp$/) wants_output = 1; file = ""; next }
  file != ""  { print > file }
  END         { if (wants_output || n == 0) exit 1 }
' "$top/README.md"

count=0
for source in "$work"/*.cpp; do
  program=${source%.cpp}
  "$compiler" -std=c++20 -O1 -Wall -Wextra -Wpedantic -Werror -DGLOSSA_COMPILED -I "$top/include" -isystem "$eigen" \
    "$source" -o "$program" "$library" "$utf8proc" -pthread
  (cd "$top" && "$program") >"$program.printed"
  diff -u "$program.expected" "$program.printed"
  count=$((count + 1))
done
echo "$count programs of the README print what it says"
