#include "glow/information/symbols.h"

#include <cmath>
#include <set>

#include "tests/information/support.h"

namespace glow {
namespace {

using testing::ElementsAre;

TEST(NumberSymbols, CountsEqualKeys) {
  const Symbols symbols = number_symbols({7, 3, 7, 7, 0, 3});
  EXPECT_THAT(symbols.of_row, ElementsAre(0, 1, 0, 0, 2, 1));
  EXPECT_THAT(symbols.counts, ElementsAre(3, 2, 1));
  EXPECT_EQ(symbols.rows(), 6);
  EXPECT_EQ(symbols.kinds(), 3);
  EXPECT_EQ(number_symbols({}).kinds(), 0);
}

TEST(NumberSymbols, KeepsKeysApartThatShareASlot) {
  std::vector<uint64_t> keys;
  for (uint64_t k = 0; k < 1000; ++k) keys.push_back(k << 40);
  EXPECT_EQ(number_symbols(keys).kinds(), 1000);
}

// Codes that differ by powers of two are where a plain multilinear hash loses bits.
TEST(RowHash, KeepsDifferentRowsApart) {
  std::vector<uint32_t> codes;
  int64_t rows = 0;
  for (uint32_t a = 0; a < 256; ++a) {
    for (uint32_t b = 0; b < 256; ++b, ++rows) codes.insert(codes.end(), {a << 24, b << 16, 5});
  }
  std::vector<uint64_t> keys(static_cast<size_t>(rows));
  RowHash(3)(codes.data(), rows, keys.data());
  EXPECT_EQ(number_symbols(keys).kinds(), 65536);
  // The low bits choose a slot: they must be as good as the others.
  std::set<uint64_t> low;
  for (const uint64_t key : keys) low.insert(key & 0xffff);
  EXPECT_NEAR(static_cast<double>(low.size()), 65536 * (1 - std::exp(-1)), 600);
}

TEST(RowHash, DependsOnTheOrderOfColumnsAndOnEveryColumn) {
  for (const size_t columns : {2U, 15U, 16U, 17U, 100U}) {
    std::vector<uint32_t> rows(columns * (columns + 1), 1);
    for (size_t j = 0; j < columns; ++j) rows[(j + 1) * columns + j] = 2;
    std::vector<uint64_t> keys(columns + 1);
    RowHash(static_cast<int64_t>(columns))(rows.data(), static_cast<int64_t>(columns + 1),
                                           keys.data());
    EXPECT_EQ(number_symbols(keys).kinds(), static_cast<int64_t>(columns + 1));
  }
}

TEST(ValueSymbols, CompareExactly) {
  const double next = std::nextafter(0.1, 1);
  const Tensor x = at::tensor({0.1, 0.0, next, -0.0, 0.1}).unsqueeze(1);
  EXPECT_THAT(value_symbols(x, "x").of_row, ElementsAre(0, 1, 2, 1, 0));
  const Tensor rows = at::tensor({1, 2, 2, 1, 1, 2}, at::kLong).view({3, 2});
  EXPECT_THAT(value_symbols(rows, "x").of_row, ElementsAre(0, 1, 0));
  EXPECT_THAT(value_symbols(rows.to(at::kFloat), "x").of_row, ElementsAre(0, 1, 0));
  const int64_t large = (int64_t{1} << 53) + 1;  // a double cannot tell it from 2^53
  EXPECT_EQ(value_symbols(at::tensor({large, large - 1}, at::kLong).unsqueeze(1), "x").kinds(), 2);
  EXPECT_EQ(message_of<ValueError>([] {
              value_symbols(at::full({1, 1}, NAN), "y");
            }),
            "y contains 1 non-finite value, first at row 0, column 0");
}

TEST(ClassSymbols, NumberTheClassesThatAreThere) {
  const Symbols symbols = class_symbols(at::tensor({4, 0, 4}, at::kLong), 5);
  EXPECT_THAT(symbols.of_row, ElementsAre(0, 1, 0));
  EXPECT_THAT(symbols.counts, ElementsAre(2, 1));
}

TEST(JointSymbols, ArePairs) {
  const Symbols joint =
      joint_symbols(number_symbols({1, 1, 2, 2, 1}), number_symbols({5, 6, 5, 5, 5}));
  EXPECT_THAT(joint.of_row, ElementsAre(0, 1, 2, 2, 0));
  EXPECT_THAT(joint.counts, ElementsAre(2, 1, 2));
}

}  // namespace
}  // namespace glow
