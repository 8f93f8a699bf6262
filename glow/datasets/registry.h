// name → data set, for the `[data]` table of an experiment file.
#pragma once

#include "glow/core/registry.h"
#include "glow/datasets/dataset.h"

namespace glow {

/// mnist, fashion_mnist, cifar10, szt, npz, npy, idx, csv. What goes for every set (batch_size,
/// validation_split, limit) is `LoadOptions`' business.
Registry<DataPair>& data_sets();

}  // namespace glow
