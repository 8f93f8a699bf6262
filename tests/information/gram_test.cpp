#include "glow/information/gram.h"

#include <cmath>

#include "tests/information/support.h"

namespace glow {
namespace {

TEST(GramMatrix, IsTheKernelOfEveryPair) {
  const Tensor x = normal({9, 3}, "x") + 100;
  const Tensor squared = (x.unsqueeze(0) - x.unsqueeze(1)).pow(2).sum(2);
  const Tensor gaussian = gram_matrix({"x", x, {Kernel::Kind::gaussian, 0.7}});
  EXPECT_TRUE(at::allclose(gaussian, (squared / (-2 * 0.7 * 0.7)).exp(), 1e-11, 1e-11));
  const Tensor centred = x - x.mean(0, true);
  const Tensor linear = gram_matrix({"x", x, {Kernel::Kind::linear, 1}});
  EXPECT_TRUE(at::allclose(linear, centred.mm(centred.t()), 1e-12, 1e-12));
}

TEST(GramMatrix, HasAFiniteGradientAtCoincidentPoints) {
  const Tensor x = at::ones({4, 2}, at::kDouble).requires_grad_(true);
  gram_matrix({"x", x, {Kernel::Kind::gaussian, 1}}).sum().backward();
  EXPECT_TRUE(at::isfinite(x.grad()).all().item<bool>());
  EXPECT_EQ(x.grad().abs().max().item<double>(), 0);
}

TEST(Kernel, ReadsItsWords) {
  EXPECT_EQ(parse_kernel("linear"), Kernel::Kind::linear);
  EXPECT_EQ(parse_kernel("gaussian"), Kernel::Kind::gaussian);
  EXPECT_THAT(message_of<ValueError>([] { parse_kernel("gausian"); }),
              testing::HasSubstr("did you mean 'gaussian'?"));
}

}  // namespace
}  // namespace glow
