#include "glow/core/stop.h"

#include <atomic>

#include "glow/core/error.h"

namespace glow {
namespace {
std::atomic<bool> requested{false};
std::atomic<int> by_signal{0};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);
}  // namespace

void request_stop(int signal) noexcept {
  by_signal = signal;
  requested = true;
}
bool stop_requested() noexcept { return requested.load(std::memory_order_relaxed); }
int stop_signal() noexcept { return by_signal; }
void clear_stop() noexcept {
  requested = false;
  by_signal = 0;
}
void check_stop() {
  if (stop_requested()) throw Interrupted("interrupted");
}

}  // namespace glow
