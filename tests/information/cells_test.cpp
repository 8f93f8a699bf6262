#include "glow/information/cells.h"

#include <cmath>
#include <limits>

#include "tests/information/support.h"

namespace glow {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<int32_t> cells(const Ruler& ruler, const Tensor& values) {
  return ruler.symbols(values.dim() == 1 ? values.unsqueeze(1) : values, "t").of_row;
}
Tensor column(const std::vector<double>& values) { return at::tensor(values, at::kDouble); }

// By the vectors of every processor: the cells must be the same everywhere.
class RulerByVectorsOf : public testing::TestWithParam<int> {};

TEST_P(RulerByVectorsOf, PutsValuesOnAndBesideEdgesWhereNumPyDoes) {
  const VectorLimit limit(GetParam());
  for (const auto& item : vectors()["cells"]) {
    const auto type = item["dtype"] == "float32" ? at::kFloat : at::kDouble;
    const Tensor values = column(item["values"]).to(type);
    const ColumnRange range{{item["low"]}, {item["high"]}};
    const int64_t count = item["count"];
    EXPECT_EQ(cells(Ruler::equal(range, count), values), item["bins"].get<std::vector<int32_t>>());
    EXPECT_EQ(cells(Ruler::edges(range, count), values), item["edges"].get<std::vector<int32_t>>());
    EXPECT_EQ(cells(Ruler::width(0.07), values), item["width"].get<std::vector<int32_t>>());
    int64_t outside = 0;
    Ruler::equal(range, count).symbols(values.unsqueeze(1), "t", &outside);
    EXPECT_EQ(outside, item["outside"]);
  }
}

// float32 is settled by float32 arithmetic where that can be sure, float64 never is. A piece is
// settled as a whole, so each value near an edge comes alone among values that are far from any.
TEST_P(RulerByVectorsOf, SettlesFloat32AsItsFloat64Would) {
  const VectorLimit limit(GetParam());
  const std::vector<std::pair<double, double>> ranges = {{-1, 1},      {0, 1},       {0.1, 0.7},
                                                         {-0.3, 1e-3}, {1000, 1001}, {1e30, 3e30}};
  for (const auto& [low, high] : ranges) {
    for (const int64_t count : {1, 3, 30, 100, 4096}) {
      const Tensor cell = at::randint(0, count, {255}, make_generator(1, "cell"), at::kDouble);
      const Tensor middles = ((cell + 0.5) / count * (high - low) + low).to(at::kFloat);
      const Tensor edges =
          (at::linspace(0, 1, count + 1, at::kDouble) * (high - low) + low).to(at::kFloat);
      const Tensor near = at::cat({edges, at::nextafter(edges, edges + (high - low)),
                                   at::nextafter(edges, edges - (high - low))});
      for (const Ruler& ruler :
           {Ruler::equal({{low}, {high}}, count), Ruler::edges({{low}, {high}}, count + 1)}) {
        for (int64_t i = 0; i < near.numel(); i += 1 + near.numel() / 300) {
          const Tensor values = at::cat({middles, near.slice(0, i, i + 1)});
          EXPECT_EQ(cells(ruler, values), cells(ruler, values.to(at::kDouble)))
              << low << " " << high << " " << count << " " << i;
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Bytes, RulerByVectorsOf, testing::Values(16, 32, 64));

// One ruler for all columns and the same ruler for each: two loops that must agree.
TEST(Ruler, TreatsAColumnOfItsOwnAsOneOfMany) {
  for (const auto& item : vectors()["cells"]) {
    const Tensor values = column(item["values"]);
    const ColumnRange range{{item["low"]}, {item["high"]}};
    const ColumnRange twice{{item["low"], item["low"]}, {item["high"], item["high"]}};
    const Tensor t = at::stack({values, at::zeros_like(values)}, 1);
    EXPECT_EQ(cells(Ruler::equal(twice, item["count"]), t),
              item["bins"].get<std::vector<int32_t>>());
    EXPECT_EQ(cells(Ruler::edges(twice, item["count"]), t),
              item["edges"].get<std::vector<int32_t>>());
    EXPECT_EQ(cells(Ruler::equal(range, item["count"]), t),
              item["bins"].get<std::vector<int32_t>>());
  }
}

TEST(Ruler, CutsEachColumnByItsOwnRange) {
  const Tensor t = at::tensor({0.1, 10., 0.9, 90., 0.2, 20.}, at::kDouble).view({3, 2});
  EXPECT_THAT(cells(Ruler::equal({{0, 0}, {1, 100}}, 2), t), ElementsAre(0, 1, 0));
  EXPECT_THAT(cells(Ruler::equal({{0}, {1}}, 2), t), ElementsAre(0, 1, 0));
  EXPECT_THAT(cells(Ruler::equal({{0, 0}, {1, 1000}}, 2), t), ElementsAre(0, 1, 0));
  EXPECT_THAT(message_of<ValueError>([&] {
                cells(Ruler::equal({{0, 0, 0}, {1, 1, 1}}, 2), t);
              }),
              HasSubstr("t has 2 columns, its ranges were taken from 3"));
}

TEST(Ruler, QuantisesToTheNearestLevel) {
  // Two bits over [0, 3]: levels 0, 1, 2, 3.
  const Tensor t = column({0, 0.49, 0.51, 1.2, 1.6, 2.4, 2.6, 3, -7, 8});
  EXPECT_THAT(cells(Ruler::levels({{0}, {3}}, 2), t), ElementsAre(0, 0, 1, 1, 2, 2, 3, 3, 0, 3));
  // One to one on the levels of a quantiser.
  const Tensor levels = at::linspace(-0.3, 2.9, 256, at::kFloat);
  EXPECT_EQ(Ruler::levels({{-0.3F}, {2.9F}}, 8).symbols(levels.unsqueeze(1), "t").kinds(), 256);
}

TEST(Ruler, CountsWhatLiesOutside) {
  int64_t outside = -1;
  const Tensor t = column({-1.5, -1, 0, 1, std::nextafter(1, 2), 9}).unsqueeze(1);
  const Symbols symbols = Ruler::equal({{-1}, {1}}, 2).symbols(t, "t", &outside);
  EXPECT_EQ(outside, 3);
  EXPECT_THAT(symbols.of_row, ElementsAre(0, 0, 1, 1, 1, 1));
  Ruler::edges({{-1}, {1}}, 3).symbols(t, "t", &outside);
  EXPECT_EQ(outside, 3);
  EXPECT_THAT(cells(Ruler::edges({{-1}, {1}}, 3), t), ElementsAre(0, 0, 1, 2, 2, 2));
}

TEST(Ruler, OfOnePointHasOneCellAndOneBelow) {
  const Ruler ruler = Ruler::equal({{2}, {2}}, 30);
  EXPECT_THAT(cells(ruler, column({2, 2, 2})), ElementsAre(0, 0, 0));
  EXPECT_THAT(cells(ruler, column({1, 2, 3, -9})), ElementsAre(0, 1, 1, 0));
  EXPECT_THAT(cells(Ruler::levels({{2}, {2}}, 8), column({2, 2})), ElementsAre(0, 0));
}

TEST(Ruler, OfAWidthGoesBothWaysFromZero) {
  EXPECT_THAT(cells(Ruler::width(0.5), column({-0.1, -0.5, -0.6, 0, 0.4, 0.5})),
              ElementsAre(0, 0, 1, 2, 2, 3));
  EXPECT_THAT(message_of<ValueError>([] {
                cells(Ruler::width(1e-9), column({0, 5}));
              }),
              HasSubstr("t has values too large to number"));
}

TEST(Ruler, RefusesWhatIsNotFinite) {
  for (const double bad : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
    for (const Ruler& ruler : {Ruler::equal({{-1}, {1}}, 30), Ruler::width(0.1), Ruler::at({{0.0}}),
                               Ruler::equal({{-1, -1, -1}, {1, 1, 1}}, 30)}) {
      Tensor t = at::zeros({50, 3});
      t[41][2] = bad;
      EXPECT_EQ(message_of<ValueError>([&] { ruler.symbols(t, "dense_1"); }),
                "dense_1 contains 1 non-finite value, first at row 41, column 2");
    }
  }
}

TEST(Ruler, RefusesNumbersWithoutAMeaning) {
  const ColumnRange range{{0}, {1}};
  EXPECT_THROW(Ruler::equal(range, 0), ValueError);
  EXPECT_THROW(Ruler::equal(range, Ruler::kMostCells + 1), ValueError);
  EXPECT_THROW(Ruler::edges(range, 1), ValueError);
  EXPECT_THROW(Ruler::levels(range, 0), ValueError);
  EXPECT_THROW(Ruler::width(0), ValueError);
  EXPECT_THROW(Ruler::width(std::nan("")), ValueError);
  EXPECT_THROW(Ruler::equal({{1}, {0}}, 3), ValueError);
  EXPECT_THROW(Ruler::equal({{0}, {HUGE_VAL}}, 3), ValueError);
}

TEST(Ruler, IsTheSameAtAnyNumberOfThreads) {
  const Tensor t = at::tanh(normal({5000, 700}, "t")).to(at::kFloat);  // more than one grain
  const auto run = [&](int threads) {
    const Threads scope(threads);
    return Ruler::equal({{-1}, {1}}, 2).symbols(t, "t").of_row;
  };
  EXPECT_EQ(run(1), run(2));
}

TEST(EqualMassEdges, ShareTheValues) {
  std::vector<double> values{9, 1, 5, 3, 7, 2, 8, 4, 6, 0};
  EXPECT_THAT(equal_mass_edges(values, 5), ElementsAre(2, 4, 6, 8));
  EXPECT_THAT(equal_mass_edges(values, 3), ElementsAre(4, 7));  // 4 + 3 + 3
  EXPECT_THAT(equal_mass_edges(values, 1), testing::IsEmpty());
  std::vector<double> few{1, 2};
  EXPECT_EQ(equal_mass_edges(few, 10).back(), 2);
  EXPECT_THAT(cells(Ruler::at({{2, 4, 6, 8}}), column({0, 1, 2, 3, 4, 9})),
              ElementsAre(0, 0, 1, 1, 2, 3));
}

}  // namespace
}  // namespace glow
