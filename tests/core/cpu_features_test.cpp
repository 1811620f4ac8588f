// The processor's features are those that the compiler's own look-up finds.
#include "catch.hpp"

#include <glossa/core/cpu_features.hpp>

TEST_CASE("the processor's features agree with the compiler's look-up") {
  const glossa::CpuFeatures features = glossa::cpu_features();
#if GLOSSA_X86 && defined(__GNUC__)
  CHECK(features.avx2 == (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")));
  CHECK(features.avx512 == (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                            __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")));
  CHECK(features.avx512_vnni == (features.avx512 && __builtin_cpu_supports("avx512vnni")));
#endif
  CHECK((!features.avx_vnni || features.avx2));
  CHECK((!features.avx512 || features.avx2));
  CHECK((!features.avx512_bf16 || features.avx512_vnni));
  CHECK((!features.amx || features.avx512_bf16));
}
