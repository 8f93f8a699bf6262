#include "glow/run/writers.h"

#include <filesystem>

#include "glow/core/text.h"
#include "glow/io/csv.h"
#include "glow/io/safetensors.h"

namespace glow {

void HistoryFile::append(int64_t network, int64_t epoch, const Logs& logs) {
  std::vector<std::string> names{"network", "epoch"};
  std::vector<std::string> cells{std::to_string(network), std::to_string(epoch)};
  for (const auto& [name, value] : logs) {
    names.push_back(name);
    cells.push_back(number_text(value));
  }
  const std::lock_guard lock(mutex_);
  if (file_.size() == 0) file_.append_line(io::csv_row(names));
  file_.append_line(io::csv_row(cells));
}

void HistoryFile::close() {
  const std::lock_guard lock(mutex_);
  file_.close();
}

Checkpoints::Checkpoints(std::string folder, int64_t network, std::string experiment)
    : base_(fmt::format("{}/n{}", folder, network)),
      experiment_(std::move(experiment)),
      network_(network) {
  std::filesystem::create_directories(folder);
}

void Checkpoints::on_epoch_end(Training& training, Logs&) {
  updates_ = training.updates;
  const auto now = std::chrono::steady_clock::now();
  if (now - written_ < std::chrono::seconds(30)) return;
  write(training, training.epoch);
  written_ = now;
}

void Checkpoints::on_train_end(Training& training) {
  if (training.stop) return;  // the loss is no number: the last good checkpoint stays
  // In the middle of an epoch the weights belong to no epoch's end: the updates say how far it got.
  write(training, training.updates == updates_ ? training.epoch : training.epoch - 1);
}

void Checkpoints::write(const Training& training, int64_t epoch) {
  io::TensorFile file;
  for (const auto& [name, tensor] : training.network.weights()) {
    file.tensors.emplace_back("weights." + name, tensor.detach());
  }
  for (const auto& [name, tensor] : training.network.optimizer_state()) {
    file.tensors.emplace_back("optimizer." + name, tensor.detach());
  }
  file.metadata = {{"format", "glow-checkpoint"},
                   {"version", "1"},
                   {"network", std::to_string(network_)},
                   {"epoch", std::to_string(epoch)},
                   {"updates", std::to_string(training.updates)},
                   {"experiment", experiment_}};
  const std::string last = base_ + "-last.safetensors";
  const std::string next = base_ + "-next.safetensors";
  io::write_safetensors(next, file);  // on a full disk the last one stays the last
  if (std::filesystem::exists(last)) {
    std::filesystem::rename(last, base_ + "-previous.safetensors");
  }
  std::filesystem::rename(next, last);
}

}  // namespace glow
