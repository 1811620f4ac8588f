// Which kernels a level has: read from the table, so that levels are covered which this processor lacks.
#include "levels.hpp"

#include <glossa/kernels/amx_attention.hpp>
#include <glossa/kernels/amx_int8.hpp>
#include <glossa/kernels/avx2_int8.hpp>
#include <glossa/kernels/avx512_bf16.hpp>
#include <glossa/kernels/avx512_bf16_attention.hpp>
#include <glossa/kernels/avx512_vnni.hpp>
#include <glossa/kernels/avx_vnni.hpp>
#include <glossa/kernels/portable_int8.hpp>

#include <algorithm>
#include <vector>

using glossa::CpuLevel;
using glossa::detail::kernels_of;
using glossa::detail::RowForm;

#if GLOSSA_X86_LEVELS
TEST_CASE("each level has the 8-bit and bfloat16 kernels that its instructions allow, and no better ones") {
  namespace detail = glossa::detail;
  CHECK(kernels_of<float>(CpuLevel::portable).int8.multiply == &detail::portable::multiply_int8);
  CHECK(kernels_of<float>(CpuLevel::avx2).int8.multiply == &detail::avx2::multiply_int8);
  CHECK(kernels_of<float>(CpuLevel::avx2_vnni).int8.multiply == &detail::avx2::vnni::multiply_int8);
  CHECK(kernels_of<float>(CpuLevel::avx512).int8.multiply == &detail::avx2::multiply_int8);
  CHECK(kernels_of<float>(CpuLevel::avx512_vnni).int8.multiply == &detail::avx512::vnni::multiply_int8);
  CHECK(kernels_of<float>(CpuLevel::avx512_bf16).int8.multiply == &detail::avx512::vnni::multiply_int8);
#if GLOSSA_AMX
  CHECK(kernels_of<float>(CpuLevel::amx).int8.multiply == &detail::avx512::amx::multiply_int8);
  CHECK(kernels_of<float>(CpuLevel::amx).bf16.attention == &detail::avx512::amx::attention);
#endif
  for (const CpuLevel level : {CpuLevel::portable, CpuLevel::avx2, CpuLevel::avx2_vnni, CpuLevel::avx512,
                               CpuLevel::avx512_vnni, CpuLevel::avx512_bf16, CpuLevel::amx}) {
    INFO(to_string(level));
    const auto kernels = kernels_of<float>(level);
    const bool has_dots = level == CpuLevel::avx2_vnni || level >= CpuLevel::avx512_vnni;
    CHECK(kernels.int8.form == (has_dots ? RowForm::unsigned_byte : RowForm::wide));
    CHECK((kernels.bf16.attention != nullptr) == (level >= CpuLevel::avx512_bf16));
    CHECK((kernels.bf16.attention_scratch != nullptr) == (kernels.bf16.attention != nullptr));
  }
  CHECK(kernels_of<float>(CpuLevel::avx2_vnni).multiply == kernels_of<float>(CpuLevel::avx2).multiply);
  CHECK(kernels_of<float>(CpuLevel::avx512_bf16).multiply == kernels_of<float>(CpuLevel::avx512).multiply);
}
#endif

TEST_CASE("the levels of this processor are in order, and the last is the default") {
  const std::vector<CpuLevel> levels = glossa::supported_levels();
  CHECK(levels.front() == CpuLevel::portable);
  CHECK(std::is_sorted(levels.begin(), levels.end()));
  CHECK(glossa::default_level() == levels.back());
}
