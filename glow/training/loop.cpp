#include "glow/training/loop.h"

#include <chrono>
#include <exception>

#include "glow/core/error.h"
#include "glow/core/stop.h"

namespace glow {
namespace {

// Loss and metrics over the batches of an epoch so far.
class Sums {
 public:
  explicit Sums(const std::vector<Metric>& metrics) : metrics_(metrics), sums_(metrics.size()) {}

  void add(const Pass& pass) {
    const auto n = static_cast<double>(pass.forward.prediction.size(0));
    loss_ += {pass.loss * n, n};
    for (size_t i = 0; i < metrics_.size(); ++i) sums_[i] += metrics_[i](pass.forward);
  }

  void write(Logs& logs, const std::string& prefix) const {
    logs.emplace_back(prefix + "loss", loss_.mean());
    for (size_t i = 0; i < metrics_.size(); ++i) {
      logs.emplace_back(prefix + metrics_[i].name(), sums_[i].mean());
    }
  }

 private:
  const std::vector<Metric>& metrics_;
  MetricSum loss_;
  std::vector<MetricSum> sums_;
};

/// `seen` is called with the number of each batch after it.
template <class Seen>
Sums test(Trainable& network, BatchSource& data, const std::vector<Metric>& metrics, Seen seen) {
  Sums sums(metrics);
  data.begin_epoch(0);
  Batch batch;
  for (int64_t b = 0; !stop_requested() && data.next(batch); ++b) {
    sums.add(network.test_step(batch));
    seen(b);
  }
  return sums;
}

Sums validate(Training& training, BatchSource& data, const LoopOptions& options) {
  for (const auto& callback : options.callbacks) callback->on_test_begin(training, data.batches());
  return test(training.network, data, options.metrics, [&](int64_t batch) {
    for (const auto& callback : options.callbacks) callback->on_test_batch_end(training, batch);
  });
}

bool train_epoch(Training& training, BatchSource& data, const LoopOptions& options, Sums& sums) {
  data.begin_epoch(training.epoch);
  Batch batch;
  Logs logs;
  const int64_t updates = training.updates;
  for (int64_t b = 0; data.next(batch); ++b) {
    const Pass pass = training.network.train_step(batch, training.updates);
    sums.add(pass);
    logs.clear();
    sums.write(logs, "");
    const Step step{b, training.updates++, pass, logs};
    for (const auto& callback : options.callbacks) {
      callback->on_train_batch_end(training, step);
      if (training.stop) break;  // what comes after need not look at numbers that are none
    }
    if (training.stop || stop_requested()) return false;
  }
  if (training.updates == updates) {
    throw ValueError("an epoch has no batches: {} examples give none", data.size());
  }
  return true;
}

void run_epochs(Training& training, BatchSource& data, BatchSource& validation,
                const LoopOptions& options, History& history) {
  using Clock = std::chrono::steady_clock;
  for (const auto& callback : options.callbacks) callback->on_train_begin(training);
  while (training.epoch < options.epochs && !training.stop && !stop_requested()) {
    const auto started = Clock::now();
    ++training.epoch;
    for (const auto& callback : options.callbacks) callback->on_epoch_begin(training);
    Sums sums(options.metrics);
    if (!train_epoch(training, data, options, sums)) break;
    Logs logs;
    sums.write(logs, "");
    if (validation.size() != 0) validate(training, validation, options).write(logs, "val_");
    if (stop_requested()) break;
    logs.emplace_back("seconds", std::chrono::duration<double>(Clock::now() - started).count());
    for (const auto& callback : options.callbacks) callback->on_epoch_end(training, logs);
    history.add(logs);
  }
}

}  // namespace

CallbackPtr on_epoch_end(std::function<void(Training&, Logs&)> f) {
  struct OnEpochEnd : Callback {
    std::function<void(Training&, Logs&)> f;
    void on_epoch_end(Training& training, Logs& logs) override { f(training, logs); }
  };
  auto callback = std::make_shared<OnEpochEnd>();
  callback->f = std::move(f);
  return callback;
}

CallbackPtr on_train_batch_end(std::function<void(Training&, const Step&)> f) {
  struct OnBatchEnd : Callback {
    std::function<void(Training&, const Step&)> f;
    void on_train_batch_end(Training& training, const Step& step) override { f(training, step); }
  };
  auto callback = std::make_shared<OnBatchEnd>();
  callback->f = std::move(f);
  return callback;
}

LoopResult train(Trainable& network, BatchSource& data, BatchSource& validation,
                 const LoopOptions& options) {
  LoopResult result;
  train(network, data, validation, options, result);
  return result;
}

void train(Trainable& network, BatchSource& data, BatchSource& validation,
           const LoopOptions& options, LoopResult& result) {
  result = {};
  if (data.size() == 0) throw ValueError("there is nothing to train on: the training set is empty");
  if (options.epochs < 0) throw ValueError("epochs must not be negative, got {}", options.epochs);
  const int64_t batches = data.batches();
  Training training{network, options.epochs, batches, options.initial_epoch,
                    options.initial_epoch * batches};
  try {
    run_epochs(training, data, validation, options, result.history);
  } catch (const Interrupted&) {
    // Raised inside a long measurement: the callbacks still close what they have open.
  }
  result.end = stop_requested() ? LoopEnd::interrupted
               : training.stop  ? LoopEnd::stopped
                                : LoopEnd::finished;
  result.why = training.why;
  std::exception_ptr failure;  // the first; those that come after still close what they have open
  for (const auto& callback : options.callbacks) {
    try {
      callback->on_train_end(training);
    } catch (...) {
      if (!failure) failure = std::current_exception();
    }
  }
  if (failure) std::rethrow_exception(failure);
}

Logs evaluate(Trainable& network, BatchSource& data, const std::vector<Metric>& metrics) {
  if (data.size() == 0) throw ValueError("there is nothing to evaluate: the set is empty");
  Logs logs;
  test(network, data, metrics, [](int64_t) {}).write(logs, "");
  check_stop();
  return logs;
}

}  // namespace glow
