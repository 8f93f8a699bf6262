#include "glow/report/labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace glow::report {
namespace {

using testing::ElementsAre;

const Box kBounds{0, 0, 200, 120};

std::vector<Box> placed(const std::vector<Point>& anchors, double width,
                        const std::vector<Point>& ink = {}) {
  std::vector<std::vector<Candidate>> labels;
  for (const auto& one : anchors) labels.push_back(around(one, {}, width, 7, kBounds));
  std::vector<Box> out;
  const auto chosen = place_labels(labels, ink, kBounds).chosen;
  for (size_t i = 0; i < chosen.size(); ++i) {
    if (chosen[i]) out.push_back(labels[i][*chosen[i]].box);
  }
  return out;
}

void expect_apart(const std::vector<Box>& boxes) {
  for (size_t i = 0; i < boxes.size(); ++i) {
    EXPECT_TRUE(kBounds.holds(boxes[i]));
    for (size_t k = 0; k < i; ++k) {
      EXPECT_FALSE(boxes[i].overlaps(boxes[k])) << i << " and " << k;
    }
  }
}

TEST(PlaceLabels, ManyAtTheSamePointDoNotTouch) {
  const std::vector<Point> anchors(20, {190, 10});
  const auto boxes = placed(anchors, 30);
  EXPECT_EQ(boxes.size(), 20u);
  expect_apart(boxes);
}

TEST(PlaceLabels, ScatteredOnesDoNotTouch) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> x(0, 200), y(0, 120);
  for (int trial = 0; trial < 20; ++trial) {
    std::vector<Point> anchors;
    for (int i = 0; i < 15; ++i) anchors.push_back({x(random), y(random)});
    const auto boxes = placed(anchors, 40);
    EXPECT_EQ(boxes.size(), 15u);
    expect_apart(boxes);
  }
}

TEST(PlaceLabels, ALoneOneStandsRightOfItsPoint) {
  const auto boxes = placed({{100, 60}}, 30);
  ASSERT_EQ(boxes.size(), 1u);
  EXPECT_GT(boxes[0].x, 100);
  EXPECT_LT(boxes[0].x, 110);
}

TEST(PlaceLabels, GivesWayToCurves) {
  const auto curve = sampled({{100, 60}, {200, 60}}, 1);
  const auto boxes = placed({{100, 60}}, 30, curve);
  ASSERT_EQ(boxes.size(), 1u);
  for (const auto& point : curve) {
    EXPECT_FALSE(boxes[0].overlaps({point.x, point.y, 0.01, 0.01})) << point.x;
  }
}

TEST(PlaceLabels, WhatFindsNoPlaceIsLeftOut) {
  // Bounds of 200 × 120 hold no more than 17 rows of one label each.
  const std::vector<Point> anchors(40, {100, 60});
  const auto boxes = placed(anchors, 150);
  EXPECT_LE(boxes.size(), 17u);
  expect_apart(boxes);
  EXPECT_TRUE(placed({{100, 60}}, 300).empty());
}

TEST(Around, BesideItsPointStandsNoNameThatCouldMeanAnother) {
  const Point anchor{100, 60}, other{108, 60};
  int beside = 0;
  for (const auto& place : around(anchor, {other}, 30, 7, kBounds)) {
    if (place.led) continue;
    ++beside;
    EXPECT_LT(place.box.right(), other.x);
  }
  EXPECT_GT(beside, 0);
  for (const auto& place : around(anchor, {anchor}, 30, 7, kBounds)) EXPECT_TRUE(place.led);
}

TEST(Around, ALeaderLineThatRunsOverAnotherMarkCostsMore) {
  const auto cost_right = [](const std::vector<Point>& others) {
    for (const auto& place : around({60, 60}, others, 30, 7, kBounds)) {
      if (place.led && place.box.x > 80 && std::abs(place.box.y - 56.5) < 1e-9) return place.cost;
    }
    return 0.0;
  };
  EXPECT_GT(cost_right({{70, 60}}), cost_right({}));
}

TEST(Leader, JoinsWhatStandsApart) {
  EXPECT_TRUE(leader({{104, 57, 30, 7}, {100, 60}, 0, false}).empty());
  const auto line = leader({{140, 80, 30, 7}, {100, 60}, 0, true});
  ASSERT_EQ(line.size(), 2u);
  EXPECT_DOUBLE_EQ(line[1].x, 140);
  EXPECT_DOUBLE_EQ(line[1].y, 80);
  EXPECT_GT(line[0].x, 100);  // outside the mark
}

TEST(Spread, KeepsOrderAndDistance) {
  EXPECT_THAT(spread({10, 50, 30}, 8, 0, 100), ElementsAre(10, 50, 30));
  const auto heights = spread({50, 50, 51}, 10, 0, 100);
  EXPECT_NEAR(heights[1] - heights[0], 10, 1e-9);
  EXPECT_NEAR(heights[2] - heights[1], 10, 1e-9);
  EXPECT_NEAR((heights[0] + heights[1] + heights[2]) / 3, (50 + 50 + 51) / 3.0, 1e-9);
}

TEST(Spread, StaysWithinItsLimits) {
  const auto heights = spread({99, 99, 100, 100}, 10, 0, 100);
  EXPECT_THAT(heights, ElementsAre(70, 80, 90, 100));
  EXPECT_THAT(spread({0, 1}, 10, 0, 100), ElementsAre(0, 10));
  // More than fit: from the top on, still apart.
  const auto many = spread(std::vector<double>(20, 50), 10, 0, 100);
  for (size_t i = 1; i < many.size(); ++i) EXPECT_NEAR(many[i] - many[i - 1], 10, 1e-9);
  EXPECT_TRUE(spread({}, 10, 0, 100).empty());
}

TEST(Sampled, LeavesNoGapWiderThanAsked) {
  const auto points = sampled({{0, 0}, {10, 0}, {10, 3}}, 1);
  for (size_t i = 1; i < points.size(); ++i) {
    EXPECT_LE(std::hypot(points[i].x - points[i - 1].x, points[i].y - points[i - 1].y), 1 + 1e-9);
  }
  EXPECT_EQ(points.back().y, 3);
}

}  // namespace
}  // namespace glow::report
