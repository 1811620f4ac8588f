# Every header compiles alone and links from two translation units, with both compilers.
. "$(dirname "$0")/common.sh"
tests/packaging/headers.sh g++
tests/packaging/headers.sh clang++
