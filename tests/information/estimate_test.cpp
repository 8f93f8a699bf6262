#include "glow/information/estimate.h"

#include <cmath>

#include "tests/information/support.h"

namespace glow {
namespace {

Estimate one_bit() {
  Estimate estimate;
  estimate.value = at::scalar_tensor(1.0, at::kDouble);
  estimate.unit = Unit::bits;
  estimate.standard_error = 0.5;
  estimate.ceiling = 2;
  estimate.null_mean = 0.25;
  return estimate;
}

TEST(InUnit, ConvertsEveryNumber) {
  const Estimate nats = in_unit(one_bit(), Unit::nats);
  EXPECT_DOUBLE_EQ(nats.number(), std::log(2.0));
  EXPECT_DOUBLE_EQ(nats.standard_error, 0.5 * std::log(2.0));
  EXPECT_DOUBLE_EQ(nats.ceiling, 2 * std::log(2.0));
  EXPECT_DOUBLE_EQ(nats.null_mean, 0.25 * std::log(2.0));
  EXPECT_EQ(nats.unit, Unit::nats);
  EXPECT_EQ(in_unit(nats, Unit::bits).number(), 1.0);
}

TEST(InUnit, LeavesWhatHasNoUnit) {
  Estimate estimate = one_bit();
  estimate.unit = Unit::none;
  EXPECT_EQ(in_unit(estimate, Unit::nats).number(), 1.0);
  EXPECT_EQ(in_unit(estimate, Unit::nats).unit, Unit::none);
}

TEST(InUnit, KeepsTheGraph) {
  Estimate estimate = one_bit();
  estimate.value.requires_grad_(true);
  EXPECT_TRUE(in_unit(estimate, Unit::nats).value.requires_grad());
}

TEST(Estimate, HasNoNumberWithoutAValue) {
  EXPECT_TRUE(std::isnan(Estimate().number()));
  EXPECT_TRUE(std::isnan(in_unit(Estimate(), Unit::bits).number()));
}

TEST(BoundKind, HasAName) {
  EXPECT_EQ(to_string(BoundKind::estimate), "estimate");
  EXPECT_EQ(to_string(BoundKind::lower), "lower");
  EXPECT_EQ(to_string(BoundKind::upper), "upper");
}

}  // namespace
}  // namespace glow
