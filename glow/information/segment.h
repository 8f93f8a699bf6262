// What an estimator measures: a batch, the layers it became, and the labels.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

namespace glow {

using at::Tensor;

/// One layer as the network saw it, after its activation function.
struct Representation {
  std::string name;              // dense_1, conv2d_1, …
  Tensor value;                  // (n, ...); keeps its graph in a training step
  Tensor logits = {};            // before softmax, log_softmax or sigmoid, else undefined
  Tensor mean = {}, scale = {};  // p(t|x) = N(mean, scale²) of a stochastic layer, else undefined
};

/// A dynamics segment: the input X, the layers T1 … TL, the label Y.
struct Segment {
  Tensor x;                            // (n, ...)
  std::vector<Representation> layers;  // in the order they ran, the output last
  Tensor y;                            // (n) class numbers or (n, d) targets: the true ones
  int64_t classes = 0;                 // of the data set, not of the batch; 0 for targets
  bool deterministic = true;           // false while dropout, noise or batch statistics are on
};

/// (n, ...) as (n, d); a 1-d tensor as (n, 1). Throws ValueError for a 0-d one.
Tensor flatten_rows(const Tensor& t);

/// Class numbers (n) as one-hot (n, classes) of `like`'s floating type; targets as they are.
Tensor label_matrix(const Segment& segment, const Tensor& like);

}  // namespace glow
