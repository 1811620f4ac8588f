// An address comes in; what lies there is on its way into the caches when this returns.
#pragma once

namespace glossa::detail {

/// Says that what lies at `address` will be read soon, without waiting for it.
inline void ask_for([[maybe_unused]] const void* address) noexcept {
#if defined(__GNUC__)
  __builtin_prefetch(address);
#endif
}

}  // namespace glossa::detail
