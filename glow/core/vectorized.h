// One source, compiled for the vectors of several processors; the widest that this one has is run.
//
// The library must run on any x86-64, so it is built for the oldest; yet on the same core vectors
// of 512 bits do a Gram matrix four times as fast. Explicit dispatch, for `target_clones` (ifunc)
// does not go with every sanitizer, linker and compiler.
#pragma once

#include <type_traits>

#if defined(__x86_64__) && defined(__GNUC__)
#define GLOW_X86_VECTORS 1
#endif

/// What `vectorized` runs must be inlined into it, all the way down, to be compiled for its target.
#define GLOW_INLINE [[gnu::always_inline]] inline
#define GLOW_INLINE_BODY __attribute__((always_inline))

namespace glow {

/// The width of a vector register, handed to the body as a type.
template <int bytes>
using VectorBytes = std::integral_constant<int, bytes>;

namespace detail {

#ifdef GLOW_X86_VECTORS
template <class Body>
[[gnu::target("avx512f,avx512dq,avx512bw,avx512vl,fma")]] void run_avx512(const Body& body) {
  body(VectorBytes<64>{});
}
template <class Body>
[[gnu::target("avx2,fma")]] void run_avx2(const Body& body) {
  body(VectorBytes<32>{});
}
#endif

}  // namespace detail

/// The width of the vectors in use, in bytes: 64, 32 or 16; at the start the widest of this
/// processor.
int vector_bytes() noexcept;
/// Uses no wider ones, so that a test can run what another processor would.
void limit_vector_bytes(int bytes) noexcept;

/// Runs `body(VectorBytes<…>)`, a lambda marked GLOW_INLINE_BODY:
/// `vectorized([&](auto width) GLOW_INLINE_BODY { sums<width>(…); })`. Fused multiply-adds, where
/// the processor has them, make the last bits of a result depend on the kind of processor, never on
/// the number of threads.
template <class Body>
void vectorized(const Body& body) {
#ifdef GLOW_X86_VECTORS
  if (vector_bytes() == 64) return detail::run_avx512(body);
  if (vector_bytes() == 32) return detail::run_avx2(body);
#endif
  body(VectorBytes<16>{});
}

/// A vector of `bytes / sizeof(T)` lanes; arithmetic on it is lane by lane.
template <class T, int bytes>
struct VectorOf {
  typedef T type __attribute__((vector_size(bytes)));  // NOLINT: an alias loses the attribute
};
template <class T, int bytes>
using Vector = typename VectorOf<T, bytes>::type;

}  // namespace glow
