// What looks on, and may stop the training.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "glow/training/history.h"
#include "glow/training/trainable.h"

namespace glow {

/// The training as a callback sees it.
struct Training {
  Trainable& network;
  int64_t epochs = 0;    // planned
  int64_t batches = 0;   // an epoch
  int64_t epoch = 0;     // being trained, from 1; in on_train_begin the number completed
  int64_t updates = 0;   // optimizer updates made so far
  bool stop = false;     // set it to end after this batch or epoch
  std::string why = {};  // why it was stopped, for the user
};

/// One batch that was just trained on.
struct Step {
  int64_t batch = 0;    // in its epoch, from 0
  int64_t updates = 0;  // made before this one: when the activations were computed
  const Pass& pass;
  const Logs& logs;  // loss and metrics over the epoch so far
};

/// Override what is of interest.
class Callback {
 public:
  virtual ~Callback() = default;
  virtual void on_train_begin(Training&) {}
  virtual void on_epoch_begin(Training&) {}
  virtual void on_train_batch_end(Training&, const Step&) {}
  /// Before the validation of an epoch, of so many batches, -1 when not known; and after each.
  virtual void on_test_begin(Training&, int64_t /*batches*/) {}
  virtual void on_test_batch_end(Training&, int64_t /*batch*/) {}
  /// `logs` may be added to; later callbacks, history and files see that.
  virtual void on_epoch_end(Training&, Logs&) {}
  /// Also after an interruption; not after an exception.
  virtual void on_train_end(Training&) {}
};

using CallbackPtr = std::shared_ptr<Callback>;

/// A callback from a function, called after every epoch.
CallbackPtr on_epoch_end(std::function<void(Training&, Logs&)> f);
/// A callback from a function, called after every batch.
CallbackPtr on_train_batch_end(std::function<void(Training&, const Step&)> f);

}  // namespace glow
