#include "glow/run/run.h"

#include <ATen/Parallel.h>
#include <torch/version.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <filesystem>
#include <mutex>
#include <thread>

#include "glow/core/clock.h"
#include "glow/core/console.h"
#include "glow/core/parallel.h"
#include "glow/core/stop.h"
#include "glow/core/text.h"
#include "glow/core/version.h"
#include "glow/dynamics/plane_file.h"
#include "glow/dynamics/tracker.h"
#include "glow/run/data_limits.h"
#include "glow/run/run_folder.h"
#include "glow/run/run_progress.h"
#include "glow/run/run_report.h"
#include "glow/run/run_warnings.h"
#include "glow/run/writers.h"
#include "glow/training/callbacks.h"

namespace glow {
namespace {

// Multiply-adds of a batch below which a second thread costs more than it brings.
constexpr int64_t kSmallNetwork = 10'000'000;

int64_t multiply_adds(const Network& network, int64_t batch_size) {
  int64_t sum = 0;
  for (const auto& layer : network.layers()) {
    int64_t positions = 1;  // a kernel's weights work at every position of its map
    for (size_t i = 1; i < layer->output_shape().size(); ++i) {
      positions *= layer->output_shape()[i];
    }
    for (const auto& p : layer->parameters()) sum += p.numel() * positions;
  }
  return sum * batch_size;
}

std::vector<LayerRecord> layer_records(const Network& network) {
  std::vector<LayerRecord> out;
  for (const auto& layer : network.layers()) {
    int64_t count = 0;
    for (const auto& p : layer->parameters()) count += p.numel();
    out.push_back({layer->label(), layer->type(), to_string(layer->output_shape()), count,
                   layer->has_parameters()});
  }
  return out;
}

// One experiment being run: what its networks share.
class Run {
 public:
  Run(const Experiment& experiment, const RunOptions& options);
  RunOutcome operator()();

 private:
  void train_all();
  void fail(const std::string& why);
  void load();
  void open_files();
  void describe_run(Network& network, const Loaders& loaders);
  void train_networks(int64_t workers);
  void train_network(int64_t number);
  std::shared_ptr<Tracker> make_tracker(int64_t number, const Loaders& loaders);
  void announce_saving(Network& network, const Tracker& tracker, const Batch& probe);
  Batch probe(const Loaders& loaders) const;
  void finish(const std::string& status, const std::string& error);

  Experiment experiment_;
  RunFolder folder_;
  RunRecord record_;
  RunWarnings warnings_;
  DataPair data_;
  std::shared_ptr<PlaneFile> plane_;
  std::shared_ptr<SegmentStore> store_;
  std::unique_ptr<HistoryFile> history_;
  std::unique_ptr<RunProgress> progress_;
  std::atomic<bool> failed_{false};
  bool small_ = false;  // a network for one core
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

Run::Run(const Experiment& experiment, const RunOptions& options)
    : experiment_(experiment),
      folder_(RunFolder::create(options.out.empty() ? "runs/" + experiment.name : options.out,
                                options.force)) {
  record_.name = experiment.name;
  record_.command = options.command;
  record_.glow_version = version();
  record_.torch_version = TORCH_VERSION;
  record_.started = utc_time();
  record_.seed = experiment.training.seed;
  record_.networks = experiment.training.networks;
  record_.epochs = experiment.training.epochs;
}

RunOutcome Run::operator()() {
  // Warnings belong to the run: they are said at its end and stand in run.json and the report.
  const WarningSink before = set_warning_sink([this](const std::string& w) { warnings_.add(w); });
  const std::shared_ptr<void> restore(nullptr, [&](void*) { set_warning_sink(before); });
  // What is wrong with the data or the network shows before anything of an earlier run is touched.
  load();
  folder_.clear();
  io::write_atomic(folder_.file("experiment.toml"), to_toml(experiment_));
  folder_.write_record(record_);
  try {
    train_all();
  } catch (const ValueError& error) {
    fail(error.what());
    throw Error("{}", error.what());
  } catch (const std::exception& error) {
    fail(error.what());
    throw;
  }
  const bool interrupted = stop_requested();
  finish(interrupted ? "interrupted" : "finished", "");
  return {folder_.path(), interrupted ? RunEnd::interrupted : RunEnd::finished, record_.seconds};
}

void Run::load() {
  data_ = load_data(experiment_);
  say(describe(data_.train));
  const auto network = make_network(experiment_, 1);
  const Loaders loaders = make_loaders(experiment_, data_, 1);
  describe_run(*network, loaders);
  small_ = multiply_adds(*network, experiment_.data.batch_size) < kSmallNetwork;
}

void Run::train_all() {
  open_files();
  const int threads_before = at::get_num_threads();
  const std::shared_ptr<void> restore(nullptr, [&](void*) { at::set_num_threads(threads_before); });
  at::set_num_threads(small_ ? 1 : thread_count());
  train_networks(small_ ? std::min<int64_t>(thread_count(), experiment_.training.networks) : 1);
}

// What went wrong first is what is told: trouble on the way out (a full disk) hides nothing.
void Run::fail(const std::string& why) {
  try {
    finish("failed", why);
  } catch (const std::exception& error) {
    warnings_.add(fmt::format("the run's files could not be completed: {}", error.what()));
    print_warning(warnings_.lines().back());
  }
}

void Run::describe_run(Network& network, const Loaders& loaders) {
  record_.device = network.device().str();
  record_.threads = thread_count();
  record_.batches = loaders.train.batches();
  record_.data = data_.train.checksums;
  if (data_.test) {
    record_.data.insert(record_.data.end(), data_.test->checksums.begin(),
                        data_.test->checksums.end());
  }
  record_.layers = layer_records(network);
  for (const auto& layer : record_.layers) record_.parameters += layer.parameters;
  if (const auto tracker = make_tracker(1, loaders)) {
    const Batch one = loaders.train.all(1);
    Segment segment = network.observe(one.x, one.y);
    tracker->select(segment);  // throws where no layer is meant
  }
  const DynamicsSection& dynamics = experiment_.dynamics;
  if (!dynamics.evaluators.empty() && dynamics.on != "batch") {
    const Batch measured = probe(loaders);
    // The same of every network: each has a split of its own.
    const bool common =
        dynamics.on == "all" || dynamics.on == "test" || experiment_.training.networks == 1;
    if (common) record_.limits = data_limits(measured);
  }
}

void Run::open_files() {
  const DynamicsSection& dynamics = experiment_.dynamics;
  if (!dynamics.evaluators.empty()) {
    plane_ = std::make_shared<PlaneFile>(folder_.file("plane.csv"));
  }
  if (dynamics.save != Saving::none && !dynamics.evaluators.empty()) {
    store_ = std::make_shared<SegmentStore>(folder_.file("segments"), dynamics.save_limit.bytes);
  }
  history_ = std::make_unique<HistoryFile>(folder_.file("history.csv"));
}

Batch Run::probe(const Loaders& loaders) const {
  const DynamicsSection& dynamics = experiment_.dynamics;
  if (dynamics.on == "train") return loaders.train.all(dynamics.probe);
  if (dynamics.on == "validation" || dynamics.on == "test") {
    const Loader& loader = dynamics.on == "test" ? loaders.test : loaders.validation;
    if (loader.empty()) {
      throw ValueError("on = \"{}\": this run has no {} set{}", dynamics.on, dynamics.on,
                       dynamics.on == "validation" ? "; set data.validation_split" : "");
    }
    return loader.all(dynamics.probe);
  }
  // Everything there is: the training set before its split, and the test set.
  std::vector<const Dataset*> parts{&data_.train};
  if (data_.test) parts.push_back(&*data_.test);
  return joined(parts, dynamics.probe);
}

void Run::announce_saving(Network& network, const Tracker& tracker, const Batch& example) {
  if (!store_) return;
  const int64_t count = tracker.planned_saves(experiment_.training.epochs, record_.batches) *
                        experiment_.training.networks;
  const Batch one{example.x.slice(0, 0, 1), example.y.slice(0, 0, 1)};
  Segment segment = network.observe(one.x, one.y);
  tracker.select(segment);
  const int64_t bytes = segment_bytes(segment) * example.x.size(0) * count;
  say(fmt::format("raw segments: {} of {} in all{}", with_thousands(count), bytes_text(bytes),
                  bytes > store_->limit()
                      ? fmt::format("; saving stops at {}", bytes_text(store_->limit()))
                      : ""));
}

std::shared_ptr<Tracker> Run::make_tracker(int64_t number, const Loaders& loaders) {
  const DynamicsSection& dynamics = experiment_.dynamics;
  if (dynamics.evaluators.empty()) return nullptr;
  std::vector<EstimatorPtr> evaluators;
  for (const auto& spec : dynamics.evaluators) evaluators.push_back(make_estimator(spec));
  auto tracker = std::make_shared<Tracker>(
      std::move(evaluators),
      TrackerOptions{dynamics.every, dynamics.on, dynamics.snapshots, parse_unit(dynamics.unit),
                     dynamics.layers, dynamics.save, number},
      [plane = plane_](const std::vector<PlaneRow>& rows) { plane->append(rows); });
  if (dynamics.on != "batch") tracker->set_probe(probe(loaders));
  if (store_) tracker->set_store(store_);
  tracker->set_warning_sink(
      [this](const std::string& evaluator, const std::string& layer, const std::string& text) {
        warnings_.add(evaluator, layer, text);
      });
  return tracker;
}

void Run::train_network(int64_t number) {
  const auto network = make_network(experiment_, number);
  Loaders loaders = make_loaders(experiment_, data_, number);
  GeneratorOptions options{.verbose = 0, .callbacks = {}};
  if (const auto tracker = make_tracker(number, loaders)) {
    options.callbacks.push_back(tracker);
    if (number == 1) {
      const bool on_batch = experiment_.dynamics.on == "batch";
      loaders.train.begin_epoch(0);
      Batch first;
      loaders.train.next(first);
      announce_saving(*network, *tracker, on_batch ? first : probe(loaders));
    }
  }
  options.callbacks.push_back(
      std::make_shared<Checkpoints>(folder_.file("checkpoints"), number, to_toml(experiment_)));
  options.callbacks.push_back(on_epoch_end([this, number](Training& training, Logs& logs) {
    history_->append(number, training.epoch, logs);
    if (failed_) training.stop = true;
  }));
  options.callbacks.push_back(progress_->callback(number));
  network->fit_generator(loaders.train, loaders.validation, experiment_.training.epochs, options);
  if (network->result().end == LoopEnd::stopped && !failed_) {
    throw Error("network {}: {}", number, network->result().why);
  }
}

void Run::train_networks(int64_t workers) {
  const int64_t networks = experiment_.training.networks;
  progress_ = std::make_unique<RunProgress>(networks, experiment_.training.epochs, record_.batches);
  std::atomic<int64_t> next{1};
  std::exception_ptr failure;
  std::mutex failure_mutex;
  auto work = [&] {
    for (int64_t number = next++; number <= networks && !failed_ && !stop_requested();
         number = next++) {
      try {
        train_network(number);
      } catch (...) {
        const std::lock_guard lock(failure_mutex);
        if (!failure) failure = std::current_exception();
        failed_ = true;
      }
    }
  };
  if (workers == 1) {
    work();
  } else {
    std::vector<std::jthread> pool;
    for (int64_t i = 0; i < workers; ++i) {
      pool.emplace_back([&work] {
        const SerialScope serial;
        work();
      });
    }
  }
  progress_->finish();
  if (failure) std::rethrow_exception(failure);
}

void Run::finish(const std::string& status, const std::string& error) {
  record_.status = status;
  record_.error = error;
  record_.warnings = warnings_.lines();
  for (const auto& warning : record_.warnings) print_warning(warning);
  record_.ended = utc_time();
  record_.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  folder_.write_record(record_);
  if (plane_) plane_->close();
  if (history_) history_->close();
  if (std::filesystem::exists(folder_.file("history.csv"))) write_run_report(folder_.path());
}

}  // namespace

RunOutcome run(const Experiment& experiment, const RunOptions& options) {
  return Run(experiment, options)();
}

}  // namespace glow
