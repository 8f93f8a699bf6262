#include "glow/report/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/report/sample.h"

namespace glow::report {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Complexities of one layer after 0, 44 and 100 epochs, a list a network.
PlaneData plane(const std::vector<std::vector<double>>& networks,
                const std::string& evaluator = "binned(edges=30)", Unit unit = Unit::bits) {
  std::vector<PlaneRow> rows;
  for (size_t network = 0; network < networks.size(); ++network) {
    const int64_t epochs[] = {0, 44, 100};
    for (size_t i = 0; i < networks[network].size(); ++i) {
      PlaneRow row;
      row.network = static_cast<int64_t>(network) + 1;
      row.epoch = row.step = epochs[i];
      row.on = "all";
      row.mode = "eval";
      row.evaluator = evaluator;
      row.name = "dense_5";
      row.complexity = networks[network][i];
      row.generalization = 0.5;
      row.unit = unit;
      row.n = 4096;
      rows.push_back(row);
    }
  }
  PlaneData out;
  if (!rows.empty()) out.trajectories = trajectories(rows).at(0);
  out.complexity_label = unit == Unit::none ? "HSIC(T,X)" : "I(X;T)";
  out.generalization_label = unit == Unit::none ? "HSIC(T,Y)" : "I(T;Y)";
  return out;
}

TEST(Verdict, SaysHowFarTheLayerFell) {
  // Falls 4 and 5: mean 4.5, standard error 0.5.
  EXPECT_EQ(verdict(plane({{2, 8, 4}, {2, 9, 4}})),
            "dense_5 compressed by 4.5 ± 0.5 bits after epoch 44 (binned, 29 cells; mean of 2 "
            "networks; n = 4096).");
}

TEST(Verdict, OfOneNetworkHasNoError) {
  EXPECT_EQ(verdict(plane({{2, 8, 4}})),
            "dense_5 compressed by 4.00 bits after epoch 44 (binned, 29 cells; one network; n = "
            "4096).");
}

TEST(Verdict, DoesNotCallNoiseCompression) {
  // Falls 2, −1 and −1.5 around the same largest mean: within two standard errors.
  EXPECT_EQ(verdict(plane({{2, 8, 6}, {2, 5, 6}, {2, 5.5, 6}})),
            "No layer compressed; dense_5 gained most, 4.00 bits (binned, 29 cells; mean of 3 "
            "networks; n = 4096).");
  EXPECT_THAT(verdict(plane({{2, 8.00, 7.95}})), HasSubstr("No layer compressed"));
  // One example of 4096 moved, in both networks.
  EXPECT_THAT(verdict(plane({{2, 8, 7.9995}, {2, 8, 7.9995}})), HasSubstr("No layer compressed"));
}

TEST(Verdict, NamesTheDeepestFallFirst) {
  const auto run = szt_run(true);
  EXPECT_THAT(verdict(run.planes.at(0)),
              testing::AllOf(testing::StartsWith("dense_5 compressed by 4."),
                             HasSubstr("dense_6 by 2."), HasSubstr("other layer")));
}

TEST(Verdict, OfHsicSaysHowMuchIsItsNull) {
  auto data = plane({{0.02, 0.022, 0.021}}, "hsic(kernel=gaussian, sigma=5)", Unit::none);
  for (auto& point : data.trajectories.layers.at(0).mean) point.complexity_null = 0.0189;
  EXPECT_EQ(verdict(data),
            "90 % of the last HSIC(T,X) is its mean under permutation (hsic(kernel=gaussian, "
            "sigma=5); one network; n = 4096).");
  EXPECT_THAT(
      verdict(hsic_run().planes.at(0)),
      testing::AllOf(HasSubstr("% (dense_2) to "), HasSubstr("% (conv2d_1) of the last HSIC(T,X)"),
                     Not(HasSubstr("bits")), Not(HasSubstr("compressed"))));
}

TEST(Verdict, WithoutAUnitNothingIsCalledCompression) {
  EXPECT_EQ(verdict(plane({{2, 8, 4}, {2, 9, 4}}, "cka(kernel=linear)", Unit::none)),
            "HSIC(T,X) of dense_5 fell by 4.5 ± 0.5 after epoch 44 (cka(kernel=linear); mean of 2 "
            "networks; n = 4096).");
}

TEST(Verdict, WithoutComplexitySaysWhichLayerKnowsMost) {
  auto data = plane({{kUnknown, kUnknown}}, "ksg(k=3)", Unit::nats);
  EXPECT_EQ(finding(data),
            "dense_5 knows most of the label at the end: I(T;Y) = 0.500 nats; I(X;T) is not known");
  auto& layers = data.trajectories.layers;
  layers.push_back(layers[0]);
  layers[1].name = "dense_6";
  layers[0].mean.back().generalization_error = 0.02;
  layers[1].mean.back().generalization_error = 0.03;
  layers[1].mean.back().generalization = 0.57;
  EXPECT_EQ(
      finding(data),
      "dense_6 knows most of the label at the end: I(T;Y) = 0.57 ± 0.03 nats, 1 other layer as "
      "much within the errors; I(X;T) is not known");
  layers[1].mean.back().generalization = 0.58;
  EXPECT_THAT(finding(data), Not(HasSubstr("other layer")));
}

TEST(Verdict, OfWhatIsNotThereSaysSo) {
  EXPECT_EQ(verdict(PlaneData{}), "Nothing is measured yet.");
  auto data = plane({{kUnknown, kUnknown}}, "ksg(k=3)", Unit::nats);
  for (auto& point : data.trajectories.layers[0].mean) point.generalization = kUnknown;
  EXPECT_THAT(verdict(data), testing::StartsWith("I(X;T) is not known (ksg(k=3)"));
  EXPECT_THAT(verdict(plane({{2}})), HasSubstr("One snapshot, at epoch 0"));
}

TEST(Verdict, SaysWhenMoreIsKnownThanThereIs) {
  auto data = plane({{kUnknown, kUnknown}}, "gaussian", Unit::nats);
  data.generalization_limits = {{"I(X;Y) = 0.4 nats", 0.4}};
  EXPECT_THAT(finding(data), HasSubstr("(more than I(X;Y) = 0.4 nats, as no information is)"));
  data.generalization_limits[0].value = 0.6;
  EXPECT_THAT(finding(data), Not(HasSubstr("more than")));
}

}  // namespace
}  // namespace glow::report
