#include "glow/information/scaled.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "glow/core/error.h"
#include "glow/core/random.h"
#include "glow/information/checks.h"
#include "glow/information/symbols.h"

namespace glow {
namespace {

constexpr double kTieWidth =
    20;  // standard deviations of the jitter: no two draws are so far apart
constexpr double kFineJitter = 1e-6;  // a coarser one hides what was tied
constexpr int64_t kDuplicateSample = 1024;
constexpr double kFewDistinct = 0.05;

struct ColumnScale {
  int64_t column;
  double low, range;       // its smallest value, its largest less that
  double mean, deviation;  // of (v − low)/range, which neither overflows nor loses digits
};

std::vector<ColumnScale> column_scales(const double* values, int64_t n, int64_t d) {
  std::vector<ColumnScale> out;
  std::vector<double> low(values, values + d), high(low);
  for (int64_t i = 1; i < n; ++i) {
    const double* row = values + i * d;
    for (int64_t j = 0; j < d; ++j) {
      low[static_cast<size_t>(j)] = std::min(low[static_cast<size_t>(j)], row[j]);
      high[static_cast<size_t>(j)] = std::max(high[static_cast<size_t>(j)], row[j]);
    }
  }
  for (int64_t j = 0; j < d; ++j) {
    const double least = low[static_cast<size_t>(j)], range = high[static_cast<size_t>(j)] - least;
    if (range == 0) continue;
    ColumnScale scale{j, least, range, 0, 0};
    for (int64_t i = 0; i < n; ++i) scale.mean += (values[i * d + j] - least) / range;
    scale.mean /= static_cast<double>(n);
    for (int64_t i = 0; i < n; ++i) {
      const double apart = (values[i * d + j] - least) / range - scale.mean;
      scale.deviation += apart * apart;
    }
    scale.deviation = std::sqrt(scale.deviation / static_cast<double>(n));
    out.push_back(scale);
  }
  return out;
}

}  // namespace

void warn_of_duplicates(const Tensor& x, const std::string& name,
                        std::vector<std::string>& warnings) {
  const Tensor rows = flatten_rows(x);
  const int64_t n = rows.size(0);
  // Discrete data collide in a small sample already, and only then all rows are compared.
  if (n > kDuplicateSample) {
    const Tensor some = at::arange(kDuplicateSample, rows.options().dtype(at::kLong))
                            .mul_(n)
                            .div_(kDuplicateSample, "floor");
    if (value_symbols(rows.index_select(0, some), name).kinds() == kDuplicateSample) return;
  }
  const int64_t distinct = value_symbols(rows, name).kinds();
  if (static_cast<double>(distinct) >= kFewDistinct * static_cast<double>(n)) return;
  warnings.push_back(
      fmt::format("{} has {} distinct rows among {}: it is discrete, this estimator is for "
                  "continuous variables",
                  name, distinct, n));
}

void check_jitter(double jitter) {
  if (jitter >= 0 && std::isfinite(jitter)) return;
  throw ValueError("jitter must be 0 or a positive number, got {}", jitter);
}

Scaled scaled(const Tensor& x, const std::string& name, bool standardize, double jitter) {
  const Tensor values = continuous(x, name).detach().to(at::kCPU, at::kDouble).contiguous();
  check_finite(values, name);
  const int64_t n = values.size(0), d = values.size(1);
  const double* in = values.const_data_ptr<double>();
  const std::vector<ColumnScale> scales = column_scales(in, n, d);
  const auto kept = static_cast<int64_t>(scales.size());
  Scaled out{name, at::empty({n, kept}, at::kDouble), d, 0, 0, {}};
  if (kept == 0) return out;
  Tensor noise;
  if (jitter > 0) noise = at::randn({n, kept}, make_generator(0, "jitter " + name), at::kDouble);
  const double* drawn = jitter > 0 ? noise.const_data_ptr<double>() : nullptr;
  double* rows = out.rows.mutable_data_ptr<double>();
  double largest = 0;
  for (int64_t c = 0; c < kept; ++c) {
    const ColumnScale& scale = scales[static_cast<size_t>(c)];
    const double deviation = scale.deviation * scale.range;  // in the units of x
    if (!std::isfinite(scale.range) || !std::isnormal(deviation)) {
      throw ValueError("column {} of {} spans {:.3g}, beyond what float64 can scale", scale.column,
                       name, scale.range);
    }
    const double unit = standardize ? 1 : deviation;
    largest = std::max(largest, unit);
    if (standardize) out.log_scale += std::log(deviation);
    for (int64_t i = 0; i < n; ++i) {
      const double v = in[i * d + scale.column];
      double& at = rows[i * kept + c];
      at = standardize ? ((v - scale.low) / scale.range - scale.mean) / scale.deviation : v;
      if (drawn) at += jitter * unit * drawn[i * kept + c];
    }
  }
  if (jitter < kFineJitter) out.grain = kTieWidth * jitter * largest;
  warn_of_duplicates(values, name, out.warnings);
  return out;
}

}  // namespace glow
