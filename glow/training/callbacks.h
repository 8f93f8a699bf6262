// The callbacks that come with the library, with Keras' names and meanings.
#pragma once

#include <optional>
#include <string>

#include "glow/core/console.h"
#include "glow/io/atomic_file.h"
#include "glow/training/callback.h"

namespace glow {

struct EarlyStoppingOptions {
  std::string monitor = "val_loss";
  double min_delta = 0;
  int64_t patience = 0;       // epochs without improvement that are borne
  std::string mode = "auto";  // min, max; auto: max for accuracies
  bool restore_best_weights = false;
};

/// Stops when the monitored number has not improved for more than `patience` epochs. Throws
/// ValueError when it is not logged.
class EarlyStopping : public Callback {
 public:
  explicit EarlyStopping(EarlyStoppingOptions options = {});
  void on_train_begin(Training& training) override;
  void on_epoch_end(Training& training, Logs& logs) override;
  void on_train_end(Training& training) override;

 private:
  EarlyStoppingOptions options_;
  std::optional<double> best_;
  int64_t waited_ = 0;
  NamedTensors best_weights_;
};

struct ModelCheckpointOptions {
  std::string monitor = "val_loss";
  bool save_best_only = false;
  std::string mode = "auto";
};

/// Writes the weights (safetensors) after each epoch. The path may hold {epoch} and any logged name
/// with a format: "w-{epoch:02}-{val_loss:.3f}.safetensors".
class ModelCheckpoint : public Callback {
 public:
  explicit ModelCheckpoint(std::string path, ModelCheckpointOptions options = {});
  void on_epoch_end(Training& training, Logs& logs) override;

 private:
  std::string path_;
  ModelCheckpointOptions options_;
  std::optional<double> best_;
};

/// Writes `epoch` and the logs of each epoch as a line of a CSV file.
class CSVLogger : public Callback {
 public:
  explicit CSVLogger(std::string path) : path_(std::move(path)) {}
  void on_epoch_end(Training& training, Logs& logs) override;
  void on_train_end(Training& training) override;

 private:
  std::string path_;
  std::optional<io::AppendFile> file_;
};

/// Stops at the first loss that is no finite number, and says which tensor was the first.
class TerminateOnNaN : public Callback {
 public:
  void on_train_batch_end(Training& training, const Step& step) override;
  bool terminated() const { return terminated_; }

 private:
  bool terminated_ = false;
};

/// A progress bar for each epoch on stderr: "12/938 ━━━━ 3s - loss: 0.4410 - accuracy: 0.8712".
class Progress : public Callback {
 public:
  void on_epoch_begin(Training& training) override;
  void on_train_batch_end(Training& training, const Step& step) override;
  void on_epoch_end(Training& training, Logs& logs) override;
  void on_train_end(Training& training) override;

 private:
  std::optional<ProgressBar> bar_;
};

}  // namespace glow
