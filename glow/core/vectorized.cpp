#include "glow/core/vectorized.h"

#include <algorithm>
#include <atomic>

namespace glow {
namespace {

int widest() noexcept {
#ifdef GLOW_X86_VECTORS
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
    return 64;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return 32;
#endif
  return 16;
}

std::atomic<int> in_use{widest()};

}  // namespace

int vector_bytes() noexcept { return in_use.load(std::memory_order_relaxed); }

void limit_vector_bytes(int bytes) noexcept { in_use = std::min(bytes, widest()); }

}  // namespace glow
