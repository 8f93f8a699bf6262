#include "glow/dynamics/trajectory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace glow {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

PlaneRow probe(int64_t network, int64_t epoch, double complexity, double generalization = 0.5) {
  PlaneRow row;
  row.network = network;
  row.epoch = epoch;
  row.step = 7 * epoch;
  row.on = "test";
  row.mode = "eval";
  row.evaluator = "binned(edges=30)";
  row.name = "dense_1";
  row.complexity = complexity;
  row.generalization = generalization;
  row.unit = Unit::bits;
  row.n = 4096;
  return row;
}

PlaneRow batch(int64_t step, int64_t steps_an_epoch, double complexity) {
  PlaneRow row = probe(1, step / steps_an_epoch + 1, complexity);
  row.step = step;
  row.on = "batch";
  row.mode = "train";
  return row;
}

std::vector<double> epochs(const std::vector<TrajectoryPoint>& points) {
  std::vector<double> out;
  for (const auto& point : points) out.push_back(point.epoch);
  return out;
}

TEST(Trajectories, MeanAndStandardErrorOverNetworks) {
  const auto planes = trajectories({probe(1, 0, 1, 0.1), probe(2, 0, 2, 0.3), probe(4, 0, 6, 0.2),
                                    probe(1, 1, 5), probe(2, 1, 5), probe(4, 1, 5)});

  ASSERT_EQ(planes.size(), 1u);
  EXPECT_EQ(planes[0].evaluator, "binned(edges=30)");
  EXPECT_EQ(planes[0].on, "test");
  EXPECT_EQ(planes[0].unit, Unit::bits);
  EXPECT_EQ(planes[0].n, 4096);
  EXPECT_THAT(planes[0].networks, ElementsAre(1, 2, 4));
  const Trajectory& layer = planes[0].layers.at(0);
  ASSERT_EQ(layer.mean.size(), 2u);
  EXPECT_DOUBLE_EQ(layer.mean[0].complexity, 3);
  // Deviations −2, −1, 3: variance 7, standard error √(7/3).
  EXPECT_DOUBLE_EQ(layer.mean[0].complexity_error, std::sqrt(7.0 / 3));
  EXPECT_DOUBLE_EQ(layer.mean[0].generalization, 0.2);
  EXPECT_DOUBLE_EQ(layer.mean[1].complexity_error, 0);
  ASSERT_EQ(layer.networks.size(), 3u);
  EXPECT_EQ(layer.networks[2][0].complexity, 6);
}

TEST(Trajectories, OneNetworkKeepsTheEstimatorsOwnError) {
  PlaneRow row = probe(1, 0, 1);
  row.complexity_error = 0.25;
  row.complexity_null = 0.75;
  const auto planes = trajectories({row});
  EXPECT_EQ(planes.at(0).layers.at(0).mean.at(0).complexity_error, 0.25);
  EXPECT_EQ(planes.at(0).layers.at(0).mean.at(0).complexity_null, 0.75);
  EXPECT_TRUE(std::isnan(planes[0].layers[0].mean[0].generalization_error));
}

TEST(Trajectories, GroupsByEvaluatorAndPlaceInOrderOfAppearance) {
  auto other = probe(1, 0, 1);
  other.evaluator = "hsic(kernel=gaussian, sigma=5)";
  auto place = probe(1, 0, 1);
  place.on = "train";
  auto deeper = probe(1, 0, 4);
  deeper.layer = 2;
  deeper.name = "dense_2";
  const auto planes = trajectories({probe(1, 0, 1), other, deeper, place, probe(1, 1, 2)});
  ASSERT_EQ(planes.size(), 3u);
  EXPECT_EQ(planes[0].layers.size(), 2u);
  EXPECT_EQ(planes[0].layers[0].mean.size(), 2u);
  EXPECT_EQ(planes[0].layers[1].name, "dense_2");
  EXPECT_EQ(planes[1].evaluator, other.evaluator);
  EXPECT_EQ(planes[2].on, "train");
}

TEST(Trajectories, StepsThatSomeNetworkLacksAreLeftOutUnlessItIsStillRunning) {
  const auto planes =
      trajectories({probe(1, 0, 1), probe(1, 1, 1), probe(1, 2, 1), probe(1, 3, 1), probe(1, 4, 8),
                    probe(2, 0, 3), probe(2, 1, 3), probe(2, 3, 3)});
  const auto& mean = planes.at(0).layers.at(0).mean;
  // Epoch 2 is missing in network 2 for good, epoch 4 is not there yet.
  EXPECT_THAT(epochs(mean), ElementsAre(0, 1, 3, 4));
  EXPECT_DOUBLE_EQ(mean[2].complexity, 2);
  EXPECT_DOUBLE_EQ(mean[3].complexity, 8);
  EXPECT_TRUE(std::isnan(mean[3].complexity_error));
}

TEST(Trajectories, EpochsOfBatchesAreFractional) {
  std::vector<PlaneRow> rows;
  for (int64_t step = 0; step < 12; ++step) rows.push_back(batch(step, 4, 1));
  const auto planes = trajectories(rows);
  const auto& mean = planes.at(0).layers.at(0).mean;
  EXPECT_EQ(mean[0].epoch, 0);
  EXPECT_EQ(mean[1].epoch, 0.25);
  EXPECT_EQ(mean[11].epoch, 2.75);
}

TEST(Trajectories, EpochsOfProbesAreThoseCompleted) {
  EXPECT_THAT(epochs(trajectories({probe(1, 0, 1), probe(1, 3, 1), probe(1, 8000, 1)})
                         .at(0)
                         .layers.at(0)
                         .mean),
              ElementsAre(0, 3, 8000));
  // Several probes an epoch: they stand between whole ones.
  std::vector<PlaneRow> rows;
  for (int64_t step = 0; step <= 8; step += 2) {
    rows.push_back(probe(1, step / 4, 1));
    rows.back().step = step;
  }
  EXPECT_THAT(epochs(trajectories(rows).at(0).layers.at(0).mean), ElementsAre(0, 0.5, 1, 1.5, 2));
  // Steps that fit no number of steps an epoch are not believed.
  for (size_t i = 1; i < rows.size(); ++i) rows[i].step = 49 + static_cast<int64_t>(i);
  EXPECT_THAT(epochs(trajectories(rows).at(0).layers.at(0).mean), ElementsAre(0, 0, 1, 1, 2));
}

TEST(Trajectories, ManyPointsAreAveragedInWindowsThatKeepFirstAndLast) {
  std::vector<PlaneRow> rows;
  for (int64_t step = 0; step < 5000; ++step) {
    rows.push_back(batch(step, 1000,
                         step == 0      ? -7
                         : step == 4999 ? 99
                                        : 0.001 * static_cast<double>(step)));
    rows.back().complexity_error = 0.3;
  }
  const auto planes = trajectories(rows, 100);
  const auto& mean = planes.at(0).layers.at(0).mean;
  EXPECT_LE(mean.size(), 100u);
  EXPECT_GE(mean.size(), 95u);
  EXPECT_EQ(mean.front().complexity, -7);
  EXPECT_EQ(mean.back().complexity, 99);
  EXPECT_EQ(mean.front().complexity_error, 0.3);
  for (size_t i = 1; i + 1 < mean.size(); ++i) {
    // The window's mean on a straight line is the line at its middle.
    EXPECT_THAT(mean[i].complexity, DoubleNear(mean[i].epoch, 1e-9));
    EXPECT_LT(mean[i - 1].epoch, mean[i].epoch);
    EXPECT_THAT(mean[i].complexity_error, DoubleNear(0.3 / std::sqrt(51), 0.01));
  }
}

TEST(Trajectories, WindowsOverManyEpochsAreNarrowAtTheStart) {
  std::vector<PlaneRow> rows;
  for (int64_t epoch = 0; epoch <= 10000; ++epoch) rows.push_back(probe(1, epoch, 1));
  const auto planes = trajectories(rows, 200);
  const auto& mean = planes.at(0).layers.at(0).mean;
  EXPECT_LE(mean.size(), 200u);
  int64_t below_hundred = 0;
  for (const auto& point : mean) below_hundred += point.epoch < 100;
  EXPECT_GT(below_hundred, 30);
  EXPECT_EQ(mean.back().epoch, 10000);
}

TEST(Trajectories, WindowsOfSeveralNetworksHaveTheErrorOverNetworks) {
  std::vector<PlaneRow> rows;
  for (int64_t network = 1; network <= 2; ++network) {
    for (int64_t step = 0; step < 1000; ++step) {
      rows.push_back(batch(step, 100, network == 1 ? 1 : 3));
      rows.back().network = network;
    }
  }
  const auto planes = trajectories(rows, 50);
  for (const auto& point : planes.at(0).layers.at(0).mean) {
    EXPECT_DOUBLE_EQ(point.complexity, 2);
    EXPECT_DOUBLE_EQ(point.complexity_error, 1);  // ±1: deviation √2, over √2
  }
}

TEST(Trajectories, UnknownCoordinatesAreSkipped) {
  const auto planes =
      trajectories({probe(1, 0, kUnknown), probe(2, 0, 4), probe(1, 1, kUnknown, kUnknown),
                    probe(2, 1, 4), probe(1, 2, 5), probe(2, 2, 4)});
  const auto& mean = planes.at(0).layers.at(0).mean;
  EXPECT_THAT(epochs(mean), ElementsAre(0, 2));  // network 1 has nothing at epoch 1
  EXPECT_EQ(mean[0].complexity, 4);
  EXPECT_TRUE(trajectories({}).empty());
  EXPECT_TRUE(trajectories({probe(1, 0, kUnknown, kUnknown)}).empty());
}

TEST(Trajectories, OfAStepMeasuredTwiceTheLaterRowCounts) {
  const auto planes = trajectories({probe(1, 1, 5), probe(1, 0, 1), probe(1, 1, 6)});
  const auto& mean = planes.at(0).layers.at(0).mean;
  ASSERT_EQ(mean.size(), 2u);
  EXPECT_EQ(mean[0].complexity, 1);
  EXPECT_EQ(mean[1].complexity, 6);
}

TEST(TurningPoint, IsTheLargestMeanComplexity) {
  const auto planes = trajectories({probe(1, 0, 1), probe(1, 5, 8), probe(1, 9, 3),  //
                                    probe(2, 0, 2), probe(2, 5, 7), probe(2, 9, 5)});
  const Turning marks = turning(planes.at(0).layers.at(0));
  EXPECT_EQ(marks.first, 0u);
  EXPECT_EQ(marks.turn, 1u);
  EXPECT_EQ(marks.last, 2u);
  EXPECT_DOUBLE_EQ(marks.fall, 3.5);
  // Falls 5 and 2: paired, so that what the networks differ by does not count.
  EXPECT_DOUBLE_EQ(marks.fall_error, 1.5);
}

TEST(TurningPoint, ErrorOfTheFallIsUnknownForOneNetwork) {
  const auto planes = trajectories({probe(1, 0, 1), probe(1, 5, 8), probe(1, 9, 3)});
  const Turning marks = turning(planes.at(0).layers.at(0));
  EXPECT_DOUBLE_EQ(marks.fall, 5);
  EXPECT_TRUE(std::isnan(marks.fall_error));
}

TEST(TurningPoint, IgnoresWhatIsNotKnown) {
  const auto planes = trajectories({probe(1, 0, kUnknown), probe(1, 1, 2), probe(1, 2, kUnknown),
                                    probe(1, 3, 1), probe(1, 4, kUnknown)});
  const Turning marks = turning(planes.at(0).layers.at(0));
  EXPECT_EQ(marks.first, 1u);
  EXPECT_EQ(marks.turn, 1u);
  EXPECT_EQ(marks.last, 3u);

  const auto none = trajectories({probe(1, 0, kUnknown), probe(1, 1, kUnknown)});
  const Turning unknown = turning(none.at(0).layers.at(0));
  EXPECT_TRUE(std::isnan(unknown.fall));
  EXPECT_EQ(unknown.turn, 0u);
  EXPECT_EQ(unknown.last + 1, none.at(0).layers.at(0).mean.size());
  EXPECT_TRUE(std::isnan(turning({}).fall));
}

}  // namespace
}  // namespace glow
