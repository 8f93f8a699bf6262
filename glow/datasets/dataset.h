// Examples in memory.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace glow {

using at::Tensor;

/// A mini-batch as a network gets it.
struct Batch {
  Tensor x;  // (b, ...) float32
  Tensor y;  // (b) int64 class numbers, or (b, d) float32 targets
};

/// n examples in memory. Copies share their tensors.
struct Dataset {
  std::string name;
  Tensor x;  // (n, ...) uint8 or floating; a network gets scale * x + shift as float32
  double scale = 1,
         shift = 0;     // pixels stay bytes: a quarter of the memory, scaled a batch at a time
  Tensor y;             // (n) int64 class numbers, or (n, d) float32 targets
  int64_t classes = 0;  // 0 for targets
  std::vector<std::pair<std::string, std::string>>
      checksums;  // file → sha256; generated data likewise

  int64_t size() const;                // examples
  std::vector<int64_t> shape() const;  // of one example: {1, 28, 28}
};

/// A training set and its official test set, where there is one.
struct DataPair {
  Dataset train;
  std::optional<Dataset> test;
};

/// Tensors as a data set: y of an integer type (n) or (n, 1) are class numbers up to the largest,
/// else targets. Whole numbers in x other than bytes become floats.
Dataset dataset_of(const Tensor& x, const Tensor& y);

/// What every loader relies on: examples at all, as many x as y, types as described, class numbers
/// in [0, classes), finite numbers. Throws DataError naming the set, row and column.
void check(const Dataset& dataset);

/// The examples of these numbers, in their order, as fresh tensors: one pass that gathers and
/// scales. Throws ValueError when a number is not in [0, n).
Batch gather(const Dataset& dataset, std::span<const int64_t> indices);
Batch gather(const Dataset& dataset, const Tensor& indices);

/// The first n examples, or all where there are fewer; shares memory.
Dataset take(const Dataset& dataset, int64_t n);

/// The examples of these numbers as a set of its own.
Dataset subset(const Dataset& dataset, const Tensor& indices);

/// "mnist: 60000 examples of 1 × 28 × 28, 10 classes of 5421 to 6742": what a user should see once.
std::string describe(const Dataset& dataset);

}  // namespace glow
