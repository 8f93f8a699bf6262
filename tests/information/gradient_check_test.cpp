#include "glow/information/gradient_check.h"

#include <torch/csrc/autograd/custom_function.h>

#include <cmath>

#include "tests/information/support.h"

namespace glow {
namespace {

using testing::HasSubstr;

// x², whose backward says 2x + error.
struct Square : torch::autograd::Function<Square> {
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& x, double error) {
    context->save_for_backward({x});
    context->saved_data["error"] = error;
    return x * x;
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const Tensor x = context->get_saved_variables()[0];
    return {gradients[0] * (2 * x + context->saved_data["error"].toDouble()), Tensor()};
  }
};

GradientCheck check_square(int64_t entries, double error, bool scalar = true) {
  return check_gradient(
      [&](const std::vector<Tensor>& in) {
        const Tensor square = Square::apply(in[0], error);
        return scalar ? square.sum() : square;
      },
      {normal({entries}, "x")});
}

TEST(GradientCheck, PassesARightBackward) {
  for (const int64_t entries : {1, 5, 64, 65, 1000}) {
    EXPECT_TRUE(check_square(entries, 0).passed) << check_square(entries, 0).report();
    EXPECT_EQ(check_square(entries, 0).along_directions, entries > 64);
  }
  EXPECT_EQ(check_square(3, 0).report(), "");
}

TEST(GradientCheck, RejectsAWrongBackward) {
  for (const int64_t entries : {1, 5, 64, 65, 1000}) {
    EXPECT_FALSE(check_square(entries, 0.01).passed);
    EXPECT_FALSE(check_square(entries, std::nan("")).passed);
  }
}

TEST(GradientCheck, ReportsWhereTheyDiffer) {
  const GradientCheck check = check_gradient(
      [](const std::vector<Tensor>& in) {
        return in[0].sum() + Square::apply(in[1].slice(0, 2, 3), 0.5).sum();
      },
      {at::ones({2}), at::full({3}, 2.0)});
  ASSERT_EQ(check.mismatches.size(), 1U);
  const GradientMismatch& found = check.mismatches[0];
  EXPECT_EQ(found.input, 1);
  EXPECT_EQ(found.index, 2);
  EXPECT_EQ(found.output, 0);
  EXPECT_NEAR(found.numeric, 4, 1e-6);
  EXPECT_NEAR(found.analytic, 4.5, 1e-12);
  EXPECT_THAT(check.report(), HasSubstr("input 1, index 2, output 0: numeric 4"));
}

TEST(GradientCheck, ChecksTheWholeJacobian) {
  EXPECT_TRUE(check_square(4, 0, false).passed);
  const GradientCheck check = check_square(4, 0.1, false);
  EXPECT_EQ(check.mismatches.size(), 4U);  // the diagonal
  for (const auto& found : check.mismatches) EXPECT_EQ(found.index, found.output);
}

TEST(GradientCheck, RejectsAFunctionThatForgetsItsGraph) {
  EXPECT_THAT(message_of<ValueError>([] {
                check_gradient([](const std::vector<Tensor>& in) { return in[0].detach().sum(); },
                               {at::ones({2})});
              }),
              HasSubstr("gives no graph"));
  EXPECT_THAT(message_of<ValueError>([] {
                check_gradient(
                    [](const std::vector<Tensor>& in) { return in[0].sum().to(at::kFloat); },
                    {at::ones({2})});
              }),
              HasSubstr("must give float64"));
  const GradientCheck half_forgotten =
      check_gradient([](const std::vector<Tensor>& in) { return (in[0].detach() * in[0]).sum(); },
                     {at::ones({3})});
  EXPECT_FALSE(half_forgotten.passed);
}

TEST(GradientCheck, RejectsANoisyFunction) {
  const auto generator = make_generator(0, "noise");
  const GradientCheck check = check_gradient(
      [&](const std::vector<Tensor>& in) {
        return in[0].sum() + 1e-3 * at::randn({}, generator, in[0].options());
      },
      {at::ones({3}, at::kDouble)});
  EXPECT_FALSE(check.passed);
}

TEST(GradientCheck, LeavesItsInputsAlone) {
  const Tensor x = normal({3}, "x"), before = x.clone();
  check_gradient([](const std::vector<Tensor>& in) { return in[0].pow(3).sum(); }, {x});
  EXPECT_TRUE(at::equal(x, before));
  EXPECT_FALSE(x.requires_grad());
}

}  // namespace
}  // namespace glow
