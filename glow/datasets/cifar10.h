// CIFAR-10.
#pragma once

#include "glow/datasets/mnist.h"

namespace glow::datasets::cifar10 {

/// 50000 and 10000 colour photographs, x (n, 3, 32, 32) uint8, 10 classes: the official binary
/// files, in `cifar-10/` of the data folder or in `cifar-10-batches-bin/` within; downloaded and
/// unpacked by `tar` where they are missing. Throws DataError on a file of another length or a
/// label above 9.
///
/// Krizhevsky 2009, Learning multiple layers of features from tiny images.
DataPair load(const ImageOptions& options = {});
Loaders load_data(const LoadOptions& options = {});

}  // namespace glow::datasets::cifar10
