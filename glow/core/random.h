// Random numbers. Every draw is a function of (seed, stream name, rank, step): so tracking changes
// no training, networks side by side give the same bits as alone, and resuming needs no state.
#pragma once

#include <ATen/core/Generator.h>
#include <c10/core/Device.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace glow {

/// A well-mixed seed of one draw.
uint64_t stream_seed(uint64_t seed, std::string_view stream, int64_t rank = 0, int64_t step = 0);

/// A CPU generator of its own for one draw.
at::Generator make_generator(uint64_t seed, std::string_view stream, int64_t step = 0);

/// The clock of one network's streams: its seed, rank and the step that it is in.
struct StreamClock {
  uint64_t seed = 0;
  int64_t rank = 0;
  int64_t step = 0;
};

/// One named stream of a network. The generator is reseeded when the clock has moved on (0.9 µs),
/// so what a step draws does not depend on what was drawn before. Not for several threads at once.
class Stream {
 public:
  Stream() = default;
  Stream(std::shared_ptr<const StreamClock> clock, std::string name, c10::Device device);

  const at::Generator& generator();

 private:
  std::shared_ptr<const StreamClock> clock_;
  std::string name_;
  at::Generator generator_;
  StreamClock seeded_{0, 0, -1};
};

}  // namespace glow
