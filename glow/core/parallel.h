// Threads of our own: fixed chunks, so the same bits at any number of threads.
#pragma once

#include <cstdint>
#include <functional>

namespace glow {

/// How many threads a parallel_for may use; at the start, the number of cores. At least 1.
int thread_count() noexcept;
void set_thread_count(int threads);

/// While it lives, parallel_for on this thread is serial: for workers that run side by side.
class SerialScope {
 public:
  SerialScope() noexcept;
  ~SerialScope();
  SerialScope(const SerialScope&) = delete;
  SerialScope& operator=(const SerialScope&) = delete;

 private:
  bool outer_;
};

/// Runs body(begin, end) over [0, n) in chunks of `grain` indices, the same chunks at any number of
/// threads. The first exception of a chunk is thrown here, after all threads have stopped. Once a
/// stop is requested no further chunk begins, and Interrupted is thrown.
void parallel_for(int64_t n, int64_t grain, const std::function<void(int64_t, int64_t)>& body);

}  // namespace glow
