#include "glow/datasets/dataset.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include <limits>

#include "glow/core/error.h"
#include "tests/io/support.h"

namespace glow {
namespace {

using testing::HasSubstr;

Dataset images(int64_t n = 6) {
  Dataset data;
  data.name = "images";
  data.x = at::arange(n * 4, at::kByte).view({n, 1, 2, 2});
  data.scale = 2. / 255;
  data.shift = -1;
  data.y = at::arange(n, at::kLong) % 3;
  data.classes = 3;
  return data;
}

Dataset targets() {
  Dataset data;
  data.name = "targets";
  data.x = at::arange(12, at::kFloat).view({4, 3});
  data.y = at::arange(8, at::kFloat).view({4, 2});
  return data;
}

TEST(Dataset, KnowsItsSize) {
  EXPECT_EQ(images().size(), 6);
  EXPECT_EQ(images().shape(), (std::vector<int64_t>{1, 2, 2}));
  EXPECT_EQ(Dataset{}.size(), 0);
  EXPECT_TRUE(Dataset{}.shape().empty());
}

TEST(Dataset, DescribesItself) {
  EXPECT_EQ(describe(images(7)), "images: 7 examples of 1 × 2 × 2, 3 classes of 2 to 3");
  EXPECT_EQ(describe(targets()), "targets: 4 examples of 3, 2 targets");
}

TEST(Gather, ScalesRowsInTheOrderAskedFor) {
  const Batch batch = gather(images(), at::tensor({5, 0, 5}, at::kLong));
  EXPECT_EQ(batch.x.sizes(), at::IntArrayRef({3, 1, 2, 2}));
  EXPECT_EQ(batch.x.scalar_type(), at::kFloat);
  EXPECT_TRUE(batch.y.equal(at::tensor({2, 0, 2}, at::kLong)));
  const at::Tensor expected =
      at::tensor({20, 21, 22, 23, 0, 1, 2, 3, 20, 21, 22, 23}, at::kDouble) * (2. / 255) - 1;
  EXPECT_TRUE(at::allclose(batch.x.flatten().to(at::kDouble), expected, 1e-7, 1e-7));
}

// The ends of the range are exact, whatever the processor's vectors.
TEST(Gather, MapsTheExtremesExactly) {
  Dataset data = images(1);
  data.x = at::tensor({0, 255, 51, 255}, at::kByte).view({1, 1, 2, 2});
  const auto ends = [&](double low, double high) {
    data.scale = (high - low) / 255;
    data.shift = low;
    const at::Tensor x = gather(data, at::tensor({0}, at::kLong)).x;
    return std::pair(x.min().item<float>(), x.max().item<float>());
  };
  EXPECT_EQ(ends(-1, 1), std::pair(-1.f, 1.f));
  EXPECT_EQ(ends(0, 1), std::pair(0.f, 1.f));
  EXPECT_EQ(ends(0, 255), std::pair(0.f, 255.f));
}

TEST(Gather, IsTheSameForEveryTypeAndStride) {
  const Dataset bytes = images(100);
  const at::Tensor rows = at::randint(0, 100, {40}, at::kLong);
  const at::Tensor expected = gather(bytes, rows).x;
  for (const auto type : {at::kFloat, at::kDouble}) {
    Dataset other = bytes;
    other.x = bytes.x.to(type);
    EXPECT_TRUE(at::allclose(gather(other, rows).x, expected, 0, 1e-6));
  }
  Dataset strided = bytes;
  strided.x = bytes.x.transpose(2, 3).contiguous().transpose(2, 3);
  ASSERT_FALSE(strided.x.is_contiguous());
  EXPECT_TRUE(at::allclose(gather(strided, rows).x, expected, 0, 1e-6));
  EXPECT_TRUE(gather(bytes, rows.repeat_interleave(2).slice(0, 0, 80, 2)).x.equal(expected));
}

TEST(Gather, GivesTargetsAndNothingForNoRows) {
  const Batch batch = gather(targets(), at::tensor({3, 1}, at::kLong));
  EXPECT_TRUE(batch.y.equal(at::tensor({6.f, 7.f, 2.f, 3.f}).view({2, 2})));
  EXPECT_TRUE(batch.x.equal(at::tensor({9.f, 10.f, 11.f, 3.f, 4.f, 5.f}).view({2, 3})));
  EXPECT_EQ(gather(images(), at::empty({0}, at::kLong)).x.sizes(), at::IntArrayRef({0, 1, 2, 2}));
}

TEST(Gather, RefusesRowsThatAreNotThere) {
  EXPECT_EQ(message_of<ValueError>([] {
              gather(images(), at::tensor({0, 6}, at::kLong));
            }),
            "images: example 6 of 6");
  EXPECT_THROW(gather(images(), at::tensor({-1}, at::kLong)), ValueError);
  EXPECT_THROW(gather(images(), at::tensor({0.5})), ValueError);
  EXPECT_THROW(gather(images(), at::zeros({2, 2}, at::kLong)), ValueError);
}

TEST(Gather, GivesMemoryOfItsOwn) {
  Dataset data = targets();
  const Batch batch = gather(data, at::arange(4, at::kLong));
  batch.x.zero_();
  batch.y.zero_();
  EXPECT_EQ(data.x.sum().item<float>(), 66);
  EXPECT_EQ(data.y.sum().item<float>(), 28);
}

TEST(Dataset, TakeAndSubsetKeepTheRest) {
  const Dataset first = take(images(), 2);
  EXPECT_EQ(first.size(), 2);
  EXPECT_EQ(first.y.size(0), 2);
  EXPECT_EQ(first.classes, 3);
  EXPECT_EQ(take(images(), 100).size(), 6);
  EXPECT_THROW(take(images(), 0), ValueError);
  const Dataset some = subset(images(), at::tensor({4, 1}, at::kLong));
  EXPECT_TRUE(some.y.equal(at::tensor({1, 1}, at::kLong)));
  EXPECT_TRUE(some.x[0].equal(images().x[4]));
  EXPECT_EQ(some.scale, images().scale);
  EXPECT_THROW(subset(images(), at::tensor({6}, at::kLong)), ValueError);
}

TEST(Check, AcceptsWhatIsRight) {
  check(images());
  check(targets());
}

TEST(Check, NamesSetRowAndColumn) {
  const auto problem = [](auto&& spoil, Dataset data) {
    spoil(data);
    return message_of<DataError>([&] { check(data); });
  };
  EXPECT_EQ(problem([](Dataset& d) { d.y = d.y.slice(0, 1); }, images()),
            "images: x has 6 rows, y 5");
  EXPECT_EQ(problem([](Dataset& d) { d.y = Tensor(); }, images()), "images: x has 6 rows, y 0");
  EXPECT_EQ(problem([](Dataset& d) { d.y[4] = 3; }, images()),
            "images: row 4 has label 3, expected 0 to 2");
  EXPECT_EQ(problem([](Dataset& d) { d.y[1] = -1; }, images()),
            "images: row 1 has label -1, expected 0 to 2");
  EXPECT_THAT(problem([](Dataset& d) { d.y = d.y.to(at::kInt); }, images()),
              HasSubstr("class numbers must be a vector of int64"));
  EXPECT_THAT(problem([](Dataset& d) { d.x = d.x.slice(0, 0, 0); }, images()),
              HasSubstr("there are no examples"));
  EXPECT_THAT(problem([](Dataset& d) { d.x = d.x.slice(2, 0, 0); }, images()),
              HasSubstr("an example has no values"));
  EXPECT_THAT(problem([](Dataset& d) { d.x = at::zeros({6}); }, images()), HasSubstr("(n, ...)"));
  EXPECT_THAT(problem([](Dataset& d) { d.x = d.x.to(at::kInt); }, images()),
              HasSubstr("bytes or floats, got Int"));
  EXPECT_THAT(problem([](Dataset& d) { d.classes = -1; }, images()), HasSubstr("-1 classes"));
  EXPECT_THAT(problem([](Dataset& d) { d.y = d.y.select(1, 0); }, targets()),
              HasSubstr("float32 matrix"));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(problem(
                [&](Dataset& d) {
                  d.x[2][1] = nan;
                  d.x[3][0] = infinity;
                },
                targets()),
            "targets: x has 2 values that are not finite in float32, the first in row 2, column 1");
  EXPECT_THAT(
      problem(
          [&](Dataset& d) {
            d.x = d.x.to(at::kDouble);
            d.x[0][2] = 1e300;
          },
          targets()),
      HasSubstr("x has 1 values that are not finite in float32, the first in row 0, column 2"));
  EXPECT_EQ(problem([&](Dataset& d) { d.y[3][0] = -infinity; }, targets()),
            "targets: y has 1 values that are not finite in float32, the first in row 3, column 0");
}

}  // namespace
}  // namespace glow
