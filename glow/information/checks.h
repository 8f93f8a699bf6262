// What every estimator asks of its input before it computes. Nothing here changes an input.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>

#include "glow/core/error.h"
#include "glow/information/segment.h"

namespace glow {

/// The data are sound, but too few for an estimator, or have too many columns. On a layer there is
/// no value then, and a warning with this text.
class NoEstimate : public ValueError {
 public:
  using ValueError::ValueError;
};

/// x as floating (n, d), n >= 1: a 1-d tensor as a column; integers, booleans and half precision as
/// float64. Throws ValueError on 0-d, complex or empty input, and on more than two dimensions,
/// which only a segment flattens. `name` is what messages call it.
Tensor continuous(const Tensor& x, const std::string& name);

/// Throws ValueError unless all of x (n, d) is finite: "x contains 3 non-finite values, first at
/// row 17, column 4", both from 0.
void check_finite(const Tensor& x, const std::string& name);

/// Throws ValueError with both counts unless x and y have as many rows.
void check_same_rows(const Tensor& x, const std::string& x_name, const Tensor& y,
                     const std::string& y_name);

/// Throws NoEstimate with both counts when there are fewer rows than `needed`.
void check_rows(int64_t rows, int64_t needed, const std::string& estimator);

/// Whether y is (n) or (n, 1) class numbers: `classes` says so, and y has one column.
bool holds_class_numbers(const Segment& segment);

/// Labels as contiguous int64 (n) on the CPU. Throws DataError with the row of a label that is
/// fractional or not in [0, classes), ValueError for whole numbers of a floating type.
Tensor class_numbers(const Tensor& y, int64_t classes);

/// Throws ValueError with the size needed when more than a quarter of the memory would be allocated
/// for square matrices of n rows; `hint` is the remedy.
void check_memory(int64_t n, int64_t bytes_an_entry, const std::string& hint);

}  // namespace glow
