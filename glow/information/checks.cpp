#include "glow/information/checks.h"

#include <ATen/ATen.h>
#include <unistd.h>

#include <cmath>
#include <limits>

#include "glow/core/error.h"
#include "glow/core/text.h"

namespace glow {
namespace {

// Bytes of memory that square matrices may take together.
double memory_limit() {
  const double physical =
      static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGE_SIZE));
  return 0.25 * physical;
}

std::string shape_text(const Tensor& x) {
  std::vector<std::string> sizes;
  for (const int64_t size : x.sizes()) sizes.push_back(std::to_string(size));
  return "(" + join(sizes, ", ") + ")";
}

// In a plain loop: a parallel operation of torch leaves threads behind that spin for milliseconds,
// on the cores where the estimators' own are about to work.
template <class T>
bool all_finite(const Tensor& x) {
  const T* value = x.const_data_ptr<T>();
  bool finite = true;
  for (int64_t i = 0; i < x.numel(); ++i) {
    finite &= std::abs(value[i]) <= std::numeric_limits<T>::max();
  }
  return finite;
}

}  // namespace

Tensor continuous(const Tensor& x, const std::string& name) {
  if (!x.defined() || x.dim() == 0) {
    throw ValueError("{} needs rows: expected (n) or (n, d), got a 0-d tensor", name);
  }
  if (x.dim() > 2) {
    throw ValueError("{} has the shape {}: expected (n) or (n, d); flatten it first", name,
                     shape_text(x));
  }
  if (x.is_complex()) throw ValueError("{} is complex: expected real numbers", name);
  if (x.numel() == 0) throw ValueError("{} is empty: its shape is {}", name, shape_text(x));
  const Tensor matrix = x.dim() == 1 ? x.unsqueeze(1) : x;
  const auto type = matrix.scalar_type();
  return type == at::kFloat || type == at::kDouble ? matrix : matrix.to(at::kDouble);
}

void check_finite(const Tensor& x, const std::string& name) {
  if (x.is_cpu() && x.is_contiguous()) {
    if (x.scalar_type() == at::kDouble && all_finite<double>(x)) return;
    if (x.scalar_type() == at::kFloat && all_finite<float>(x)) return;
  }
  const Tensor bad = at::isfinite(x.detach()).logical_not_();
  const int64_t count = bad.sum().item<int64_t>();
  if (count == 0) return;
  const int64_t first = bad.flatten().to(at::kByte).argmax().item<int64_t>();
  const int64_t columns = x.numel() / x.size(0);
  throw ValueError("{} contains {} non-finite value{}, first at row {}, column {}", name,
                   with_thousands(count), count == 1 ? "" : "s", first / columns, first % columns);
}

void check_same_rows(const Tensor& x, const std::string& x_name, const Tensor& y,
                     const std::string& y_name) {
  if (x.size(0) == y.size(0)) return;
  throw ValueError("{} has {} rows, {} has {}: each row must be one sample of both", x_name,
                   x.size(0), y_name, y.size(0));
}

void check_rows(int64_t rows, int64_t needed, const std::string& estimator) {
  if (rows < needed) throw NoEstimate("{} needs at least {} rows, got {}", estimator, needed, rows);
}

bool holds_class_numbers(const Segment& segment) {
  if (!segment.y.defined() || segment.y.dim() == 0) {
    throw ValueError("the segment has no labels: y must be (n) class numbers or (n, d) targets");
  }
  return segment.classes > 0 && segment.y.numel() == segment.y.size(0);
}

Tensor class_numbers(const Tensor& y, int64_t classes) {
  if (y.is_floating_point() || y.is_complex() || y.scalar_type() == at::kBool) {
    const Tensor values = y.detach().flatten().to(at::kCPU, at::kDouble);
    const double* value = values.const_data_ptr<double>();
    for (int64_t row = 0; row < values.numel(); ++row) {
      if (value[row] != std::floor(value[row])) {
        throw DataError("y contains label {} at row {}: class numbers are whole", value[row], row);
      }
    }
    throw ValueError("class numbers must have an integer type, got {}",
                     at::toString(y.scalar_type()));
  }
  const Tensor labels = y.detach().flatten().to(at::kCPU, at::kLong).contiguous();
  const int64_t* label = labels.const_data_ptr<int64_t>();
  for (int64_t row = 0; row < labels.numel(); ++row) {
    if (label[row] < 0 || label[row] >= classes) {
      throw DataError("y contains label {} at row {}: expected 0 to {}", label[row], row,
                      classes - 1);
    }
  }
  return labels;
}

void check_memory(int64_t n, int64_t bytes_an_entry, const std::string& hint) {
  const double rows = static_cast<double>(n);
  const double needed = rows * rows * static_cast<double>(bytes_an_entry);
  if (needed <= memory_limit()) return;
  throw ValueError(
      "{} rows need {:.1f} GB for their matrices, more than a quarter of the memory "
      "({:.1f} GB); {}",
      with_thousands(n), needed / 1e9, memory_limit() / 1e9, hint);
}

}  // namespace glow
