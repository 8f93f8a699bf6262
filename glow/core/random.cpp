#include "glow/core/random.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>

#include "glow/core/error.h"

namespace glow {
namespace {

// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): every input bit reaches every output bit.
uint64_t mix(uint64_t z) {
  z += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

// FNV-1a.
uint64_t hash(std::string_view text) {
  uint64_t h = 0xcbf29ce484222325;
  for (const unsigned char c : text) h = (h ^ c) * 0x100000001b3;
  return h;
}

}  // namespace

uint64_t stream_seed(uint64_t seed, std::string_view stream, int64_t rank, int64_t step) {
  uint64_t h = mix(seed);
  h = mix(h ^ hash(stream));
  h = mix(h ^ static_cast<uint64_t>(rank));
  return mix(h ^ static_cast<uint64_t>(step));
}

at::Generator make_generator(uint64_t seed, std::string_view stream, int64_t step) {
  return at::detail::createCPUGenerator(stream_seed(seed, stream, 0, step));
}

Stream::Stream(std::shared_ptr<const StreamClock> clock, std::string name, c10::Device device)
    : clock_(std::move(clock)), name_(std::move(name)) {
  // A clone of the device's default generator is independent of it and needs no CUDA headers.
  generator_ = device.is_cpu() ? at::detail::createCPUGenerator(0)
                               : at::globalContext().defaultGenerator(device).clone();
}

const at::Generator& Stream::generator() {
  if (!clock_) throw StateError("a random stream is drawn from before its layer was built");
  if (seeded_.step != clock_->step || seeded_.seed != clock_->seed ||
      seeded_.rank != clock_->rank) {
    seeded_ = *clock_;
    generator_.set_current_seed(stream_seed(clock_->seed, name_, clock_->rank, clock_->step));
  }
  return generator_;
}

}  // namespace glow
