#include "glow/run/run.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "glow/core/console.h"
#include "glow/core/error.h"
#include "glow/core/parallel.h"
#include "glow/core/stop.h"
#include "glow/dynamics/plane.h"
#include "glow/dynamics/segment_file.h"
#include "glow/run/measure.h"
#include "glow/run/run_folder.h"
#include "glow/run/run_report.h"
#include "glow/run/run_warnings.h"
#include "glow/run/toml.h"

namespace glow {
namespace {

namespace fs = std::filesystem;

class RunTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "glow_run_test_" +
              testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
    set_quiet(true);
  }
  void TearDown() override {
    set_quiet(false);
    set_thread_count(threads_);
    clear_stop();
    fs::remove_all(folder_);
  }

  static Experiment trial(const std::vector<std::string>& settings = {}) {
    Table table;
    for (const auto& e : built_in_experiments()) {
      if (e.name == "szt-tanh") table = parse_toml(e.text, e.name);
    }
    for (const char* s : {"training.epochs=3", "training.networks=2"}) set_value(table, s);
    for (const auto& s : settings) set_value(table, s);
    return parse_experiment(table);
  }

  std::string out(const std::string& name) const { return folder_ + "/" + name; }

  std::string folder_;
  const int threads_ = thread_count();
};

std::string text(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

// Of one network, so that runs with more of them can be compared.
std::vector<std::string> rows_of(const std::string& folder, int64_t network) {
  std::vector<std::string> rows;
  for (const auto& row : read_plane(folder + "/plane.csv")) {
    if (row.network == network) rows.push_back(to_csv(row));
  }
  return rows;
}

TEST_F(RunTest, WritesTheWholeFolder) {
  const RunOutcome outcome = run(trial(), {.out = out("a"), .command = "glow train x"});
  EXPECT_EQ(outcome.end, RunEnd::finished);
  for (const char* name : {"experiment.toml", "run.json", "history.csv", "plane.csv", "report.html",
                           "checkpoints/n1-last.safetensors", "checkpoints/n2-last.safetensors",
                           "figures/plane-binned-edges-30-all.pdf"}) {
    EXPECT_TRUE(fs::exists(out("a/") + name)) << name;
  }
  EXPECT_FALSE(fs::exists(out("a/run.lock")));
  const RunRecord record = RunFolder::open(out("a")).read_record();
  EXPECT_EQ(record.status, "finished");
  EXPECT_EQ(record.command, "glow train x");
  EXPECT_EQ(record.parameters, 294);
  EXPECT_NEAR(record.limits.at("H(X)") / kNatsPerBit, 12, 1e-9);
  EXPECT_NEAR(record.limits.at("I(X;Y)") / kNatsPerBit, 0.999157, 1e-6);
  const std::string history = text(out("a/history.csv"));
  EXPECT_EQ(history.substr(0, history.find('\n')),
            "network,epoch,loss,accuracy,val_loss,val_accuracy,seconds");
  EXPECT_EQ(read_plane(out("a/plane.csv")).size(), 2U * 4 * 6);
  EXPECT_EQ(list_segments(out("a/segments")).size(), 2U * 4);
}

TEST_F(RunTest, ANetworkIsTheSameToTheBitAloneAndSideBySide) {
  set_thread_count(2);
  run(trial(), {.out = out("two")});
  run(trial({"training.networks=1"}), {.out = out("one")});
  EXPECT_EQ(rows_of(out("two"), 1), rows_of(out("one"), 1));
  set_thread_count(1);
  run(trial(), {.out = out("serial")});
  EXPECT_EQ(rows_of(out("two"), 2), rows_of(out("serial"), 2));
  EXPECT_NE(rows_of(out("two"), 1), rows_of(out("two"), 2));
}

TEST_F(RunTest, TheResolvedFileGivesTheSameRun) {
  run(trial({"training.seed=3"}), {.out = out("a")});
  run(parse_experiment(read_toml(out("a/experiment.toml"))), {.out = out("b")});
  EXPECT_EQ(rows_of(out("a"), 2), rows_of(out("b"), 2));
}

TEST_F(RunTest, AFinishedRunIsNotOverwritten) {
  run(trial({"training.networks=1"}), {.out = out("a")});
  EXPECT_THROW(run(trial(), {.out = out("a")}), ValueError);
  EXPECT_NO_THROW(run(trial({"training.networks=1"}), {.out = out("a"), .force = true}));
  fs::create_directories(out("mine"));
  std::ofstream(out("mine/thesis.tex")) << "precious";
  EXPECT_THROW(run(trial(), {.out = out("mine")}), ValueError);
  EXPECT_EQ(text(out("mine/thesis.tex")), "precious");
}

TEST_F(RunTest, AnInterruptedRunKeepsWhatItHas) {
  request_stop(2);
  EXPECT_EQ(run(trial(), {.out = out("a")}).end, RunEnd::interrupted);
  EXPECT_EQ(RunFolder::open(out("a")).read_record().status, "interrupted");
  EXPECT_TRUE(fs::exists(out("a/report.html")));
}

TEST_F(RunTest, AFailedRunSaysWhy) {
  EXPECT_THROW(run(trial({"training.optimizer={type=\"SGD\", learning_rate=3e38, momentum=0.99}"}),
                   {.out = out("a")}),
               Error);
  const RunRecord record = RunFolder::open(out("a")).read_record();
  EXPECT_EQ(record.status, "failed");
  EXPECT_THAT(record.error, testing::HasSubstr("try a smaller learning rate"));
}

TEST_F(RunTest, AnExperimentThatCannotBeginTouchesNothing) {
  run(trial(), {.out = out("a")});
  const std::string before = text(out("a/plane.csv"));
  EXPECT_THROW(run(trial({"dynamics.layers=[\"lstm_*\"]"}), {.out = out("a"), .force = true}),
               ValueError);
  EXPECT_THROW(run(trial({"model.input_shape=[13]"}), {.out = out("a"), .force = true}), Error);
  EXPECT_EQ(text(out("a/plane.csv")), before);
  EXPECT_EQ(RunFolder::open(out("a")).read_record().status, "finished");
}

TEST_F(RunTest, IsWrittenByOneProcessOnly) {
  const RunFolder first = RunFolder::create(out("a"), false);
  first.write_record({});
  for (int again = 0; again < 3; ++again) {
    EXPECT_THROW(RunFolder::create(out("a"), true), ValueError);
    EXPECT_THROW(RunFolder::open_to_write(out("a")), ValueError);
  }
}

TEST_F(RunTest, EpochsOfBatchesAreThoseOfTheRun) {
  // 3 epochs of 7 batches, every 5th measured: the rows alone do not tell how many an epoch has.
  run(trial({"dynamics.every=5", "dynamics.on=\"batch\"", "dynamics.save=false"}),
      {.out = out("a")});
  const auto& mean = read_run(out("a")).planes[0].trajectories.layers[0].mean;
  ASSERT_EQ(mean.size(), 5U);
  EXPECT_DOUBLE_EQ(mean[4].epoch, 20.0 / 7);
}

TEST_F(RunTest, SavedSegmentsAreMeasuredAgain) {
  run(trial(), {.out = out("a")});
  const auto before = rows_of(out("a"), 1);
  // The same estimator on the saved segments gives the same rows, in place of the old ones.
  measure_run(out("a"), {"binned(edges=30)"}, "", [](int64_t, int64_t) {});
  EXPECT_EQ(rows_of(out("a"), 1), before);
  measure_run(out("a"), {"binned(bins=100, range=layer)", "hsic(sigma=median)"}, "",
              [](int64_t, int64_t) {});
  EXPECT_EQ(read_plane(out("a/plane.csv")).size(), 3U * 2 * 4 * 6);
  run(trial({"dynamics.save=false"}), {.out = out("b")});
  EXPECT_THROW(measure_run(out("b"), {"hsic"}, "", [](int64_t, int64_t) {}), ValueError);
}

TEST_F(RunTest, AReportIsMadeOfAnUnfinishedRun) {
  run(trial(), {.out = out("a")});
  // As a kill leaves it: status running, the last line of a table cut.
  RunRecord record = RunFolder::open(out("a")).read_record();
  record.status = "running";
  RunFolder::open(out("a")).write_record(record);
  for (const char* table : {"plane.csv", "history.csv"}) {
    const std::string whole = text(out("a/") + table);
    std::ofstream(out("a/") + table) << whole.substr(0, whole.size() - 20);
  }
  fs::remove(out("a/report.html"));
  write_run_report(out("a"));
  EXPECT_TRUE(fs::exists(out("a/report.html")));
  EXPECT_THAT(plane_table(read_run(out("a"))), testing::HasSubstr("dense_6"));
}

TEST_F(RunTest, SeveralRunsInOnePage) {
  run(trial({"training.networks=1"}), {.out = out("a")});
  run(trial({"training.networks=1", "name=other"}), {.out = out("b")});
  write_comparison({out("a"), out("b")}, out("both.html"));
  const std::string page = text(out("both.html"));
  EXPECT_THAT(page, testing::HasSubstr("szt-tanh"));
  EXPECT_THAT(page, testing::HasSubstr("other"));
  EXPECT_THROW(read_run(folder_ + "/nothing"), ValueError);
}

TEST(RunWarnings, OneAKindWithItsLayers) {
  RunWarnings warnings;
  warnings.add("hsic", "dense_2", "kernel of dense_2 saturated (0.001)");
  warnings.add("hsic", "dense_1", "kernel of dense_1 saturated (0.002)");
  warnings.add("hsic", "dense_1", "kernel of dense_1 saturated (0.003)");
  warnings.add("plain");
  EXPECT_THAT(warnings.lines(),
              testing::ElementsAre("hsic of dense_1, dense_2: kernel of dense_2 saturated (0.001)",
                                   "plain"));
}

}  // namespace
}  // namespace glow
