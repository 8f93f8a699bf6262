#include "glow/run/run_progress.h"

#include <mutex>
#include <optional>

#include "glow/core/console.h"
#include "glow/training/callbacks.h"

namespace glow {
namespace {

std::string shown(const Logs& logs) {
  Logs kept;
  for (const auto& log : logs) {
    if (log.first != "seconds") kept.push_back(log);
  }
  return to_string(kept);
}

}  // namespace

struct RunProgress::Shared {
  Shared(int64_t networks_, int64_t epochs_)
      : networks(networks_), epochs(epochs_), bar("epochs", networks_ * epochs_) {}

  void epoch_done(int64_t network, int64_t epoch, const Logs& logs) {
    const std::lock_guard lock(mutex);
    ++done;
    const int64_t total = networks * epochs;
    if (bar.due())
      bar.update(done, fmt::format("network {}/{} {}", network, networks, shown(logs)));
    if (interactive()) return;
    if (total <= 20 || done * 20 / total > (done - 1) * 20 / total) {
      say(fmt::format("{}/{} epochs - network {}/{}, epoch {}/{} - {}", done, total, network,
                      networks, epoch, epochs, shown(logs)));
    }
  }

  const int64_t networks, epochs;
  std::mutex mutex;
  ProgressBar bar;
  int64_t done = 0;
};

namespace {

struct Report : Callback {
  std::function<void(int64_t, const Logs&)> done;
  void on_epoch_end(Training& training, Logs& logs) override { done(training.epoch, logs); }
};

}  // namespace

RunProgress::RunProgress(int64_t networks, int64_t epochs, int64_t batches) {
  // A bar an epoch is for epochs that last.
  const bool one_by_one = networks == 1 && (epochs <= 200 || batches > 200);
  if (!one_by_one) shared_ = std::make_shared<Shared>(networks, epochs);
}

RunProgress::~RunProgress() = default;

CallbackPtr RunProgress::callback(int64_t network) {
  if (!shared_) return std::make_shared<Progress>();
  auto report = std::make_shared<Report>();
  report->done = [shared = shared_, network](int64_t epoch, const Logs& logs) {
    shared->epoch_done(network, epoch, logs);
  };
  return report;
}

void RunProgress::finish() { shared_.reset(); }

}  // namespace glow
