// The training loop.
#pragma once

#include <vector>

#include "glow/datasets/loader.h"
#include "glow/training/callback.h"
#include "glow/training/metrics.h"

namespace glow {

struct LoopOptions {
  int64_t epochs = 1;
  int64_t initial_epoch = 0;  // completed before
  std::vector<Metric> metrics = {};
  std::vector<CallbackPtr> callbacks = {};
};

enum class LoopEnd { finished, stopped, interrupted };  // stopped: by a callback

struct LoopResult {
  History history;
  LoopEnd end = LoopEnd::finished;
  std::string why = {};  // of a stop
};

/// Trains for `epochs` epochs. After each, loss and metrics over the whole epoch, and over
/// `validation` (may be empty) as val_…, go to the callbacks and the history. A raised stop flag
/// ends it after the batch. Throws ValueError when there is nothing to train on.
LoopResult train(Trainable& network, BatchSource& data, BatchSource& validation,
                 const LoopOptions& options);

/// The same into `result`, which has the finished epochs where a callback or a loss throws, too.
void train(Trainable& network, BatchSource& data, BatchSource& validation,
           const LoopOptions& options, LoopResult& result);

/// Loss and metrics over all of `data`, in evaluation mode.
Logs evaluate(Trainable& network, BatchSource& data, const std::vector<Metric>& metrics);

}  // namespace glow
