// What a run writes while it trains: history.csv and checkpoints.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <vector>

#include "glow/io/atomic_file.h"
#include "glow/training/callback.h"

namespace glow {

/// history.csv: a line an epoch and network, from any thread.
class HistoryFile {
 public:
  explicit HistoryFile(const std::string& path) : file_(path) {}
  void append(int64_t network, int64_t epoch, const Logs& logs);
  void close();

 private:
  std::mutex mutex_;
  io::AppendFile file_;
};

/// checkpoints/n1-last.safetensors: weights, optimizer state, epoch and updates, all that going on
/// needs, since random numbers are functions of the step. Written at the end of an epoch when the
/// last one is half a minute old, and at the end; the one before stays as n1-previous.
class Checkpoints : public Callback {
 public:
  Checkpoints(std::string folder, int64_t network, std::string experiment);
  void on_epoch_end(Training& training, Logs& logs) override;
  void on_train_end(Training& training) override;

 private:
  void write(const Training& training, int64_t epoch);

  std::string base_, experiment_;
  int64_t network_;
  int64_t updates_ = 0;  // at the end of the last epoch
  std::chrono::steady_clock::time_point written_ = std::chrono::steady_clock::now();
};

}  // namespace glow
