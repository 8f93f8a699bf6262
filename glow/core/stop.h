// The stop flag that a signal handler raises and every long loop polls.
#pragma once

namespace glow {

/// Async-signal-safe. `signal` is its number, 0 for a request from code.
void request_stop(int signal = 0) noexcept;
bool stop_requested() noexcept;
/// The signal that asked to stop, 0 for none.
int stop_signal() noexcept;
void clear_stop() noexcept;

/// Throws Interrupted when a stop was requested.
void check_stop();

}  // namespace glow
