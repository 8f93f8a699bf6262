// Samplers of known mutual information: what an estimator is measured by.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace glow {

using at::Tensor;

/// n joint draws of two variables: x (n, x_columns) and y (n, y_columns), float64.
struct Sample {
  Tensor x, y;
};

/// A joint law whose mutual information is known in closed form.
struct Task {
  std::string name;  // `spiral-multinormal-sparse-3-3-2-2.0`
  int64_t x_columns = 1, y_columns = 1;
  double truth = 0;  // I(X;Y) in nats
  std::function<Sample(int64_t n, const at::Generator& generator)> draw;
};

/// The 40 tasks of the first suite of "Beyond Normal", under the names they have there: Gaussian,
/// Student and uniform laws in up to 50 + 50 dimensions, as they are and through maps that are one
/// to one on X alone and on Y alone, which change no mutual information.
///
/// Czyż, Grabowski, Vogt, Beerenwinkel, Marx 2023, NeurIPS, arXiv 2306.11078.
const std::vector<Task>& tasks();

/// The task of that name. Throws ValueError with the nearest one.
const Task& task(const std::string& name);

/// n draws of a task, the same for the same seed; n >= 1. Tasks draw independently of each other
/// and of any other generator.
Sample sample(const Task& task, int64_t n = 10'000, uint64_t seed = 0);

}  // namespace glow
