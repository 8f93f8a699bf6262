// Variables under their kernels: what every kernel estimator begins with.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "glow/information/bandwidth.h"
#include "glow/information/estimator.h"
#include "glow/information/gram_sums.h"
#include "glow/information/symbols.h"

namespace glow {

/// The keys of gaussian kernels' widths that hsic, nhsic, cka and renyi share.
struct KernelWidths {
  Bandwidth sigma;
  std::optional<Bandwidth> sigma_x, sigma_t, sigma_y;
  bool scale_by_dimension = false;

  const Bandwidth& of_x() const { return sigma_x ? *sigma_x : sigma; }
  const Bandwidth& of_t() const { return sigma_t ? *sigma_t : sigma; }
  const Bandwidth& of_y() const { return sigma_y ? *sigma_y : sigma; }
};

/// The widths that an options struct names. Throws ValueError unless all are positive numbers or
/// `median`.
template <class Options>
KernelWidths kernel_widths(const Options& options) {
  KernelWidths widths{options.sigma, options.sigma_x, options.sigma_t, options.sigma_y};
  if constexpr (requires { options.scale_by_dimension; }) {
    widths.scale_by_dimension = options.scale_by_dimension;
  }
  check_bandwidth(widths.sigma, "sigma");
  check_bandwidth(widths.of_x(), "sigma_x");
  check_bandwidth(widths.of_t(), "sigma_t");
  check_bandwidth(widths.of_y(), "sigma_y");
  return widths;
}

/// Adds the median distance of each variable of the segment whose width is one, as "sigma x",
/// "sigma y" and "sigma dense_1".
void fit_widths(const KernelWidths& widths, const Segment& segment, Fit& fit);

/// Variables with as many rows each, and what there is to warn of each.
struct KernelVariables {
  std::vector<KernelVariable> list;
  std::vector<std::vector<std::string>> warnings;

  /// `median` is called only where the width is one; 0, where there is none, becomes 1 with a
  /// warning. Throws ValueError on rows that differ and on what `continuous` refuses.
  void add(const std::string& name, const Tensor& rows, Kernel::Kind kind, const Bandwidth& width,
           bool scale_by_dimension, const std::function<double()>& median);

  int64_t rows() const { return list[0].rows.size(0); }

  /// An estimate of a pair that lacks its value: n, and the warnings of both.
  Estimate estimate(const GramPair& pair, const std::string& spec, Unit unit) const;
};

/// The symbols of a variable's rows (n, d), as `value_symbols`, at a fraction of its cost where all
/// rows differ. Throws ValueError on NaN or infinity.
Symbols row_symbols(const KernelVariable& variable);

/// x and y.
KernelVariables kernel_variables(const Tensor& x, const Tensor& y, Kernel::Kind kind,
                                 const KernelWidths& widths);

/// X, Y (labels one-hot), then the layers, flattened; medians from `fit`.
KernelVariables kernel_variables(const Segment& segment, const Fit& fit, Kernel::Kind kind,
                                 const KernelWidths& widths);

/// (T, X) and (T, Y) of each layer of such a list.
std::vector<GramPair> layer_pairs(const KernelVariables& variables);

/// The estimates of those pairs as coordinates.
std::vector<Coordinates> layer_coordinates(const std::vector<Estimate>& estimates);

}  // namespace glow
