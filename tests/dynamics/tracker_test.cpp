#include "glow/dynamics/tracker.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include <filesystem>

#include "glow/core/error.h"
#include "glow/core/fields.h"
#include "glow/core/random.h"
#include "glow/training/loop.h"

namespace glow {
namespace {

using testing::ElementsAre;

TEST(Schedule, LogSpacedEpochsAreDistinctAndAsManyAsAsked) {
  const auto epochs = log_spaced_epochs(8000, 100);
  EXPECT_EQ(*epochs.begin(), 0);
  EXPECT_EQ(*epochs.rbegin(), 8000);
  EXPECT_NEAR(static_cast<double>(epochs.size()), 100, 2);
  EXPECT_TRUE(epochs.count(1));
  EXPECT_THAT(log_spaced_epochs(3, 100), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(log_spaced_epochs(0, 10), ElementsAre(0));
  EXPECT_THAT(log_spaced_epochs(1, 10), ElementsAre(0, 1));
}

TEST(Schedule, EveryReadsWordsAndNumbers) {
  Every every;
  read_value({std::string("log")}, every);
  EXPECT_EQ(every.kind, Every::Kind::log);
  read_value({int64_t{75}}, every);
  EXPECT_EQ(every.batches, 75);
  EXPECT_EQ(to_toml(write_value(every)), "75");
  EXPECT_EQ(to_toml(write_value(Every("batch"))), "\"batch\"");
  EXPECT_THROW(read_value({int64_t{0}}, every), ValueError);
  EXPECT_THROW(read_value({std::string("daily")}, every), ValueError);
  EXPECT_THROW(read_value({2.5}, every), ValueError);
}

TEST(Schedule, ByteCountsReadBack) {
  ByteCount bytes;
  read_value({std::string("2 GB")}, bytes);
  EXPECT_EQ(bytes.bytes, 2'000'000'000);
  read_value({std::string("1.5MiB")}, bytes);
  EXPECT_EQ(bytes.bytes, 1572864);
  read_value({int64_t{77}}, bytes);
  EXPECT_EQ(to_toml(write_value(bytes)), "\"77 B\"");
  for (const char* bad : {"", "GB", "2 gigabytes", "-1 GB", "1,5 GB"}) {
    EXPECT_THROW(read_value({std::string(bad)}, bytes), ValueError) << bad;
  }
}

// A network whose only layer is its input, times the number of updates.
class Identity : public Trainable {
 public:
  Pass train_step(const Batch& batch, int64_t step) override {
    Pass pass;
    pass.forward.segment = segment(batch.x, batch.y, static_cast<double>(step + 1));
    pass.forward.prediction = batch.x;
    updates_ = step + 1;
    return pass;
  }
  Pass test_step(const Batch&) override { return {}; }
  Segment observe(const Tensor& x, const Tensor& y) override {
    return segment(x, y, static_cast<double>(updates_ + 1));
  }
  NamedTensors weights() const override { return {}; }
  void load_weights(const NamedTensors&) override {}
  NamedTensors optimizer_state() const override { return {}; }

 private:
  static Segment segment(const Tensor& x, const Tensor& y, double scale) {
    return {x, {{"dense_1", x * scale, {}, {}, {}}, {"conv2d_1", x + scale, {}, {}, {}}}, y, 2};
  }
  int64_t updates_ = 0;
};

class TrackerTest : public testing::Test {
 protected:
  std::vector<PlaneRow> run(const TrackerOptions& options, int64_t epochs,
                            const std::string& spec = "hsic(sigma=2)",
                            std::shared_ptr<SegmentStore> store = nullptr) {
    std::vector<PlaneRow> rows;
    auto tracker = std::make_shared<Tracker>(
        std::vector{make_estimator(spec)}, options,
        [&](const std::vector<PlaneRow>& r) { rows.insert(rows.end(), r.begin(), r.end()); });
    tracker->set_warning_sink(
        [this](const std::string&, const std::string& layer, const std::string& text) {
          warnings_.push_back(layer + ": " + text);
        });
    if (options.on != "batch") tracker->set_probe(Batch{data_.x, data_.y});
    tracker->set_store(std::move(store));
    Loader loader(data_, {.batch_size = 4}), none;
    Identity network;
    network.classes = 2;
    planned_ = tracker->planned_saves(epochs, loader.batches());
    train(network, loader, none, {.epochs = epochs, .callbacks = {tracker}});
    return rows;
  }

  static Dataset make_data() {
    Dataset data;
    data.name = "test";
    data.x = at::randn({12, 3}, make_generator(0, "x"));
    data.y = at::arange(12) % 2;
    data.classes = 2;
    return data;
  }

  Dataset data_ = make_data();
  std::vector<std::string> warnings_;
  int64_t planned_ = 0;
};

std::vector<std::pair<int64_t, int64_t>> times(const std::vector<PlaneRow>& rows) {
  std::vector<std::pair<int64_t, int64_t>> out;
  for (const auto& row : rows) {
    if (row.layer == 1) out.emplace_back(row.epoch, row.step);
  }
  return out;
}

TEST_F(TrackerTest, EveryBatchCountsUpdatesMadeBefore) {
  const auto rows = run({}, 2);
  EXPECT_THAT(times(rows), ElementsAre(std::pair(1, 0), std::pair(1, 1), std::pair(1, 2),
                                       std::pair(2, 3), std::pair(2, 4), std::pair(2, 5)));
  EXPECT_EQ(rows[0].mode, "train");
  EXPECT_EQ(rows[0].on, "batch");
  EXPECT_EQ(rows[0].unit, Unit::none);
  EXPECT_FALSE(std::isnan(rows[0].complexity_null));
}

TEST_F(TrackerTest, EveryKBatchesAndEveryEpoch) {
  EXPECT_THAT(times(run({.every = 2}, 2)),
              ElementsAre(std::pair(1, 0), std::pair(1, 2), std::pair(2, 4)));
  EXPECT_THAT(times(run({.every = "epoch"}, 2)), ElementsAre(std::pair(1, 2), std::pair(2, 5)));
}

TEST_F(TrackerTest, ProbesCountCompletedEpochs) {
  EXPECT_THAT(times(run({.every = "epoch", .on = "train"}, 2)),
              ElementsAre(std::pair(0, 0), std::pair(1, 3), std::pair(2, 6)));
  EXPECT_THAT(times(run({.every = "log", .on = "all", .snapshots = 3}, 9)),
              ElementsAre(std::pair(0, 0), std::pair(1, 3), std::pair(9, 27)));
  EXPECT_THAT(times(run({.every = 2, .on = "test"}, 2)),
              ElementsAre(std::pair(0, 0), std::pair(0, 2), std::pair(1, 4), std::pair(2, 6)));
}

TEST_F(TrackerTest, LayersByGlobKeepTheirNumbers) {
  const auto rows = run({.layers = {"conv*"}}, 1);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].name, "conv2d_1");
  EXPECT_EQ(rows[0].layer, 2);
  EXPECT_THROW(run({.layers = {"lstm_*"}}, 1), ValueError);
}

TEST_F(TrackerTest, WidthsAreFittedToTheFirstSnapshot) {
  // The first layer grows with every update: with a ruler of its own each time, nothing would move.
  const auto rows = run({.every = "epoch", .on = "train"}, 3, "hsic(sigma_t=median)");
  EXPECT_NE(rows[0].complexity, rows[2].complexity);
  const auto anew =
      run({.every = "epoch", .on = "train"}, 3, "hsic(sigma_t=median, reference=snapshot)");
  EXPECT_NEAR(anew[0].complexity, anew[2].complexity, 1e-6);
  EXPECT_THAT(warnings_, testing::Contains(testing::HasSubstr("epochs are not on one scale")));
}

TEST_F(TrackerTest, LeavesOutBatchesTooSmallForTheEstimator) {
  // The last batch of an epoch has two examples, the unbiased form needs four.
  data_.x = at::randn({10, 3}, make_generator(0, "x"));
  data_.y = at::arange(10) % 2;
  EXPECT_THAT(times(run({}, 1, "hsic(sigma=2, unbiased=true)")),
              ElementsAre(std::pair(1, 0), std::pair(1, 1)));
}

TEST_F(TrackerTest, ASecondTrainingHasWidthsOfItsOwn) {
  std::vector<PlaneRow> rows;
  const auto tracker = std::make_shared<Tracker>(
      std::vector{make_estimator("hsic(sigma=median)")}, TrackerOptions{},
      [&](const std::vector<PlaneRow>& r) { rows.insert(rows.end(), r.begin(), r.end()); });
  const auto train_on = [&](double scale) {
    Dataset data = make_data();
    data.x = data.x * scale;
    Loader loader(data, {.batch_size = 12}), none;
    Identity network;
    network.classes = 2;
    train(network, loader, none, {.epochs = 1, .callbacks = {tracker}});
  };
  train_on(1);
  train_on(1000);
  EXPECT_NEAR(rows[0].complexity, rows[2].complexity, 1e-5);
}

TEST_F(TrackerTest, AWarningIsSaidOnceALayer) {
  run({}, 2, "hsic(sigma=0.001)");
  std::vector<std::string> saturated;
  for (const auto& w : warnings_) {
    if (w.find("dense_1") != std::string::npos &&
        w.find("kernel saturated at this sigma") != std::string::npos) {
      saturated.push_back(w);
    }
  }
  EXPECT_GE(saturated.size(), 1U);
  EXPECT_LE(saturated.size(), 2U);  // of T and of X
}

TEST_F(TrackerTest, SavesTheLastMeasuredOfEachEpochOrAll) {
  const std::string folder = testing::TempDir() + "glow_tracker_segments";
  for (const auto& [saving, count] : {std::pair{Saving::last, 2}, std::pair{Saving::all, 6}}) {
    std::filesystem::remove_all(folder);
    run({.save = saving}, 2, "hsic", std::make_shared<SegmentStore>(folder, 1 << 20));
    EXPECT_EQ(list_segments(folder).size(), static_cast<size_t>(count));
    EXPECT_EQ(planned_, count);
  }
  const SavedSegment saved = read_segment(list_segments(folder).front());
  EXPECT_EQ(saved.info.step, 0);
  EXPECT_TRUE(at::equal(saved.segment.x, data_.x.slice(0, 0, 4)));
  EXPECT_THAT(saved.numbers, ElementsAre(1, 2));
  std::filesystem::remove_all(folder);
}

TEST_F(TrackerTest, SavingStopsAtItsLimitAndMeasuringGoesOn) {
  const std::string folder = testing::TempDir() + "glow_tracker_limit";
  std::filesystem::remove_all(folder);
  const auto rows =
      run({.save = Saving::all}, 2, "hsic", std::make_shared<SegmentStore>(folder, 500));
  EXPECT_EQ(rows.size(), 12U);
  EXPECT_GE(list_segments(folder).size(), 1U);
  EXPECT_LT(list_segments(folder).size(), 6U);
  std::filesystem::remove_all(folder);
}

TEST_F(TrackerTest, PlacesAndTimesThatDoNotGoTogetherAreRefused) {
  EXPECT_THROW(run({.every = "log"}, 1), ValueError);
  EXPECT_THROW(run({.on = "validaton"}, 1), ValueError);
  EXPECT_THROW(run({.snapshots = 1}, 1), ValueError);
  EXPECT_THROW(run({}, 1, "hsic(sigma=median, reference=run)"), ValueError);
}

}  // namespace
}  // namespace glow
