#!/bin/bash
# Every header compiles alone without a warning, and a program of two translation units that both include all of them
# links:  tests/packaging/headers.sh [COMPILER [--together]]
# With --together only the two translation units are compiled, in seconds rather than minutes: enough for a second
# compiler, because a header that does not compile alone for want of an include fails with the first one.
set -eu
export compiler=${1:-g++}
together=${2:-}
case $together in
  '' | --together) ;;
  *) echo "usage: headers.sh [COMPILER [--together]]" >&2; exit 2 ;;
esac
source=$(cd "$(dirname "$0")/../.." && pwd)
command -v "$compiler" >/dev/null || { echo "headers.sh: no $compiler; install it, or name another compiler" >&2; exit 1; }
for package in eigen3 nlohmann_json libutf8proc sentencepiece; do
  pkg-config --exists "$package" || { echo "headers.sh: pkg-config knows no $package; install it" >&2; exit 1; }
done
folder=$(mktemp -d)
export folder
trap 'rm -rf "$folder"' EXIT

# The dependencies' headers as system headers: only glossa's own warnings count.
dependencies=$(pkg-config --cflags-only-I eigen3 nlohmann_json libutf8proc sentencepiece | sed 's/-I/-isystem /g')
export flags="-std=c++20 -I$source/include $dependencies -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror"

# check WHAT: an object of two (first, second), or a header alone.
check() {
  case $1 in
    first | second) $compiler $flags -c "$folder/$1.cpp" -o "$folder/$1.o" ;;
    *) echo "#include <$1>" | $compiler $flags -fsyntax-only -x c++ - ;;
  esac || { echo "headers.sh: $compiler refuses: $1" >&2; exit 1; }
}
export -f check

started=$SECONDS
cd "$source/include"
headers=$(find glossa -name '*.hpp' | LC_ALL=C sort)
for unit in first second; do
  printf '#include <%s>\n' $headers >"$folder/$unit.cpp"
  printf 'const void* %s() {\n  return &glossa::detail::kDeepestJson;\n}\n' $unit >>"$folder/$unit.cpp"
done
echo 'const void* first(); int main() { return first() == second() ? 0 : 1; }' >>"$folder/second.cpp"

# uncovered HEADER…: those that have to be compiled. What a header includes before anything else is compiled with
# nothing before it, as if it were alone, and so is what that includes first.
uncovered() {
  awk '
    FNR == 1 { last[++count] = FILENAME; is_header[FILENAME] = 1; looking = 1 }
    looking && /^#include/ { first[FILENAME] = substr($2, 2, length($2) - 2); looking = 0 }
    function take(header) {
      print header
      for (; header in is_header && !(header in seen); header = first[header]) seen[header] = 1
    }
    END {
      for (i = 1; i <= count; ++i) if (first[last[i]] in is_header) covered[first[last[i]]] = 1
      for (i = 1; i <= count; ++i) if (!(last[i] in covered)) take(last[i])
      for (i = 1; i <= count; ++i) if (!(last[i] in seen)) take(last[i])  # a circle
    }' "$@"
}

# The two objects take longest and come first.
if [ "$together" ]; then alone='' how=together; else alone=$(uncovered $headers) how='alone'; fi
printf '%s\n' first second $alone | xargs -P "$(nproc)" -I '{}' bash -c 'check {}'
$compiler "$folder/first.o" "$folder/second.o" $(pkg-config --libs libutf8proc sentencepiece) -pthread -o "$folder/both"
"$folder/both" || { echo "headers.sh: the translation units do not share their inline variables" >&2; exit 1; }
echo "$compiler: $(echo "$headers" | wc -l) headers compile $how, and link from two translation units, $((SECONDS - started)) s"
