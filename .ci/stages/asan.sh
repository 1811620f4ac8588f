# Everything but the real models under AddressSanitizer and UndefinedBehaviorSanitizer, compiled by clang.
. "$(dirname "$0")/common.sh"
build asan -DCMAKE_CXX_COMPILER=clang++
cd build-asan
UBSAN_OPTIONS=print_stacktrace=1 ctest --output-on-failure --label-exclude real --parallel "$jobs"
