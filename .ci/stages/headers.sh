# Every header compiles alone, and all of them link from two translation units, with both compilers.
. "$(dirname "$0")/common.sh"
tests/packaging/headers.sh clang++
tests/packaging/headers.sh g++ --together
