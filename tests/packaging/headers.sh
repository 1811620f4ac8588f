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
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
command -v python3 >/dev/null || { echo "headers.sh: no python3; install it" >&2; exit 1; }
command -v "$compiler" >/dev/null || { echo "headers.sh: no $compiler; install it, or name another compiler" >&2; exit 1; }
for package in eigen3 nlohmann_json libutf8proc sentencepiece pugixml sqlite3 libpqxx libcurl grpc++ protobuf; do
  pkg-config --exists "$package" || { echo "headers.sh: pkg-config knows no $package; install it" >&2; exit 1; }
done
folder=$(mktemp -d)
export folder
trap 'rm -rf "$folder"' EXIT

# The dependencies' headers as system headers: only glossa's own warnings count.
dependencies=$(pkg-config --cflags-only-I eigen3 nlohmann_json libutf8proc sentencepiece sqlite3 libpqxx libcurl grpc++ protobuf |
  sed 's/-I/-isystem /g')
# What a build makes of the messages of Milvus.
command -v protoc >/dev/null || { echo "headers.sh: no protoc; install protobuf-compiler" >&2; exit 1; }
protoc --proto_path="$source/include/glossa/store/connectors" --cpp_out="$folder" milvus_wire.proto
export flags="-std=c++20 -I$source/include -isystem $folder $dependencies -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror"

# Without it, clang would instantiate a precompiled file's templates anew for every header.
case $($compiler --version) in *clang*) export instantiate=-fpch-instantiate-templates ;; *) export instantiate='' ;; esac

# check BEFORE WHAT: an object of two (first, second), a file to precompile, or a header behind such a file ("-": none).
check() {
  case $2 in
    first | second) $compiler $flags -c "$folder/$2.cpp" -o "$folder/$2.o" ;;
    precompiled_*) $compiler $flags $instantiate -x c++-header "$folder/$2" -o "$folder/$2.gch" ;;
    *)
      if [ "$1" = - ]; then set -- "" "$2"; else set -- "-include $folder/$1 -Winvalid-pch" "$2"; fi
      echo "#include <$2>" | $compiler $flags $1 -fsyntax-only -x c++ -
      ;;
  esac || { echo "headers.sh: $compiler refuses: $2" >&2; exit 1; }
}
export -f check

started=$SECONDS
cd "$source/include"
headers=$(find glossa -name '*.hpp' | LC_ALL=C sort)
# sentencepiece has an absl::string_view of its own, which Abseil's refuses to stand beside: what includes gRPC is left out.
together_headers=$(echo "$headers" | grep -v -e connectors/milvus.hpp -e connectors/milvus_channel.hpp)
for unit in first second; do
  printf '#include <%s>\n' $together_headers >"$folder/$unit.cpp"
  printf 'const void* %s() {\n  return &glossa::detail::kDeepestJson;\n}\n' $unit >>"$folder/$unit.cpp"
done
echo 'const void* first(); int main() { return first() == second() ? 0 : 1; }' >>"$folder/second.cpp"

# The two objects take longest and come first; what is precompiled comes before what it is for.
check_all() { xargs -P "$(nproc)" -L 1 bash -c 'check "$@"' check; }
printf -- '- %s\n' first second >"$folder/early"
how=together
if ! [ "$together" ]; then
  how=alone
  python3 "$here/headers_plan.py" "$folder" $headers >"$folder/plan"
  grep ' precompiled_' "$folder/plan" >>"$folder/early" || true
  grep -v ' precompiled_' "$folder/plan" >"$folder/late"
fi
check_all <"$folder/early"
if [ $how = alone ]; then check_all <"$folder/late"; fi
$compiler -std=c++17 -O0 -c "$folder/milvus_wire.pb.cc" -o "$folder/wire.o"
# protobuf first: sentencepiece has one of its own, with the same names. This program uses neither.
$compiler "$folder/first.o" "$folder/second.o" "$folder/wire.o" $(pkg-config --libs protobuf grpc++ libpqxx libcurl) \
  -labsl_synchronization -lpq -lfaiss -lgomp -llapack -lblas $(pkg-config --libs sentencepiece libutf8proc pugixml sqlite3) \
  -pthread -o "$folder/both"
"$folder/both" || { echo "headers.sh: the translation units do not share their inline variables" >&2; exit 1; }
echo "$compiler: $(echo "$headers" | wc -l) headers compile $how, and link from two translation units, $((SECONDS - started)) s"
