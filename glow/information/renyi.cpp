#include "glow/information/renyi.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "glow/core/stop.h"
#include "glow/information/checks.h"
#include "glow/information/kernel_variables.h"

namespace glow {
namespace {

// The entropies of variables and of pairs of them, 0-d.
struct Entropies {
  std::vector<Tensor> own, joint;
};

// Of A (n, n) with trace 1.
Tensor spectral_entropy(const Tensor& a, double alpha) {
  check_stop();
  const Tensor spectrum = at::linalg_eigvalsh(a);
  // What is below rounding may be negative, and counts for much when alpha < 1.
  const double rounding = static_cast<double>(a.size(0)) * std::numeric_limits<double>::epsilon();
  const Tensor real = spectrum.detach() > rounding;
  const Tensor positive = at::where(real, spectrum, 1);
  if (alpha == 1) return -(positive * positive.log()).sum();  // the limit; 1 ln 1 is 0
  return (positive.pow(alpha) * real).sum().log() / (1 - alpha);
}

// Σ λ² = Σ A_ij², and the square of a gaussian kernel is one of width σ/√2.
Entropies collision_entropies(std::vector<KernelVariable> variables,
                              const std::vector<GramPair>& pairs, bool whole) {
  for (auto& variable : variables) variable.kernel.sigma /= std::sqrt(2.0);
  const auto n = static_cast<double>(variables[0].rows.size(0));
  Entropies out;
  const auto push = [n](std::vector<Tensor>& to, const Tensor& squares) {
    to.push_back(-(squares / (n * n)).log());
  };
  if (whole) {
    std::vector<Tensor> grams;
    for (const auto& variable : variables) {
      grams.push_back(gram_matrix(variable));
      push(out.own, grams.back().sum(at::kDouble));
    }
    for (const auto& [k, l] : pairs) push(out.joint, (grams[k] * grams[l]).sum(at::kDouble));
  } else {
    const GramStatistics sums = gram_statistics(variables, pairs);
    for (const auto& own : sums.variables) push(out.own, at::scalar_tensor(own.total, at::kDouble));
    for (const double joint : sums.products) push(out.joint, at::scalar_tensor(joint, at::kDouble));
  }
  return out;
}

Entropies spectral_entropies(std::vector<KernelVariable> variables,
                             const std::vector<GramPair>& pairs, double alpha) {
  const auto n = static_cast<double>(variables[0].rows.size(0));
  Entropies out;
  std::vector<Tensor> grams;
  for (auto& variable : variables) {
    variable.rows = variable.rows.to(at::kDouble);
    grams.push_back(gram_matrix(variable));
    out.own.push_back(spectral_entropy(grams.back() / n, alpha));
  }
  for (const auto& [k, l] : pairs) {
    out.joint.push_back(spectral_entropy(grams[k] * grams[l] / n, alpha));
  }
  return out;
}

Entropies entropies(const std::vector<KernelVariable>& variables,
                    const std::vector<GramPair>& pairs, double alpha) {
  check_rows(variables[0].rows.size(0), 2, "renyi");
  bool whole = false, graph = false;
  for (const auto& variable : variables) {
    graph |= at::GradMode::is_enabled() && variable.rows.requires_grad();
    whole |= !variable.rows.is_cpu();
  }
  whole |= graph;
  if (whole || alpha != 2) {
    const auto count = static_cast<int64_t>(variables.size() + (graph ? pairs.size() : 0));
    check_memory(
        variables[0].rows.size(0), 8 * (count * (graph ? 5 : 1) + 3),
        alpha == 2 ? "take fewer rows, or leave out the gradient" : "take fewer rows, or alpha=2");
  }
  return alpha == 2 ? collision_entropies(variables, pairs, whole)
                    : spectral_entropies(variables, pairs, alpha);
}

// How many distinct rows each variable has; checks that they are finite.
std::vector<int64_t> distinct_rows(const std::vector<KernelVariable>& variables) {
  std::vector<int64_t> out;
  for (const auto& variable : variables) {
    out.push_back(row_symbols(variable).kinds());
  }
  return out;
}

void explain_renyi(KernelVariables& variables, const std::vector<int64_t>& distinct,
                   const std::vector<Tensor>& own) {
  std::vector<Tensor> read;
  for (const Tensor& entropy : own) read.push_back(entropy.detach());
  const Tensor host = at::stack(read).to(at::kCPU);
  const double* entropy = host.const_data_ptr<double>();
  const double most = std::log(static_cast<double>(variables.rows()));
  for (size_t v = 0; v < own.size(); ++v) {
    const KernelVariable& variable = variables.list[v];
    if (distinct[v] == 1) {
      variables.warnings[v].push_back(
          fmt::format("{} is constant: its entropy is 0", variable.name));
    } else if (entropy[v] > 0.95 * most || entropy[v] < 0.02) {
      variables.warnings[v].push_back(fmt::format(
          "kernel saturated at this sigma: the entropy of {} is {:.3g} of at most ln n = {:.3g} "
          "nats: its rows look {}",
          variable.name, entropy[v], most, entropy[v] < 0.02 ? "all the same" : "all apart"));
    }
  }
}

std::vector<Estimate> measure_renyi(KernelVariables variables, const std::vector<GramPair>& pairs,
                                    const RenyiOptions& options, const std::string& spec) {
  const std::vector<int64_t> distinct = distinct_rows(variables.list);
  const Entropies measured = entropies(variables.list, pairs, options.alpha);
  explain_renyi(variables, distinct, measured.own);
  std::vector<Estimate> out;
  for (size_t p = 0; p < pairs.size(); ++p) {
    const auto [k, l] = pairs[p];
    Estimate estimate = variables.estimate(pairs[p], spec, Unit::nats);
    const int64_t fewest = std::min(distinct[k], distinct[l]);
    estimate.value = measured.own[k] + measured.own[l] - measured.joint[p];
    if (fewest == 1) estimate.value = estimate.value * 0;  // as its gradient is
    estimate.ceiling = std::log(static_cast<double>(fewest));
    out.push_back(std::move(estimate));
  }
  return out;
}

void check_renyi_options(const RenyiOptions& options) {
  kernel_widths(options);
  parse_reference(options.reference);
  if (!(options.alpha > 0) || !std::isfinite(options.alpha)) {
    throw ValueError("alpha must be a positive number, got {}", options.alpha);
  }
}

Estimate renyi_pair(const Tensor& x, const Tensor& y, const RenyiOptions& options,
                    const std::string& spec) {
  return measure_renyi(kernel_variables(x, y, Kernel::Kind::gaussian, kernel_widths(options)),
                       {{0, 1}}, options, spec)[0];
}

bool has_channels(const Representation& layer) { return layer.value.dim() >= 3; }

// Each channel over its width: the product of gaussian kernels is one of the rows side by side.
Tensor scaled_channels(const Tensor& maps, const std::vector<double>& widths) {
  std::vector<double> factors;
  for (const double width : widths) factors.push_back(width > 0 ? 1 / width : 1);  // a dead channel
  const auto type = maps.scalar_type() == at::kFloat ? at::kFloat : at::kDouble;
  const Tensor factor = at::tensor(factors, at::kDouble).to(maps.device(), type);
  return (maps.to(type).flatten(2) * factor.view({1, -1, 1})).flatten(1);
}

}  // namespace

Estimate renyi_entropy(const Tensor& x, const RenyiOptions& options) {
  check_renyi_options(options);
  KernelVariables variables;
  variables.add("x", x, Kernel::Kind::gaussian, kernel_widths(options).of_x(), false,
                [&] { return median_distance(continuous(x, "x")); });
  const std::vector<int64_t> distinct = distinct_rows(variables.list);
  const Entropies measured = entropies(variables.list, {}, options.alpha);
  explain_renyi(variables, distinct, measured.own);
  Estimate out = variables.estimate({0, 0}, spec_text("renyi", options), Unit::nats);
  out.warnings = variables.warnings[0];
  out.value = distinct[0] == 1 ? measured.own[0] * 0 : measured.own[0];
  out.ceiling = std::log(static_cast<double>(distinct[0]));
  return out;
}

Estimate renyi(const Tensor& x, const Tensor& y, const RenyiOptions& options) {
  check_renyi_options(options);
  return renyi_pair(x, y, options, spec_text("renyi", options));
}

Renyi::Renyi(const RenyiOptions& options)
    : InformationEstimator(spec_text("renyi", options)), options_(options) {
  check_renyi_options(options);
}

Estimate Renyi::estimate(const Tensor& x, const Tensor& y) const {
  return renyi_pair(x, y, options_, spec());
}

void Renyi::fit(const Segment& segment, Fit& fit) const {
  const KernelWidths widths = kernel_widths(options_);
  Segment flat = segment;
  flat.layers.clear();
  for (const auto& layer : segment.layers) {
    if (!has_channels(layer)) {
      flat.layers.push_back(layer);
    } else if (widths.of_t().median) {
      std::vector<double> medians;
      for (const Tensor& channel : layer.value.detach().unbind(1)) {
        medians.push_back(median_distance(continuous(channel.flatten(1), layer.name)));
      }
      fit.add("sigma " + layer.name, medians);
    }
  }
  fit_widths(widths, flat, fit);
}

std::vector<Coordinates> Renyi::evaluate(const Segment& segment, const Fit& fit) const {
  const KernelWidths widths = kernel_widths(options_);
  constexpr auto kGaussian = Kernel::Kind::gaussian;
  Segment front = segment;
  front.layers.clear();
  KernelVariables variables = kernel_variables(front, fit, kGaussian, widths);
  for (const auto& layer : segment.layers) {
    const std::string key = "sigma " + layer.name;
    if (has_channels(layer) && widths.of_t().median) {
      variables.add(layer.name, scaled_channels(layer.value, fit.means(key)), kGaussian, 1, false,
                    {});
    } else {
      variables.add(layer.name, flatten_rows(layer.value), kGaussian, widths.of_t(), false,
                    [&] { return fit.mean(key); });
    }
  }
  return layer_coordinates(measure_renyi(variables, layer_pairs(variables), options_, spec()));
}

}  // namespace glow
