#include "glow/information/kernel_variables.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "glow/information/checks.h"

namespace glow {

void fit_widths(const KernelWidths& widths, const Segment& segment, Fit& fit) {
  const auto add = [&](const std::string& key, const Tensor& rows, const Bandwidth& width) {
    if (width.median) {
      fit.add("sigma " + key, median_distance(continuous(flatten_rows(rows), key)));
    }
  };
  add("x", segment.x, widths.of_x());
  add("y", label_matrix(segment, segment.x), widths.of_y());
  for (const auto& layer : segment.layers) add(layer.name, layer.value, widths.of_t());
}

void KernelVariables::add(const std::string& name, const Tensor& rows, Kernel::Kind kind,
                          const Bandwidth& width, bool scale_by_dimension,
                          const std::function<double()>& median) {
  KernelVariable variable{name, continuous(rows, name), {kind, 1}};
  if (!list.empty()) check_same_rows(list[0].rows, list[0].name, variable.rows, name);
  warnings.emplace_back();
  if (kind == Kernel::Kind::gaussian) {
    double& sigma = variable.kernel.sigma;
    sigma = width.median ? median() : width.value;
    if (sigma != 0) check_bandwidth(sigma, "the median distance of " + name);
    if (width.median && sigma == 0) {
      sigma = 1;
      warnings.back().push_back(fmt::format(
          "{}: there is no median distance where all rows are equal; sigma is 1", name));
    }
    if (!width.median && scale_by_dimension) {
      sigma *= std::sqrt(static_cast<double>(variable.rows.size(1)));
    }
  }
  list.push_back(std::move(variable));
}

Estimate KernelVariables::estimate(const GramPair& pair, const std::string& spec, Unit unit) const {
  Estimate out;
  out.estimator = spec;
  out.unit = unit;
  out.n = rows();
  out.warnings = warnings[pair.first];
  const auto& second = warnings[pair.second];
  out.warnings.insert(out.warnings.end(), second.begin(), second.end());
  return out;
}

Symbols row_symbols(const KernelVariable& variable) {
  const Tensor rows = variable.rows.detach();
  const Tensor norms = (rows * rows).sum(1, /*keepdim=*/false, at::kDouble).to(at::kCPU);
  const double* norm = norms.const_data_ptr<double>();
  std::vector<double> sorted(norm, norm + norms.numel());
  std::sort(sorted.begin(), sorted.end());
  const bool finite = std::isfinite(norms.sum().item<double>());
  // Equal rows have equal norms.
  if (!finite || std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
    return value_symbols(rows.to(at::kCPU), variable.name);
  }
  Symbols out;
  out.of_row.resize(sorted.size());
  std::iota(out.of_row.begin(), out.of_row.end(), 0);
  out.counts.assign(sorted.size(), 1);
  return out;
}

KernelVariables kernel_variables(const Tensor& x, const Tensor& y, Kernel::Kind kind,
                                 const KernelWidths& widths) {
  KernelVariables out;
  out.add("x", x, kind, widths.of_x(), widths.scale_by_dimension,
          [&] { return median_distance(continuous(x, "x")); });
  out.add("y", y, kind, widths.of_y(), widths.scale_by_dimension,
          [&] { return median_distance(continuous(y, "y")); });
  return out;
}

KernelVariables kernel_variables(const Segment& segment, const Fit& fit, Kernel::Kind kind,
                                 const KernelWidths& widths) {
  KernelVariables out;
  const auto add = [&](const std::string& name, const Tensor& rows, const Bandwidth& width) {
    out.add(name, flatten_rows(rows), kind, width, widths.scale_by_dimension,
            [&] { return fit.mean("sigma " + name); });
  };
  add("x", segment.x, widths.of_x());
  add("y", label_matrix(segment, segment.x), widths.of_y());
  for (const auto& layer : segment.layers) add(layer.name, layer.value, widths.of_t());
  return out;
}

std::vector<GramPair> layer_pairs(const KernelVariables& variables) {
  std::vector<GramPair> out;
  for (size_t t = 2; t < variables.list.size(); ++t) {
    out.emplace_back(t, 0);
    out.emplace_back(t, 1);
  }
  return out;
}

std::vector<Coordinates> layer_coordinates(const std::vector<Estimate>& estimates) {
  std::vector<Coordinates> out;
  for (size_t p = 0; p < estimates.size(); p += 2) out.push_back({estimates[p], estimates[p + 1]});
  return out;
}

}  // namespace glow
