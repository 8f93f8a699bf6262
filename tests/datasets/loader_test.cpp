#include "glow/datasets/loader.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include <numeric>
#include <set>

#include "glow/core/error.h"
#include "tests/io/support.h"

namespace glow {
namespace {

// Example i is the number i, of class i modulo 2.
std::shared_ptr<const Dataset> numbers(int64_t n) {
  Dataset data;
  data.name = "numbers";
  data.x = at::arange(n, at::kFloat).view({n, 1});
  data.y = at::arange(n, at::kLong) % 2;
  data.classes = 2;
  return std::make_shared<const Dataset>(data);
}

std::vector<int64_t> order(Loader& loader, int64_t epoch) {
  std::vector<int64_t> out;
  for (const Batch& batch : loader.epoch(epoch)) {
    for (int64_t i = 0; i < batch.x.size(0); ++i) {
      out.push_back(batch.x[i].item<int64_t>());
      EXPECT_EQ(batch.y[i].item<int64_t>(), out.back() % 2) << "labels go with their examples";
    }
  }
  return out;
}

std::vector<int64_t> sizes(Loader& loader) {
  std::vector<int64_t> out;
  for (const Batch& batch : loader.epoch(1)) out.push_back(batch.x.size(0));
  return out;
}

std::vector<int64_t> range(int64_t n) {
  std::vector<int64_t> out(static_cast<size_t>(n));
  std::iota(out.begin(), out.end(), int64_t{0});
  return out;
}

TEST(Loader, GoesThroughAllInOrder) {
  Loader loader(numbers(10), {.batch_size = 4});
  EXPECT_EQ(loader.size(), 10);
  EXPECT_EQ(loader.batches(), 3);
  EXPECT_EQ(loader.classes(), 2);
  EXPECT_FALSE(loader.empty());
  EXPECT_EQ(order(loader, 1), range(10));
  EXPECT_EQ(sizes(loader), (std::vector<int64_t>{4, 4, 2}));
}

TEST(Loader, DropsTheSmallerLastBatch) {
  Loader loader(numbers(10), {.batch_size = 4, .drop_last = true});
  EXPECT_EQ(loader.batches(), 2);
  EXPECT_EQ(sizes(loader), (std::vector<int64_t>{4, 4}));
  Loader even(numbers(8), {.batch_size = 4, .drop_last = true});
  EXPECT_EQ(even.batches(), 2);
  EXPECT_EQ(sizes(even), (std::vector<int64_t>{4, 4}));
  Loader none(numbers(3), {.batch_size = 4, .drop_last = true});
  EXPECT_EQ(none.batches(), 0);
  EXPECT_TRUE(sizes(none).empty());
}

TEST(Loader, ShufflesEveryEpochAnew) {
  Loader loader(numbers(100), {.batch_size = 7, .shuffle = true, .seed = 3});
  const auto first = order(loader, 1), second = order(loader, 2);
  EXPECT_NE(first, second);
  EXPECT_NE(first, range(100));
  for (auto epoch : {first, second}) {
    std::sort(epoch.begin(), epoch.end());
    EXPECT_EQ(epoch, range(100)) << "each example once";
  }
}

TEST(Loader, TheOrderIsAFunctionOfSeedAndEpoch) {
  Loader a(numbers(50), {.batch_size = 8, .shuffle = true, .seed = 3});
  Loader b(numbers(50), {.batch_size = 5, .shuffle = true, .seed = 3});
  order(a, 1);
  a.begin_epoch(9);
  EXPECT_EQ(order(a, 2), order(b, 2)) << "whatever was drawn before, and in batches of any size";
  b.reseed(4);
  EXPECT_NE(order(a, 2), order(b, 2));
  b.reseed(3);
  EXPECT_EQ(order(a, 2), order(b, 2));
}

TEST(Loader, BeginsAnewInTheMiddle) {
  Loader loader(numbers(10), {.batch_size = 4});
  Batch batch;
  ASSERT_TRUE(loader.next(batch)) << "epoch 0 is open from the start";
  loader.begin_epoch(1);
  EXPECT_EQ(order(loader, 1), range(10));
  EXPECT_FALSE(loader.next(batch));
  EXPECT_FALSE(loader.next(batch));
}

TEST(Loader, BatchesMayBeKept) {
  Loader loader(numbers(4), {.batch_size = 2});
  Batch first, second;
  loader.next(first);
  const Batch kept = first;
  loader.next(first);
  EXPECT_EQ(kept.x.sum().item<float>(), 1);
  EXPECT_EQ(first.x.sum().item<float>(), 5);
}

TEST(Loader, CopiesGoTheirOwnWay) {
  Loader a(numbers(6), {.batch_size = 2});
  Batch batch;
  a.next(batch);
  Loader b = a;
  b.next(batch);
  b.next(batch);
  EXPECT_FALSE(b.next(batch));
  EXPECT_TRUE(a.next(batch));
  EXPECT_EQ(batch.x[0].item<int64_t>(), 2);
  EXPECT_EQ(&a.dataset(), &b.dataset());
}

TEST(Loader, OfSomeExamples) {
  Loader loader(numbers(10), {7, 1, 4}, {.batch_size = 2});
  EXPECT_EQ(loader.size(), 3);
  EXPECT_EQ(order(loader, 1), (std::vector<int64_t>{7, 1, 4}));
  EXPECT_TRUE(loader.all().y.equal(at::tensor({1, 1, 0}, at::kLong)));
}

TEST(Loader, WithoutExamples) {
  Loader none;
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none.size(), 0);
  EXPECT_EQ(none.batches(), 0);
  EXPECT_EQ(none.classes(), 0);
  none.begin_epoch(1);
  Batch batch;
  EXPECT_FALSE(none.next(batch));
  EXPECT_THROW(none.all(), StateError);
  EXPECT_THROW(none.dataset(), StateError);
  EXPECT_TRUE(Loader(numbers(3), {}, {}).empty());
}

TEST(Loader, GivesFixedProbes) {
  Loader loader(numbers(100), {.batch_size = 8, .shuffle = true, .seed = 1});
  EXPECT_EQ(loader.all().x.size(0), 100);
  EXPECT_EQ(loader.all(1000).x.size(0), 100);
  const Batch probe = loader.all(20);
  ASSERT_EQ(probe.x.size(0), 20);
  loader.begin_epoch(5);
  loader.reseed(2);
  EXPECT_TRUE(loader.all(20).x.equal(probe.x)) << "the same at every time and seed";
  const auto* values = probe.x.const_data_ptr<float>();
  EXPECT_TRUE(std::is_sorted(values, values + 20));
  EXPECT_EQ(std::set<float>(values, values + 20).size(), 20);
  EXPECT_GT(values[19], 50) << "a choice of all, not the first ones";
  EXPECT_THROW(loader.all(0), ValueError);
}

TEST(Loader, RefusesWhatHasNoMeaning) {
  EXPECT_THROW(Loader(numbers(3), {.batch_size = 0}), ValueError);
  EXPECT_THROW(Loader(numbers(3), {3}, {}), ValueError);
  EXPECT_THROW(Loader(numbers(3), {-1}, {}), ValueError);
  EXPECT_THROW(Loader(std::shared_ptr<const Dataset>{}), ValueError);
  Dataset broken = *numbers(3);
  broken.y[0] = 9;
  EXPECT_THROW(Loader{broken}, DataError);
}

}  // namespace
}  // namespace glow
