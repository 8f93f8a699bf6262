// How a run shows itself while it trains.
#pragma once

#include <memory>

#include "glow/training/callback.h"

namespace glow {

/// One network: a bar an epoch, as Keras. Several, or very many epochs: one bar over all epochs of
/// all networks; where stderr is no terminal, a line every twentieth of the run. For networks in
/// several threads.
class RunProgress {
 public:
  RunProgress(int64_t networks, int64_t epochs, int64_t batches);
  ~RunProgress();

  /// For the training of that network.
  CallbackPtr callback(int64_t network);
  void finish();

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace glow
