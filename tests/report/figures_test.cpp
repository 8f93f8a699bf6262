#include "glow/report/figures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "glow/core/error.h"
#include "glow/report/axes.h"
#include "glow/report/verdict.h"
#include "tests/report/sample.h"

namespace glow::report {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Where the letters of a text stand, as the eye sees them.
Box extent(const Text& text) {
  const TextStyle& style = text.style;
  const double width = text_width(text.text, style.size, style.bold), height = 0.74 * style.size;
  const double share = style.align == TextStyle::Align::left     ? 0
                       : style.align == TextStyle::Align::centre ? 0.5
                                                                 : 1;
  const auto& [x, y] = text.baseline;
  if (style.upwards) return {x - height, y - (1 - share) * width, height, width};
  return {x - share * width, y - height, width, height};
}

std::vector<Point> outline(const Line& line) { return line.points; }
std::vector<Point> outline(const Area& area) { return area.outline; }
std::vector<Point> outline(const Text& text) { return {text.baseline}; }
std::vector<Point> outline(const Circle& circle) {
  const auto& [x, y] = circle.centre;
  return {{x - circle.radius, y - circle.radius}, {x + circle.radius, y + circle.radius}};
}

void expect_readable(const Drawing& drawing, const std::string& what) {
  const Box page{0, 0, drawing.width, drawing.height};
  std::vector<Text> texts;
  for (const auto& shape : drawing.shapes) {
    if (const auto* text = std::get_if<Text>(&shape)) texts.push_back(*text);
    for (const auto& point : std::visit([](const auto& one) { return outline(one); }, shape)) {
      EXPECT_TRUE(page.holds({point.x, point.y, 0, 0})) << what << ": a shape leaves the page";
    }
  }
  EXPECT_GT(texts.size(), 10u) << what;
  for (size_t i = 0; i < texts.size(); ++i) {
    EXPECT_TRUE(page.holds(extent(texts[i]))) << what << ": clipped: " << texts[i].text;
    for (size_t k = 0; k < i; ++k) {
      EXPECT_FALSE(extent(texts[i]).overlaps(extent(texts[k])))
          << what << ": " << texts[i].text << " over " << texts[k].text;
    }
  }
}

/// A run of many layers that cross, with a value missing here and there.
RunData many_layers(int64_t count, const std::string& prefix, const std::vector<int64_t>& epochs) {
  std::vector<PlaneRow> rows;
  for (const int64_t epoch : epochs) {
    for (int64_t layer = 1; layer <= count; ++layer) {
      const double depth = static_cast<double>(layer) / static_cast<double>(count);
      const double t = rise(static_cast<double>(epoch), 30, 0.2);
      PlaneRow row{1,
                   epoch,
                   epoch,
                   "test",
                   "eval",
                   "ksg(k=3, noise=0.1)",
                   layer,
                   prefix + std::to_string(layer),
                   12 * (1 - 0.9 * depth) + 2 * t * depth,
                   1 - 0.9 * (1 - t) * depth,
                   0.1,
                   0.02,
                   kUnknown,
                   kUnknown,
                   Unit::nats,
                   1000};
      if (layer % 4 == 0) row.complexity = kUnknown;
      if (layer % 4 == 1 && epoch > 50 && epoch < 200) row.generalization = kUnknown;
      rows.push_back(row);
    }
  }
  RunData run;
  run.name = "many <layers>";
  for (auto& plane : trajectories(rows)) {
    run.planes.push_back({std::move(plane), "I(X;T)", "I(T;Y)", "", {}, {}});
  }
  return run;
}

class Figures : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "figures_" +
              testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string folder_;
};

TEST_F(Figures, AreWrittenForEachPlaneInThreeFormatsAndTwoWidths) {
  const auto paths = write_figures(szt_run(true), folder_);
  ASSERT_EQ(paths.size(), 1u);
  EXPECT_EQ(std::filesystem::path(paths[0]).filename(), "plane-binned-edges-30-all");
  for (const char* width : {"", "-column"}) {
    for (const char* ending : {".png", ".svg", ".pdf"}) {
      EXPECT_GT(read(paths[0] + width + ending).size(), 1000u) << width << ending;
    }
  }
}

TEST_F(Figures, SayInTextWhatTheyShow) {
  const auto paths = write_figures(szt_run(true), folder_);
  const std::string svg = read(paths[0] + ".svg");
  for (const char* text :
       {">dense_1<", ">dense_6 (2, output)<", ">I(X;T) [bits]<", ">I(T;Y) [bits]<", ">epoch<",
        ">H(X) = 12 bits<", ">10³<", ">szt-tanh<", "n = 4096"}) {
    EXPECT_THAT(svg, HasSubstr(text));
  }
  EXPECT_THAT(svg, Not(HasSubstr("mean under permutation")));
}

TEST_F(Figures, DrawTheNullWhereItIsKnown) {
  const auto paths = write_figures(hsic_run(), folder_);
  const std::string svg = read(paths[0] + ".svg");
  EXPECT_THAT(svg, HasSubstr(">mean under permutation<"));
  EXPECT_THAT(svg, HasSubstr(">HSIC(T,X)<"));
  EXPECT_THAT(svg, HasSubstr("stroke-dasharray=\"0.9 1.7\""));
  EXPECT_THAT(svg, HasSubstr(">conv2d_1 (16×28×28)<"));
}

TEST_F(Figures, WithoutComplexityAreCurvesAlone) {
  const auto paths = write_figures(without_complexity(szt_run(true)), folder_);
  for (const char* width : {"", "-column"}) {
    const std::string svg = read(paths.at(0) + width + ".svg");
    EXPECT_THAT(svg, HasSubstr(">I(T;Y) [bits]<"));
    EXPECT_THAT(svg, HasSubstr(">dense_6 (2, output)<"));
    EXPECT_THAT(svg, HasSubstr(">I(X;Y) = 0.999 bits<"));
    EXPECT_THAT(svg, Not(HasSubstr("I(X;T) [bits]")));
    EXPECT_THAT(svg, Not(HasSubstr(">start<")));
  }
}

TEST_F(Figures, NameTheEstimatorOnce) {
  RunData run = szt_run(true);
  run.planes[0].caption.clear();
  int named = 0;
  for (const auto& shape : plane_figure({{&run, &run.planes[0]}}, kPageWidth).shapes) {
    const auto* text = std::get_if<Text>(&shape);
    named += text && text->text.find("binned(edges=30)") != std::string::npos;
  }
  EXPECT_EQ(named, 1);
}

TEST_F(Figures, NoTextTouchesAnotherOrTheEdge) {
  const RunData runs[] = {
      szt_run(true),
      szt_run(false),
      hsic_run(),
      without_complexity(szt_run(true)),
      many_layers(20, "dense_", log_spaced_epochs(3000, 60)),
      many_layers(6, "a_layer_with_a_really_long_name_of_a_user_", {0, 1, 2, 3}),
      many_layers(5, "dense_", {0})};
  for (const auto& run : runs) {
    for (const double width : {kPageWidth, kColumnWidth}) {
      expect_readable(plane_figure({{&run, &run.planes.at(0)}}, width),
                      run.name + " " + run.planes[0].trajectories.layers[0].name);
    }
  }
  for (const double width : {kPageWidth, kColumnWidth}) {
    expect_readable(
        plane_figure({{&runs[0], &runs[0].planes[0]}, {&runs[1], &runs[1].planes[0]}}, width),
        "comparison");
  }
}

TEST_F(Figures, ConstantAndEmptyPlanesAreDrawn) {
  RunData constant = many_layers(3, "dense_", {0, 1, 2});
  for (auto& layer : constant.planes[0].trajectories.layers) {
    for (auto& point : layer.mean) {
      point.complexity = point.generalization = 0.5;
      point.complexity_error = point.generalization_error = kUnknown;
    }
  }
  RunData empty = many_layers(3, "dense_", {0});
  for (auto& layer : empty.planes[0].trajectories.layers) layer.mean.clear();
  RunData none = many_layers(3, "dense_", {0});
  none.planes[0].trajectories.layers.clear();
  for (const RunData* run : {&constant, &empty, &none}) {
    const auto paths = write_figures(*run, folder_);
    const std::string svg = read(paths.at(0) + ".svg");
    EXPECT_THAT(svg, HasSubstr(">I(X;T) [nats]<"));
    EXPECT_THAT(svg, Not(HasSubstr("nan")));
    EXPECT_THAT(svg, Not(HasSubstr("inf")));
  }
}

TEST_F(Figures, HostileTextStaysText) {
  RunData run = many_layers(2, "</text><script>alert(1)</script>", {0, 1});
  run.planes[0].trajectories.evaluator = "../../etc/<script>";
  const auto paths = write_figures(run, folder_);
  EXPECT_EQ(std::filesystem::path(paths[0]).parent_path(), folder_);
  EXPECT_THAT(read(paths[0] + ".svg"), Not(HasSubstr("<script>")));
}

TEST_F(Figures, PlanesOfOneNameDoNotOverwriteEachOther) {
  RunData run = szt_run(true);
  run.planes.push_back(run.planes[0]);
  const auto paths = write_figures(run, folder_);
  ASSERT_EQ(paths.size(), 3u);
  EXPECT_NE(paths[0], paths[1]);
}

TEST_F(Figures, SettingsOfAnEstimatorAreRowsOfOneFigure) {
  RunData run = szt_run(true);
  run.planes.push_back(run.planes[0]);
  run.planes[1].trajectories.evaluator = "binned(bins=100)";
  run.planes.push_back(run.planes[0]);
  run.planes[2].trajectories.evaluator = "ksg(k=3)";  // another estimator: a figure of its own only
  const auto paths = write_figures(run, folder_);
  ASSERT_EQ(paths.size(), 4u);
  EXPECT_THAT(paths[3], HasSubstr("settings-binned-"));
  const std::string svg = read(paths[3] + ".svg");
  EXPECT_THAT(svg, HasSubstr(">szt-tanh by 2 settings of the estimator<"));
  EXPECT_THAT(svg, HasSubstr(">" + run.planes[0].trajectories.evaluator + "<"));
  EXPECT_THAT(svg, HasSubstr(">binned(bins=100)<"));
  EXPECT_THAT(svg, HasSubstr(">" + finding(run.planes[0]) + "<"));
  EXPECT_THAT(svg, Not(HasSubstr("ksg")));
}

TEST_F(Figures, ComparisonHasARowARun) {
  const auto paths = write_comparison({szt_run(true), szt_run(false)}, folder_);
  ASSERT_EQ(paths.size(), 1u);
  const std::string svg = read(paths[0] + ".svg");
  EXPECT_THAT(svg, HasSubstr(">szt-tanh<"));
  EXPECT_THAT(svg, HasSubstr(">szt-relu<"));
  EXPECT_THAT(svg, HasSubstr(">binned(width=0.07)<"));
}

TEST_F(Figures, AFolderThatCannotBeMadeIsAnError) {
  std::ofstream(folder_) << "a file";
  EXPECT_THROW(write_figures(szt_run(true), folder_), Error);
}

TEST(Slug, IsSafeInFileNames) {
  EXPECT_EQ(slug("binned(edges=30)"), "binned-edges-30");
  EXPECT_EQ(slug("hsic(kernel=gaussian, sigma=5)"), "hsic-kernel-gaussian-sigma-5");
  EXPECT_EQ(slug("binned(width=0.07)"), "binned-width-0.07");
  EXPECT_EQ(slug("../..//σ"), "plane");
  EXPECT_LE(slug(std::string(500, 'x')).size(), 100u);
}

TEST(AxesTest, PiecesEndWhereAValueIsUnknown) {
  Drawing drawing{"", 100, 100};
  const Axes axes(drawing, {10, 10, 80, 80}, Scale::linear(0, 4), Scale::linear(0, 4));
  const auto pieces = axes.pieces({0, 1, 2, 3, 4}, {1, 2, kUnknown, 3, 4});
  ASSERT_EQ(pieces.size(), 2u);
  EXPECT_EQ(pieces[0].size(), 2u);
  EXPECT_DOUBLE_EQ(axes.at(2, 2).x, 50);
  EXPECT_DOUBLE_EQ(axes.at(2, 2).y, 50);
}

}  // namespace
}  // namespace glow::report
