# Everything but the real models under AddressSanitizer and UndefinedBehaviorSanitizer, compiled by clang, with the
# standard library's assertions. Tests are compiled several at a time: what they share is instrumented once.
. "$(dirname "$0")/common.sh"
build asan -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=13 \
  "-DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O1 -gline-tables-only -D_GLIBCXX_ASSERTIONS"
cd build-asan
UBSAN_OPTIONS=print_stacktrace=1 ctest --output-on-failure --label-exclude real --parallel "$jobs"
