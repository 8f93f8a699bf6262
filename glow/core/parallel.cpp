#include "glow/core/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "glow/core/error.h"
#include "glow/core/stop.h"

namespace glow {
namespace {
std::atomic<int> threads{std::max(1, static_cast<int>(std::thread::hardware_concurrency()))};
thread_local bool serial = false;
}  // namespace

int thread_count() noexcept { return serial ? 1 : threads.load(); }

void set_thread_count(int count) {
  if (count < 1) throw ValueError("threads must be at least 1, got {}", count);
  threads = count;
}

SerialScope::SerialScope() noexcept : outer_(serial) { serial = true; }
SerialScope::~SerialScope() { serial = outer_; }

void parallel_for(int64_t n, int64_t grain, const std::function<void(int64_t, int64_t)>& body) {
  if (n <= 0) return;
  grain = std::max<int64_t>(grain, 1);
  const int64_t chunks = (n + grain - 1) / grain;
  const auto workers = std::min<int64_t>(thread_count(), chunks);
  if (workers <= 1) {
    for (int64_t c = 0; c < chunks; ++c) {
      check_stop();
      body(c * grain, std::min(n, (c + 1) * grain));
    }
    return check_stop();
  }
  std::atomic<int64_t> next{0};
  std::exception_ptr failure;
  std::mutex failure_mutex;
  auto work = [&] {
    const SerialScope nested;
    for (int64_t c = next++; c < chunks && !stop_requested(); c = next++) {
      try {
        body(c * grain, std::min(n, (c + 1) * grain));
      } catch (...) {
        const std::lock_guard lock(failure_mutex);
        if (!failure) failure = std::current_exception();
        next = chunks;
      }
    }
  };
  {
    std::vector<std::jthread> pool;
    for (int64_t i = 1; i < workers; ++i) pool.emplace_back(work);
    work();
  }
  if (failure) std::rethrow_exception(failure);
  check_stop();
}

}  // namespace glow
