#include "glow/core/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "glow/core/error.h"
#include "glow/core/stop.h"

namespace glow {
namespace {

class Parallel : public testing::Test {
 protected:
  void TearDown() override { set_thread_count(before_); }
  const int before_ = thread_count();
};

// Sums of floats depend on their order: equal bits mean equal chunks.
std::vector<float> chunk_sums(int threads) {
  set_thread_count(threads);
  std::vector<float> sums(13);
  parallel_for(1000, 77, [&](int64_t begin, int64_t end) {
    float sum = 0;
    for (int64_t i = begin; i < end; ++i) sum += 1.0F / static_cast<float>(i + 1);
    sums[static_cast<size_t>(begin / 77)] = sum;
  });
  return sums;
}

TEST_F(Parallel, SameBitsAtAnyNumberOfThreads) {
  EXPECT_EQ(chunk_sums(1), chunk_sums(2));
  EXPECT_EQ(chunk_sums(1), chunk_sums(5));
}

TEST_F(Parallel, CoversEveryIndexOnce) {
  set_thread_count(3);
  std::vector<int> seen(1001);
  parallel_for(1001, 10, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) ++seen[static_cast<size_t>(i)];
  });
  EXPECT_EQ(std::accumulate(seen.begin(), seen.end(), 0), 1001);
  parallel_for(0, 10, [](int64_t, int64_t) { FAIL(); });
}

TEST_F(Parallel, AnExceptionArrives) {
  set_thread_count(2);
  EXPECT_THROW(parallel_for(100, 1,
                            [](int64_t begin, int64_t) {
                              if (begin == 50) throw std::runtime_error("fifty");
                            }),
               std::runtime_error);
}

TEST_F(Parallel, IsSerialInsideAWorker) {
  set_thread_count(4);
  EXPECT_EQ(thread_count(), 4);
  const SerialScope serial;
  EXPECT_EQ(thread_count(), 1);
}

TEST_F(Parallel, RefusesNoThreads) { EXPECT_THROW(set_thread_count(0), ValueError); }

TEST(ParallelFor, AStopBeginsNoFurtherChunk) {
  for (const int threads : {1, 2}) {
    const int before = thread_count();
    set_thread_count(threads);
    std::atomic<int> chunks{0};
    const auto body = [&](int64_t, int64_t) {
      ++chunks;
      request_stop();
    };
    EXPECT_THROW(parallel_for(100, 1, body), Interrupted);
    clear_stop();
    set_thread_count(before);
    EXPECT_LE(chunks, threads);
  }
}

}  // namespace
}  // namespace glow
