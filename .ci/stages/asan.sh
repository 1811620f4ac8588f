# Everything but the real models under AddressSanitizer and UndefinedBehaviorSanitizer, compiled by clang, with the
# standard library's assertions.
. "$(dirname "$0")/common.sh"
build asan -DCMAKE_CXX_COMPILER=clang++ \
  "-DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O1 -gline-tables-only -D_GLIBCXX_ASSERTIONS"
cd build-asan
UBSAN_OPTIONS=print_stacktrace=1 ctest --output-on-failure --label-exclude real --parallel "$jobs"
