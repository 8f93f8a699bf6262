// The width of a kernel: a number, or the median rule.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "glow/core/value.h"

namespace glow {

using at::Tensor;

/// `5`, or `median`: the median of the positive distances between rows.
struct Bandwidth {
  double value = 5;  // of a number
  bool median = false;

  Bandwidth(double number) : value(number) {}                    // NOLINT: implicit on purpose,
  Bandwidth(int number) : value(number) {}                       // NOLINT: so that options read
  Bandwidth(const char* word) : Bandwidth(std::string(word)) {}  // NOLINT: `.sigma = "median"`
  Bandwidth(const std::string& word);                            // NOLINT
  Bandwidth() = default;
};

/// Throws ValueError unless it is a positive number or `median`.
void check_bandwidth(const Bandwidth& width, const std::string& name);

void read_value(const Value& in, Bandwidth& out);
Value write_value(const Bandwidth& in);

/// The median of the positive distances between rows of x (n, d) in float64; 0 when all rows are
/// equal. Of more than 2048 rows, 2048 evenly spaced ones are taken. O(n² d).
double median_distance(const Tensor& x);

}  // namespace glow
