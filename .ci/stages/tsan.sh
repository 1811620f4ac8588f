# What runs on several threads, under ThreadSanitizer: 8 threads sharing one const Embedder among it, an index, a store.
. "$(dirname "$0")/common.sh"
targets="test_core test_embedder test_search_threads test_store_threads"
build tsan -DGLOSSA_BUILD_TOOLS=OFF -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=13 \
  "-DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O1 -g1 -DNDEBUG"
cd build-tsan
TSAN_OPTIONS=halt_on_error=1 ctest --output-on-failure --tests-regex '^(core|embedder|store_threads)$' --parallel "$jobs"
TSAN_OPTIONS=halt_on_error=1 bin/test_search_threads "[threads]"
