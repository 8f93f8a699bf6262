#include "glow/core/random.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <set>

namespace glow {
namespace {

at::Tensor draw(Stream& stream) { return at::rand({8}, stream.generator()); }

TEST(Random, SeedsOfStreamsDiffer) {
  std::set<uint64_t> seeds;
  for (uint64_t seed = 0; seed < 10; ++seed) {
    for (const char* stream : {"init", "shuffle", "dropout_1/mask"}) {
      for (int64_t rank = 0; rank < 3; ++rank) {
        for (int64_t step = 0; step < 10; ++step)
          seeds.insert(stream_seed(seed, stream, rank, step));
      }
    }
  }
  EXPECT_EQ(seeds.size(), 900U);
}

TEST(Random, ADrawDependsOnSeedNameAndStepAlone) {
  auto clock = std::make_shared<StreamClock>(StreamClock{7, 0, 3});
  Stream a(clock, "dropout_1/mask", c10::kCPU), b(clock, "dropout_1/mask", c10::kCPU);
  const at::Tensor first = draw(a);
  draw(a);  // more of it in the same step
  EXPECT_TRUE(at::equal(first, draw(b)));
  clock->step = 4;
  const at::Tensor next = draw(a);
  EXPECT_FALSE(at::equal(first, next));
  EXPECT_TRUE(at::equal(next, draw(b)));
  clock->step = 3;
  EXPECT_TRUE(at::equal(first, draw(a)));
}

TEST(Random, LeavesTheGlobalGeneratorAlone) {
  at::manual_seed(1);
  const at::Tensor expected = at::rand({4});
  at::manual_seed(1);
  Stream stream(std::make_shared<StreamClock>(), "s", c10::kCPU);
  draw(stream);
  make_generator(3, "split");
  EXPECT_TRUE(at::equal(expected, at::rand({4})));
}

TEST(Random, AStreamThatWasNotMadeSaysSo) {
  Stream stream;
  EXPECT_ANY_THROW(stream.generator());
}

}  // namespace
}  // namespace glow
