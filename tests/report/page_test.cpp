#include "glow/report/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>

#include "tests/report/sample.h"

namespace glow::report {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const size_t from = text.find(begin);
  if (from == std::string::npos) return "";
  return text.substr(from + begin.size(), text.find(end, from) - from - begin.size());
}

nlohmann::json data_of(const std::string& page) {
  return nlohmann::json::parse(
      between(page, "<script type=\"application/json\" id=\"report-data\">", "</script>"));
}

size_t count(const std::string& text, const std::string& what) {
  size_t found = 0;
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += what.size()) ++found;
  return found;
}

RunData hostile_run() {
  const std::string bad =
      "</script><script>document.title='owned'</script><img src=x onerror=\"1\">";
  RunData run = szt_run(true, 1);
  run.name = run.status = run.experiment = run.command = bad;
  run.warnings = run.citations = {bad};
  run.facts = {{bad, bad}};
  for (auto& info : run.layers) info.type = info.output = info.name = bad;
  run.planes[0].caption = run.planes[0].complexity_label = bad;
  run.planes[0].complexity_limits = {{bad, 12}};
  run.planes[0].trajectories.evaluator = bad;
  run.planes[0].trajectories.layers[0].name = bad;
  run.planes[0].trajectories.layers[1].name = "{{data}}\xFF%{x}";
  run.history[0].name = bad;
  return run;
}

TEST(Page, HoldsWhatIsAskedOfAReport) {
  const std::string page = html_page({{szt_run(true)}});
  for (const char* text :
       {"<h1>szt-tanh</h1>", "dense_5 compressed by 4.", "binned(edges=30)",
        "Mean of 6 networks, n = 4096", "Loss and metrics", "dense_6 (2, output)", "I(X;T) [bits]",
        "largest", "Model", "294", "batch_size = 512", "LibTorch", "SHA-256",
        "glow train runs/szt-tanh/experiment.toml", "shwartzziv2017opening",
        "value=\"mean\" checked", "value=\"6\""}) {
    EXPECT_THAT(page, HasSubstr(text));
  }
}

TEST(Page, NeedsNothingFromOutside) {
  const std::string page = html_page({{szt_run(true)}});
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  EXPECT_THAT(page, Not(HasSubstr("<link")));
  EXPECT_THAT(page, Not(HasSubstr(" src=\"")));
  EXPECT_THAT(page, Not(HasSubstr("url(")));
  EXPECT_THAT(page, Not(HasSubstr("@import")));
}

TEST(Page, NumbersAreWhatWasMeasured) {
  const RunData run = szt_run(true, 2);
  const auto data = data_of(html_page({{run}}));
  const auto& layer = data["planes"][0]["runs"][0]["layers"][4];
  const auto& points = run.planes[0].trajectories.layers[4].mean;
  EXPECT_EQ(layer["name"], "dense_5");
  EXPECT_EQ(layer["label"], "dense_5 (3)");
  ASSERT_EQ(layer["mean"]["x"].size(), points.size());
  EXPECT_NEAR(layer["mean"]["x"][50], points[50].complexity, 1e-5 * points[50].complexity);
  EXPECT_NEAR(layer["mean"]["dy"][10], points[10].generalization_error, 1e-6);
  EXPECT_EQ(layer["networks"].size(), 2u);
  EXPECT_FALSE(layer["mean"].contains("x0"));
  EXPECT_EQ(data["planes"][0]["complexity"]["label"], "I(X;T) [bits]");
  EXPECT_TRUE(data["planes"][0]["epochs"]["log"]);
  // The last time is not before the last snapshot.
  EXPECT_GE(data["planes"][0]["times"].back(), points.back().epoch);
}

TEST(Page, UnknownNumbersAreNull) {
  RunData run = szt_run(true, 1);
  run.planes[0].trajectories.layers[0].mean[3].complexity = kUnknown;
  const auto data = data_of(html_page({{run}}));
  EXPECT_TRUE(data["planes"][0]["runs"][0]["layers"][0]["mean"]["x"][3].is_null());
}

TEST(Page, HasTheNull) {
  const std::string page = html_page({{hsic_run()}});
  EXPECT_THAT(page, HasSubstr("mean under permutation"));
  const auto data = data_of(page);
  EXPECT_TRUE(data["planes"][0]["runs"][0]["layers"][0]["mean"].contains("x0"));
  EXPECT_LE(data["planes"][0]["complexityCurve"]["range"][0], 0);
  EXPECT_FALSE(data["planes"][0]["epochs"]["log"]);
  EXPECT_THAT(page, HasSubstr("97 % of the kernel matrix is its diagonal"));
}

TEST(Page, WithoutComplexityHasCurvesAlone) {
  const std::string page = html_page({{without_complexity(szt_run(true))}});
  EXPECT_THAT(page, HasSubstr("<h2>I(T;Y) against epochs: binned(edges=30)</h2>"));
  EXPECT_EQ(count(page, "class=\"plot generalization\""), 1u);
  EXPECT_EQ(count(page, "class=\"plot plane\""), 0u);
  EXPECT_EQ(count(page, "type=\"range\""), 0u);
  EXPECT_THAT(page, HasSubstr("value=\"6\""));  // each network can be shown still
  EXPECT_THAT(page, Not(HasSubstr("at epoch</th>")));
}

TEST(Page, ARunWithoutSuchAPlaneLeavesItsColumnFree) {
  const std::string page = html_page({{szt_run(true, 1), hsic_run()}});
  EXPECT_EQ(count(page, "id=\"plane-1-0\""), 1u);
  EXPECT_THAT(page, HasSubstr("<div class=\"runs\">\n<div>\n</div>\n<div>\n<h3>mnist-hsic"));
}

TEST(Page, SaysWhatEachSettingFinds) {
  RunData run = szt_run(true, 2);
  EXPECT_THAT(html_page({{run}}), Not(HasSubstr("what it finds")));
  run.planes.push_back(run.planes[0]);
  run.planes[1].trajectories.evaluator = "binned(bins=100)";
  const std::string page = html_page({{run}});
  EXPECT_EQ(count(page, "class=\"verdict\""), 1u);
  EXPECT_THAT(page, HasSubstr("<td>binned(bins=100)</td><td>dense_5 compressed by"));
}

TEST(Page, SeveralRunsShareTheirAxes) {
  const std::string page = html_page({{szt_run(true), szt_run(false)}});
  const auto data = data_of(page);
  ASSERT_EQ(data["planes"].size(), 1u);
  EXPECT_EQ(data["planes"][0]["runs"].size(), 2u);
  EXPECT_EQ(count(page, "class=\"plot plane\""), 2u);
  EXPECT_EQ(data["history"][0]["range"], data["history"][1]["range"]);
  EXPECT_THAT(page, HasSubstr("class=\"several\""));
}

TEST(Page, TextOfARunIsNeverMarkup) {
  const std::string page = html_page({{hostile_run()}});
  const std::string clean = html_page({{szt_run(true, 1)}});
  EXPECT_EQ(count(page, "<script"), count(clean, "<script"));
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_NO_THROW(data_of(page));
}

TEST(Page, OfAnUnfinishedOrEmptyRunIsMade) {
  RunData run;
  run.name = "just-started";
  run.status = "running";
  const std::string page = html_page({{run}});
  EXPECT_THAT(page, HasSubstr(">running<"));
  EXPECT_THAT(page, Not(HasSubstr("<h2>Layers")));
  EXPECT_THAT(html_page({}), HasSubstr("</html>"));
}

// The page in a browser.

class PageInBrowser : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("command -v chromium > /dev/null 2>&1") != 0) {
      GTEST_SKIP() << "chromium is not installed";
    }
    std::string folder = testing::TempDir() + "glow_page_XXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
  }
  void TearDown() override {
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }

  /// Opens the page; keeps the document as it stands after its scripts, and what they complained
  /// of.
  void open(const std::string& page) {
    const std::string path = (folder_ / "report.html").string();
    std::ofstream(path, std::ios::binary) << page;
    const std::string command =
        "chromium --headless --no-sandbox --disable-gpu --no-first-run "
        "--disable-background-networking --disable-component-update --disable-sync "
        "--user-data-dir=" +
        (folder_ / "profile").string() +
        " --window-size=1280,2000 --virtual-time-budget=20000 --enable-logging=stderr --dump-dom "
        "'file://" +
        path + "' 2> " + (folder_ / "log").string();
    FILE* pipe = popen(command.c_str(), "r");
    ASSERT_NE(pipe, nullptr);
    std::array<char, 1 << 16> buffer;
    for (size_t read; (read = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
      document_.append(buffer.data(), read);
    }
    ASSERT_EQ(pclose(pipe), 0);
    std::ifstream log(folder_ / "log");
    for (std::string line; std::getline(log, line);) {
      if (line.find("CONSOLE") != std::string::npos || line.find("Uncaught") != std::string::npos) {
        complaints_ += line + "\n";
      }
    }
    // What the page holds as text is not what it has drawn.
    drawn_ = document_.substr(0, document_.find("id=\"report-data\""));
  }

  /// How many points the scatter traces of a plot show.
  size_t points_in(const std::string& id) const {
    const size_t from = drawn_.find("id=\"" + id + "\"");
    if (from == std::string::npos) return 0;
    const size_t next = drawn_.find("class=\"plot ", from + 1);
    const std::string plot = drawn_.substr(from, next - from);
    return plot.find("scatterlayer") == std::string::npos ? 0 : count(plot, "class=\"point\"");
  }

  std::filesystem::path folder_;
  std::string document_, drawn_, complaints_;
};

TEST_F(PageInBrowser, DrawsThePlane) {
  open(html_page({{szt_run(true)}}));
  EXPECT_EQ(complaints_, "");
  EXPECT_GT(points_in("plane-0-0"), 6u * 60);
  EXPECT_THAT(drawn_, HasSubstr(">dense_5<"));      // named on the plane
  EXPECT_THAT(drawn_, HasSubstr(">dense_5 (3)<"));  // and on the curves
  EXPECT_THAT(drawn_, HasSubstr(">epoch 8000<"));   // the slider's word
  EXPECT_THAT(drawn_, HasSubstr(">val_accuracy<"));
  EXPECT_THAT(drawn_, Not(HasSubstr("could not be drawn")));
}

TEST_F(PageInBrowser, DrawsCurvesAlone) {
  open(html_page({{without_complexity(szt_run(true))}}));
  EXPECT_EQ(complaints_, "");
  EXPECT_THAT(drawn_, HasSubstr(">I(X;Y) = 0.999 bits<"));
  EXPECT_THAT(drawn_, HasSubstr(">dense_5 (3)<"));
}

TEST_F(PageInBrowser, DrawsTwoRuns) {
  open(html_page({{szt_run(true), szt_run(false)}}));
  EXPECT_EQ(complaints_, "");
  EXPECT_GT(points_in("plane-0-0"), 300u);
  EXPECT_GT(points_in("plane-0-1"), 300u);
}

TEST_F(PageInBrowser, DrawsEveryBatch) {
  open(html_page({{hsic_run()}}));
  EXPECT_EQ(complaints_, "");
  EXPECT_GT(points_in("plane-0-0"), 1000u);
}

TEST_F(PageInBrowser, ShowsHostileTextAsText) {
  open(html_page({{hostile_run()}}));
  EXPECT_EQ(complaints_, "");
  EXPECT_GT(points_in("plane-0-0"), 300u);
  EXPECT_THAT(document_, Not(HasSubstr("<title>owned")));
  EXPECT_THAT(drawn_, Not(HasSubstr("<img")));
}

TEST_F(PageInBrowser, SaysSoWhenItCannotDraw) {
  for (const char* part : {"id=\"report-data\">", "id=\"plotly\">"}) {
    std::string page = html_page({{szt_run(true, 1)}});
    page.insert(page.find(part) + std::string(part).size(), "damaged");
    document_.clear();
    open(page);
    EXPECT_THAT(drawn_, HasSubstr("The plots could not be drawn")) << part;
    EXPECT_THAT(drawn_, HasSubstr("dense_6 (2, output)")) << part;  // the tables stay
  }
}

TEST_F(PageInBrowser, IsQuietWithoutAnyPlane) {
  RunData run;
  run.name = "just-started";
  open(html_page({{run}}));
  EXPECT_EQ(complaints_, "");
  EXPECT_THAT(drawn_, Not(HasSubstr("could not be drawn")));
}

}  // namespace
}  // namespace glow::report
