#include "glow/training/loop.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "glow/core/error.h"
#include "glow/core/stop.h"
#include "glow/training/callbacks.h"

namespace glow {
namespace {

using testing::ElementsAre;

// Its loss is what the test says; it has one weight, which counts the steps.
class Scripted : public Trainable {
 public:
  std::function<double(int64_t step)> loss_of = [](int64_t) { return 1.0; };
  std::function<double(int64_t test)> test_loss_of = [](int64_t) { return 2.0; };
  int64_t tests = 0;
  Tensor weight = at::zeros({1});

  Pass train_step(const Batch& batch, int64_t step) override {
    weight.fill_(static_cast<double>(step + 1));
    return pass(batch, loss_of(step));
  }
  Pass test_step(const Batch& batch) override { return pass(batch, test_loss_of(tests++)); }
  Segment observe(const Tensor& x, const Tensor& y) override { return {x, {}, y}; }
  NamedTensors weights() const override { return {{"w", weight}}; }
  void load_weights(const NamedTensors& given) override { weight.copy_(given[0].second); }
  NamedTensors optimizer_state() const override { return {}; }

 private:
  static Pass pass(const Batch& batch, double loss) {
    Pass out;
    out.forward.segment.x = batch.x;
    out.forward.segment.y = batch.y;
    out.forward.prediction = at::one_hot(batch.y, 2).to(at::kFloat);
    out.loss = loss;
    return out;
  }
};

Loader loader(int64_t n, int64_t batch_size) {
  Dataset data;
  data.name = "test";
  data.x = at::arange(n).to(at::kFloat).unsqueeze(1);
  data.y = at::arange(n) % 2;
  data.classes = 2;
  return Loader(std::move(data), {.batch_size = batch_size});
}

class Loop : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "glow_loop_test";
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override {
    clear_stop();
    std::filesystem::remove_all(folder_);
  }
  std::string folder_;
  Scripted network_;
  Loader data_ = loader(10, 4), validation_ = loader(4, 4), none_;
};

TEST_F(Loop, LossIsTheMeanOverExamplesNotBatches) {
  network_.loss_of = [](int64_t step) { return step == 2 ? 10.0 : 1.0; };  // the last has 2 of 10
  const LoopResult result = train(network_, data_, validation_, {.metrics = {"accuracy"}});
  EXPECT_EQ(result.end, LoopEnd::finished);
  EXPECT_THAT(result.history["loss"], ElementsAre(2.8));
  EXPECT_THAT(result.history["accuracy"], ElementsAre(1.0));
  EXPECT_THAT(result.history["val_loss"], ElementsAre(2.0));
}

TEST_F(Loop, CallbacksSeeTheTrainingInOrder) {
  struct Log : Callback {
    std::string text;
    void on_train_begin(Training& t) override { text += fmt::format("begin{} ", t.epoch); }
    void on_epoch_begin(Training& t) override { text += fmt::format("epoch{} ", t.epoch); }
    void on_train_batch_end(Training& t, const Step& s) override {
      text += fmt::format("b{}u{}/{} ", s.batch, s.updates, t.updates);
    }
    void on_epoch_end(Training&, Logs& logs) override {
      text += "end ";
      logs.emplace_back("own", 7);
    }
    void on_train_end(Training&) override { text += "over"; }
  };
  const auto log = std::make_shared<Log>();
  const LoopResult result = train(network_, data_, none_, {.epochs = 2, .callbacks = {log}});
  EXPECT_EQ(log->text,
            "begin0 epoch1 b0u0/1 b1u1/2 b2u2/3 end epoch2 b0u3/4 b1u4/5 b2u5/6 end over");
  EXPECT_THAT(result.history["own"], ElementsAre(7, 7));
}

TEST_F(Loop, CallbacksSeeEachBatchOfTheValidation) {
  struct Log : Callback {
    std::string text;
    void on_test_begin(Training&, int64_t batches) override {
      text += fmt::format("begin{} ", batches);
    }
    void on_test_batch_end(Training&, int64_t batch) override {
      text += fmt::format("b{} ", batch);
    }
    void on_epoch_end(Training&, Logs&) override { text += "end "; }
  };
  const auto log = std::make_shared<Log>();
  Loader validation = loader(6, 4);
  train(network_, data_, validation, {.epochs = 2, .callbacks = {log}});
  EXPECT_EQ(log->text, "begin2 b0 b1 end begin2 b0 b1 end ");
}

TEST_F(Loop, AStopEndsItAfterTheBatch) {
  const auto stop = on_train_batch_end([](Training&, const Step& s) {
    if (s.updates == 3) request_stop();
  });
  const LoopResult result = train(network_, data_, none_, {.epochs = 5, .callbacks = {stop}});
  EXPECT_EQ(result.end, LoopEnd::interrupted);
  EXPECT_EQ(network_.weight.item<float>(), 4);
  EXPECT_EQ(result.history.epochs(), 1U);
}

TEST_F(Loop, NothingToTrainOnIsAnError) {
  EXPECT_THROW(train(network_, none_, none_, {}), ValueError);
  EXPECT_THROW(evaluate(network_, none_, {}), ValueError);
  EXPECT_THROW(train(network_, data_, none_, {.epochs = -1}), ValueError);
}

TEST_F(Loop, EarlyStoppingWaitsAndRestores) {
  // Validation losses 3, 2, 2.5, 2.4, …: the best is epoch 2, patience 2 ends after epoch 4.
  const std::vector<double> losses{3, 2, 2.5, 2.4, 1};
  network_.test_loss_of = [&](int64_t i) { return losses[static_cast<size_t>(i)]; };
  const auto stop = std::make_shared<EarlyStopping>(
      EarlyStoppingOptions{.patience = 2, .restore_best_weights = true});
  const LoopResult result = train(network_, data_, validation_, {.epochs = 5, .callbacks = {stop}});
  EXPECT_EQ(result.end, LoopEnd::stopped);
  EXPECT_EQ(result.history.epochs(), 4U);
  EXPECT_EQ(network_.weight.item<float>(), 6);  // after two epochs of three batches
}

TEST_F(Loop, EarlyStoppingNamesWhatIsLogged) {
  const auto stop = std::make_shared<EarlyStopping>(EarlyStoppingOptions{.monitor = "val_los"});
  try {
    train(network_, data_, validation_, {.callbacks = {stop}});
    FAIL();
  } catch (const ValueError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("did you mean 'val_loss'?"));
  }
}

TEST_F(Loop, TerminateOnNaNSaysWhere) {
  network_.loss_of = [](int64_t step) { return step == 4 ? std::nan("") : 1.0; };
  const auto guard = std::make_shared<TerminateOnNaN>();
  const LoopResult result = train(network_, data_, none_, {.epochs = 3, .callbacks = {guard}});
  EXPECT_TRUE(guard->terminated());
  EXPECT_EQ(result.end, LoopEnd::stopped);
  EXPECT_THAT(result.why, testing::HasSubstr("epoch 2, batch 2"));
}

TEST_F(Loop, ModelCheckpointKeepsTheBest) {
  const std::vector<double> losses{3, 2, 2.5};
  network_.test_loss_of = [&](int64_t i) { return losses[static_cast<size_t>(i)]; };
  const auto keep =
      std::make_shared<ModelCheckpoint>(folder_ + "/w{epoch:02}-{val_loss:.1f}.safetensors",
                                        ModelCheckpointOptions{.save_best_only = true});
  train(network_, data_, validation_, {.epochs = 3, .callbacks = {keep}});
  EXPECT_TRUE(std::filesystem::exists(folder_ + "/w01-3.0.safetensors"));
  EXPECT_TRUE(std::filesystem::exists(folder_ + "/w02-2.0.safetensors"));
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/w03-2.5.safetensors"));
}

TEST_F(Loop, CSVLoggerWritesALineAnEpoch) {
  const auto log = std::make_shared<CSVLogger>(folder_ + "/log.csv");
  const auto no_clock = on_epoch_end([](Training&, Logs& logs) { logs.pop_back(); });
  train(network_, data_, validation_, {.epochs = 2, .callbacks = {no_clock, log}});
  std::ostringstream text;
  text << std::ifstream(folder_ + "/log.csv").rdbuf();
  EXPECT_EQ(text.str(), "epoch,loss,val_loss\n1,1,2\n2,1,2\n");
}

TEST(History, LateSeriesAreFilledUp) {
  History history;
  history.add({{"loss", 1}});
  history.add({{"loss", 2}, {"extra", 5}});
  EXPECT_TRUE(std::isnan(history["extra"][0]));
  EXPECT_EQ(history["extra"][1], 5);
  EXPECT_TRUE(history["nothing"].empty());
  EXPECT_EQ(to_string(Logs{{"loss", 0.5}, {"tiny", 1e-5}}), "loss: 0.5000 - tiny: 1.0000e-05");
}

}  // namespace
}  // namespace glow
