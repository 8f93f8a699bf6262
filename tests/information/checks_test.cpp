#include "glow/information/checks.h"

#include <limits>

#include "tests/information/support.h"

namespace glow {
namespace {

using testing::HasSubstr;

TEST(Continuous, PromotesWhatIsNotFloatOrDouble) {
  for (const auto type : {at::kByte, at::kInt, at::kLong, at::kBool, at::kHalf, at::kBFloat16}) {
    EXPECT_EQ(continuous(at::ones({2, 3}, type), "x").scalar_type(), at::kDouble);
  }
  EXPECT_EQ(continuous(at::ones({2}, at::kFloat), "x").scalar_type(), at::kFloat);
  EXPECT_EQ(continuous(at::ones({2}, at::kFloat), "x").sizes(), (at::IntArrayRef{2, 1}));
}

TEST(Continuous, RefusesWhatIsNoMatrix) {
  const auto message = [](const Tensor& x) {
    return message_of<ValueError>([&] { continuous(x, "x"); });
  };
  EXPECT_THAT(message(at::scalar_tensor(1)), HasSubstr("0-d"));
  EXPECT_EQ(message(at::zeros({2, 3, 4})),
            "x has the shape (2, 3, 4): expected (n) or (n, d); flatten it first");
  EXPECT_EQ(message(at::zeros({0, 4})), "x is empty: its shape is (0, 4)");
  EXPECT_EQ(message(at::zeros({4, 0})), "x is empty: its shape is (4, 0)");
  EXPECT_THAT(message(at::zeros({4}, at::kComplexFloat)), HasSubstr("complex"));
}

TEST(CheckFinite, SaysHowManyAndWhereTheFirst) {
  Tensor x = at::zeros({20, 6});
  check_finite(x, "x");
  x[17][4] = std::numeric_limits<float>::quiet_NaN();
  x[18][0] = std::numeric_limits<float>::infinity();
  x[19][5] = -std::numeric_limits<float>::infinity();
  EXPECT_EQ(message_of<ValueError>([&] { check_finite(x, "x"); }),
            "x contains 3 non-finite values, first at row 17, column 4");
}

TEST(CheckRows, NamesBothCounts) {
  EXPECT_EQ(message_of<ValueError>([] {
              check_same_rows(at::zeros({3, 1}), "x", at::zeros({4, 1}), "y");
            }),
            "x has 3 rows, y has 4: each row must be one sample of both");
  EXPECT_EQ(message_of<ValueError>([] { check_rows(1, 2, "hsic"); }),
            "hsic needs at least 2 rows, got 1");
}

TEST(CheckMemory, RefusesBeforeItIsTaken) {
  check_memory(1000, 8, "");
  EXPECT_THAT(
      message_of<ValueError>([] { check_memory(10'000'000, 8, "take fewer rows"); }),
      testing::AllOf(HasSubstr("10,000,000 rows need 800000.0 GB"), HasSubstr("take fewer rows")));
}

}  // namespace
}  // namespace glow
