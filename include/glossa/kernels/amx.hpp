// The instructions of AMX (Intel's manual, volume 1, chapter 18): eight tiles of 16 rows of 64 bytes each.
#pragma once

#include <glossa/core/tile_permission.hpp>
#include <glossa/kernels/isa.hpp>
#include <glossa/kernels/target.hpp>

#if GLOSSA_AMX

#include <cstddef>
#include <cstdint>

// What kernels for AMX are compiled for.
#define GLOSSA_AMX_TARGET \
  GLOSSA_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512bf16,avx2,fma,f16c,amx-tile,amx-int8,amx-bf16")

#define GLOSSA_KERNEL GLOSSA_AMX_TARGET
#define GLOSSA_KERNEL_INLINE GLOSSA_ALWAYS_INLINE GLOSSA_KERNEL

namespace glossa::detail {
inline namespace GLOSSA_ISA {
namespace avx512 {
namespace amx {

/// Rows of a tile, and bytes of each.
inline constexpr std::size_t kTileRows = 16;
inline constexpr std::size_t kTileBytes = 64;

/// While one of it lives, a thread has its tiles; without, saving the thread's state costs no more than it did.
class Tiles {
 public:
  GLOSSA_KERNEL Tiles() noexcept {
    struct alignas(64) {
      std::uint8_t palette = 1;
      std::uint8_t first_row = 0;
      std::uint8_t reserved[14] = {};
      std::uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
      std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
    } shapes;
    __asm__ volatile("ldtilecfg %0" : : "m"(shapes));
  }
  Tiles(const Tiles&) = delete;
  Tiles& operator=(const Tiles&) = delete;
  GLOSSA_KERNEL ~Tiles() { __asm__ volatile("tilerelease" : : : "memory"); }
};

// In assembly, since gcc 12's intrinsics do not tell the compiler that tiles are read from memory.

/// Row i of a tile from `from` + i · stride bytes; with a stride of 0, all rows are the same.
template <int Tile>
GLOSSA_KERNEL_INLINE void load_tile(const void* from, std::size_t stride) {
  __asm__ volatile("{tileloadd (%0,%1,1), %%tmm%c2|tileloadd tmm%c2, [%0+%1*1]}"
                   :
                   : "r"(from), "r"(stride), "i"(Tile)
                   : "memory");
}
template <int Tile>
GLOSSA_KERNEL_INLINE void store_tile(void* to, std::size_t stride) {
  __asm__ volatile("{tilestored %%tmm%c2, (%0,%1,1)|tilestored [%0+%1*1], tmm%c2}"
                   :
                   : "r"(to), "r"(stride), "i"(Tile)
                   : "memory");
}
template <int Tile>
GLOSSA_KERNEL_INLINE void clear_tile() {
  __asm__ volatile("{tilezero %%tmm%c0|tilezero tmm%c0}" : : "i"(Tile));
}
/// Sum += Rows · Columns: [16, 64] unsigned bytes with [16][16][4] signed ones, to 32-bit integers.
template <int Sum, int Rows, int Columns>
GLOSSA_KERNEL_INLINE void add_byte_products() {
  __asm__ volatile("{tdpbusd %%tmm%c2, %%tmm%c1, %%tmm%c0|tdpbusd tmm%c0, tmm%c1, tmm%c2}"
                   :
                   : "i"(Sum), "i"(Rows), "i"(Columns));
}
/// The same of [16, 32] bfloat16 numbers with [16][16][2], to floats.
template <int Sum, int Rows, int Columns>
GLOSSA_KERNEL_INLINE void add_pair_products() {
  __asm__ volatile("{tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0|tdpbf16ps tmm%c0, tmm%c1, tmm%c2}"
                   :
                   : "i"(Sum), "i"(Rows), "i"(Columns));
}

}  // namespace amx
}  // namespace avx512
}  // namespace GLOSSA_ISA
}  // namespace glossa::detail

#undef GLOSSA_KERNEL
#undef GLOSSA_KERNEL_INLINE

#endif
