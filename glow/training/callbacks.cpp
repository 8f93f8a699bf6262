#include "glow/training/callbacks.h"

#include <ATen/ATen.h>
#include <fmt/args.h>

#include <cmath>
#include <filesystem>

#include "glow/core/error.h"
#include "glow/core/text.h"
#include "glow/io/csv.h"
#include "glow/io/safetensors.h"

namespace glow {
namespace {

double monitored(const Logs& logs, const std::string& name, const char* who) {
  std::vector<std::string> names;
  for (const auto& [log, value] : logs) {
    if (log == name) return value;
    names.push_back(log);
  }
  throw ValueError("{}: '{}' is not logged{}; logged: {}", who, name, did_you_mean(name, names),
                   join(names, ", "));
}

void check_mode(const std::string& mode, const char* who) {
  if (mode != "auto" && mode != "min" && mode != "max") {
    throw ValueError("{}: mode is auto, min or max, got '{}'", who, mode);
  }
}

bool improves(double value, const std::optional<double>& best, const std::string& monitor,
              const std::string& mode, double min_delta) {
  if (std::isnan(value)) return false;
  if (!best) return true;
  const bool larger =
      mode == "max" || (mode == "auto" && monitor.find("accuracy") != std::string::npos);
  return larger ? value > *best + min_delta : value < *best - min_delta;
}

NamedTensors copies(const NamedTensors& tensors) {
  NamedTensors out;
  for (const auto& [name, tensor] : tensors) out.emplace_back(name, tensor.detach().clone());
  return out;
}

bool finite(const Tensor& tensor) { return at::isfinite(tensor).all().item<bool>(); }

// The first tensor in which something is not finite: input, layers in their order, weights.
std::string first_non_finite(const Pass& pass, const Trainable& network) {
  if (!finite(pass.forward.segment.x)) return "the input";
  for (const auto& layer : pass.forward.segment.layers) {
    if (!finite(layer.value)) return fmt::format("the output of {}", layer.name);
  }
  for (const auto& [name, tensor] : network.weights()) {
    if (tensor.is_floating_point() && !finite(tensor)) return fmt::format("the weight {}", name);
  }
  return "the loss itself";
}

}  // namespace

EarlyStopping::EarlyStopping(EarlyStoppingOptions options) : options_(std::move(options)) {
  check_mode(options_.mode, "EarlyStopping");
  if (options_.patience < 0) {
    throw ValueError("EarlyStopping: patience must not be negative, got {}", options_.patience);
  }
}

void EarlyStopping::on_train_begin(Training&) {
  best_.reset();
  waited_ = 0;
  best_weights_.clear();
}

void EarlyStopping::on_epoch_end(Training& training, Logs& logs) {
  const double value = monitored(logs, options_.monitor, "EarlyStopping");
  if (improves(value, best_, options_.monitor, options_.mode, options_.min_delta)) {
    best_ = value;
    waited_ = 0;
    if (options_.restore_best_weights) best_weights_ = copies(training.network.weights());
  } else if (++waited_ >= options_.patience) {
    training.stop = true;
    training.why = fmt::format("{} has not improved for {} epochs", options_.monitor, waited_);
  }
}

void EarlyStopping::on_train_end(Training& training) {
  if (!best_weights_.empty()) training.network.load_weights(best_weights_);
}

ModelCheckpoint::ModelCheckpoint(std::string path, ModelCheckpointOptions options)
    : path_(std::move(path)), options_(std::move(options)) {
  check_mode(options_.mode, "ModelCheckpoint");
}

void ModelCheckpoint::on_epoch_end(Training& training, Logs& logs) {
  if (options_.save_best_only) {
    const double value = monitored(logs, options_.monitor, "ModelCheckpoint");
    if (!improves(value, best_, options_.monitor, options_.mode, 0)) return;
    best_ = value;
  }
  fmt::dynamic_format_arg_store<fmt::format_context> arguments;
  arguments.push_back(fmt::arg("epoch", training.epoch));
  for (const auto& [name, value] : logs) arguments.push_back(fmt::arg(name.c_str(), value));
  std::string path;
  try {
    path = fmt::vformat(path_, arguments);
  } catch (const fmt::format_error& error) {
    throw ValueError("ModelCheckpoint: the path '{}' is no format ({})", path_, error.what());
  }
  io::write_safetensors(path,
                        {training.network.weights(), {{"epoch", std::to_string(training.epoch)}}});
}

void CSVLogger::on_epoch_end(Training& training, Logs& logs) {
  if (!file_) {
    std::filesystem::remove(path_);  // as Keras: a log is of one training
    file_.emplace(path_);
    std::vector<std::string> names{"epoch"};
    for (const auto& [name, value] : logs) names.push_back(name);
    file_->append_line(io::csv_row(names));
  }
  std::vector<std::string> cells{std::to_string(training.epoch)};
  for (const auto& [name, value] : logs) cells.push_back(number_text(value));
  file_->append_line(io::csv_row(cells));
}

void CSVLogger::on_train_end(Training&) {
  if (file_) file_->close();
  file_.reset();
}

void TerminateOnNaN::on_train_batch_end(Training& training, const Step& step) {
  if (std::isfinite(step.pass.loss)) return;
  terminated_ = training.stop = true;
  training.why = fmt::format(
      "the loss is {} in epoch {}, batch {}; {} is the first that is not finite: try a smaller "
      "learning rate",
      step.pass.loss, training.epoch, step.batch + 1,
      first_non_finite(step.pass, training.network));
}

void Progress::on_epoch_begin(Training& training) {
  const std::string title = fmt::format("Epoch {}/{}", training.epoch, training.epochs);
  if (interactive()) say(title);
  bar_.emplace(interactive() ? "" : title, training.batches);
}

void Progress::on_train_batch_end(Training&, const Step& step) {
  if (bar_->due()) bar_->update(step.batch + 1, to_string(step.logs));
}

void Progress::on_epoch_end(Training&, Logs& logs) {
  Logs shown;
  for (const auto& log : logs) {
    if (log.first != "seconds") shown.push_back(log);
  }
  bar_->finish(to_string(shown));
}

void Progress::on_train_end(Training&) { bar_.reset(); }

}  // namespace glow
