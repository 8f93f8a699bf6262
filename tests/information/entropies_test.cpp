#include "glow/information/entropies.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include "glow/core/random.h"
#include "glow/information/kl_entropy.h"

namespace glow {
namespace {

TEST(Entropies, NamesGiveTheFunctions) {
  const Tensor x = at::linspace(0, 1, 200, at::kDouble).square();
  EXPECT_EQ(entropies().make("kl", {{"k", {int64_t{5}}}})(x).number(),
            kl_entropy(x, {.k = 5}).number());
  EXPECT_THROW(entropies().make("kl", {{"kk", {int64_t{5}}}}), ValueError);
  EXPECT_THROW(entropies().make("kll"), ValueError);
}

TEST(Entropies, AutoTellsClassesFromQuantities) {
  const Tensor classes = at::arange(400, at::kLong).remainder(4);
  const Estimate discrete = entropies().make("auto")(classes);
  EXPECT_NEAR(discrete.number(), std::log(4.0), 0.01);
  EXPECT_THAT(discrete.warnings.front(), testing::HasSubstr("grassberger"));
  const Tensor uniform = at::rand({2000}, make_generator(0, "entropies"), at::kDouble);
  const Estimate differential = entropies().make("auto")(uniform);
  EXPECT_NEAR(differential.number(), 0, 0.1);  // h of U(0, 1); a standard error is about 0.02
  EXPECT_THAT(differential.warnings.front(), testing::HasSubstr("differential"));
}

}  // namespace
}  // namespace glow
