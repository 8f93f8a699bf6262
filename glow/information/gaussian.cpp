#include "glow/information/gaussian.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "glow/core/error.h"
#include "glow/core/random.h"
#include "glow/information/checks.h"
#include "glow/information/covariance.h"
#include "glow/information/entropy.h"
#include "glow/information/gaussian_pairs.h"
#include "glow/information/layer_forms.h"
#include "glow/information/scaled.h"
#include "glow/information/symbols.h"

namespace glow {
namespace {

constexpr double kManyTies = 0.05;

void check_options(const GaussianOptions& options) {
  if (options.noise && !(*options.noise > 0 && std::isfinite(*options.noise))) {
    throw ValueError("noise must be a positive number, got {}", *options.noise);
  }
}

Tensor as_double(const Tensor& x, const std::string& name) {
  Tensor rows = continuous(x, name).to(at::kDouble);
  check_finite(rows, name);
  return rows;
}

Tensor with_gaussian_noise(const Tensor& y, const GaussianOptions& options) {
  if (!options.noise) return y;
  const Tensor noise = at::randn(y.sizes(), make_generator(0, "gaussian noise"),
                                 at::TensorOptions().dtype(at::kDouble));
  return y + *options.noise * noise.to(y.device());
}

struct CheckedPair {
  Tensor x, y;

  GaussianVariable first() const { return gaussian_variable(x, "x"); }
  GaussianVariable second() const { return gaussian_variable(y, "y"); }
};
CheckedPair check_gaussian_pair(const Tensor& x, const Tensor& y, const GaussianOptions& options,
                                const std::string& estimator) {
  const Tensor first = continuous(x, "x"), second = continuous(y, "y");
  check_same_rows(first, "x", second, "y");
  check_rows(first.size(0), 2, estimator);
  return {as_double(first, "x"), with_gaussian_noise(as_double(second, "y"), options)};
}

// Of two variables, not of a layer and one-hot labels.
Estimate warned_of_duplicates(const Tensor& x, const Tensor& y, Estimate out) {
  warn_of_duplicates(x, "x", out.warnings);
  warn_of_duplicates(y, "y", out.warnings);
  return out;
}

Estimate gaussian_of(const Tensor& x, const Tensor& y, const GaussianOptions& options,
                     const std::string& spec) {
  const CheckedPair pair = check_gaussian_pair(x, y, options, "gaussian");
  return gaussian_estimate(pair.first(), pair.second(), Road::determinants, options.bias_correction,
                           "gaussian", spec);
}

Estimate cca_of(const Tensor& x, const Tensor& y, const GaussianOptions& options,
                const std::string& spec) {
  const CheckedPair pair = check_gaussian_pair(x, y, options, "cca");
  return gaussian_estimate(pair.first(), pair.second(), Road::correlations, options.bias_correction,
                           "cca", spec);
}

// Φ⁻¹(rank/(n+1)) of each column, ties with their mean rank; `tied` gets the share of tied values.
Tensor normal_scores(const Tensor& x, double* tied) {
  const Tensor columns = x.detach().to(at::kCPU).t().contiguous();
  const int64_t n = columns.size(1);
  const Tensor ranks = at::empty_like(columns);
  std::vector<int64_t> order(static_cast<size_t>(n));
  int64_t ties = 0;
  for (int64_t j = 0; j < columns.size(0); ++j) {
    const double* value = columns.const_data_ptr<double>() + j * n;
    double* rank = ranks.mutable_data_ptr<double>() + j * n;
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(),
              [&](int64_t a, int64_t b) { return value[a] < value[b]; });
    for (size_t first = 0, last = 0; first < order.size(); first = last) {
      while (last < order.size() && value[order[last]] == value[order[first]]) ++last;
      if (last - first > 1) ties += static_cast<int64_t>(last - first);
      const double mean = 0.5 * static_cast<double>(first + last + 1);  // of first+1 … last
      for (size_t i = first; i < last; ++i) rank[order[i]] = mean;
    }
  }
  *tied = static_cast<double>(ties) / static_cast<double>(columns.numel());
  return at::special_ndtri(ranks / static_cast<double>(n + 1)).t();
}

// The normal scores of a variable, made once for any partners.
struct CopulaVariable {
  std::string name;
  double tied = 0;
  GaussianVariable scores;

  CopulaVariable(const Tensor& x, std::string called)
      : name(std::move(called)), scores(gaussian_variable(normal_scores(x, &tied), name)) {}
};

Estimate gaussian_copula_of(const CopulaVariable& x, const CopulaVariable& y,
                            const GaussianOptions& options, const std::string& spec) {
  Estimate out = gaussian_estimate(x.scores, y.scores, Road::determinants, options.bias_correction,
                                   "gaussian_copula", spec);
  for (const CopulaVariable* variable : {&x, &y}) {
    if (variable->tied <= kManyTies) continue;
    out.warnings.push_back(
        fmt::format("{:.0f} % of the values of {} are tied: its copula is not Gaussian",
                    100 * variable->tied, variable->name));
  }
  return out;
}

Estimate gaussian_copula_of(const Tensor& x, const Tensor& y, const GaussianOptions& options,
                            const std::string& spec) {
  const CheckedPair pair = check_gaussian_pair(x, y, options, "gaussian_copula");
  return gaussian_copula_of(CopulaVariable(pair.x, "x"), CopulaVariable(pair.y, "y"), options,
                            spec);
}

// ½ ln |2πe Σ| and what is known of it; undefined where Σ is singular.
struct GaussianEntropy {
  Tensor value;
  double variance = 0;
};

GaussianEntropy entropy_of_columns(const Tensor& rows, bool bias_correction) {
  const int64_t n = rows.size(0), d = rows.size(1);
  const Tensor factor = cholesky_factor(covariance(rows - rows.mean(0, /*keepdim=*/true)));
  if (!factor.defined() ||
      factor.detach().diagonal().min().item<double>() <= std::sqrt(kInfiniteInformation)) {
    return {};
  }
  const auto columns = static_cast<double>(d), freedom = static_cast<double>(n - 1);
  // ln|S| of a Gaussian sample is ln|Σ| + Σ ψ((n−i)/2) + d ln(2/(n−1)) in the mean.
  const double bias = half_log_determinant_bias(n, d) + 0.5 * columns * std::log(2 / freedom);
  return {factor.diagonal().log().sum() + 0.5 * columns * std::log(2 * M_PI * M_E) -
              (bias_correction ? bias : 0),
          0.25 * log_determinant_variance(n, d)};
}

// Columns that vary within every class, those that are the same in the whole sample left out.
Tensor columns_of_all_classes(const Tensor& t, const Tensor& labels,
                              const std::vector<int64_t>& present, int64_t* dropped) {
  Tensor varies = at::ones({t.size(1)}, t.options().dtype(at::kBool));
  for (const int64_t label : present) {
    const Tensor rows = t.detach().index_select(0, labels.eq(label).nonzero().squeeze(1));
    varies.logical_and_(rows.ne(rows.slice(0, 0, 1)).any(0));
  }
  const Tensor kept = varies.nonzero().squeeze(1);
  *dropped = t.size(1) - kept.size(0);
  return *dropped > 0 ? t.index_select(1, kept) : t;
}

}  // namespace

Estimate gaussian(const Tensor& x, const Tensor& y, const GaussianOptions& options) {
  check_options(options);
  return gaussian_of(x, y, options, spec_text("gaussian", options));
}

Estimate cca(const Tensor& x, const Tensor& y, const GaussianOptions& options) {
  check_options(options);
  return cca_of(x, y, options, spec_text("cca", options));
}

Estimate gaussian_copula(const Tensor& x, const Tensor& y, const GaussianOptions& options) {
  check_options(options);
  return gaussian_copula_of(x, y, options, spec_text("gaussian_copula", options));
}

Tensor canonical_correlations(const Tensor& x, const Tensor& y) {
  const CheckedPair checked = check_gaussian_pair(x, y, {}, "canonical_correlations");
  const GaussianPair pair =
      gaussian_pair(checked.first(), checked.second(), "canonical_correlations");
  if (pair.constant()) return at::zeros({0}, at::kDouble);
  if (!pair.infinite()) return at::linalg_svdvals(pair.correlations);
  throw ValueError("canonical_correlations: a linear combination of y is one of x");
}

Estimate gaussian_entropy(const Tensor& t, const GaussianOptions& options) {
  check_options(options);
  const Tensor rows = with_gaussian_noise(as_double(t, "t"), options);
  const ScaledColumns scaled = scale_columns(rows, "t");
  Estimate out;
  out.estimator = spec_text("gaussian_entropy", options);
  out.n = rows.size(0);
  out.warnings = scaled.warnings;
  if (scaled.columns() == 0) throw ValueError("t is constant: it has no density, nor an entropy");
  if (out.n <= scaled.columns()) {
    throw NoEstimate("gaussian_entropy needs more rows than columns: got {} rows, {} columns",
                     out.n, scaled.columns());
  }
  const GaussianEntropy found = entropy_of_columns(scaled.rows, options.bias_correction);
  if (found.value.defined()) {
    out.value = found.value + scaled.scale.log().sum();
    out.standard_error = std::sqrt(found.variance);
  } else {
    out.value = at::scalar_tensor(-HUGE_VAL, at::kDouble);
    out.warnings.push_back("columns of t determine others: its entropy is -infinity");
  }
  return out;
}

Estimate gaussian_class_information(const Tensor& t, const Tensor& labels, int64_t classes,
                                    const GaussianOptions& options) {
  check_options(options);
  const Tensor checked = as_double(t, "t");
  const Tensor numbers = class_numbers(labels, classes).to(checked.device());
  check_same_rows(checked, "t", numbers, "y");
  const Tensor rows = with_gaussian_noise(checked, options);
  const Tensor counts = at::bincount(numbers, {}, classes).to(at::kCPU);
  std::vector<int64_t> present;
  for (int64_t c = 0; c < classes; ++c) {
    if (counts.const_data_ptr<int64_t>()[c] > 0) present.push_back(c);
  }
  Estimate out;
  out.estimator = spec_text("gaussian", options);
  out.n = rows.size(0);
  if (present.size() == 1) {
    out.value = rows.sum() * 0;
    out.warnings.push_back("y is constant: the information is 0");
    return out;
  }
  ScaledColumns scaled = scale_columns(rows, "t");
  out.warnings = scaled.warnings;
  if (scaled.columns() == 0) {
    out.value = rows.sum() * 0;
    out.warnings.back() += ": the information is 0";
    return out;
  }
  int64_t dropped = 0;
  scaled.rows = columns_of_all_classes(scaled.rows, numbers, present, &dropped);
  if (dropped > 0) {
    out.warnings.push_back(fmt::format("{} column{} constant within a class: dropped", dropped,
                                       dropped == 1 ? " of t is" : "s of t are"));
  }
  if (scaled.columns() == 0) {
    out.value = Tensor();
    out.warnings.push_back("no column of t varies within every class: no value");
    return out;
  }
  scaled.rows = independent_columns(scaled.rows);
  for (const int64_t label : present) {
    const int64_t count = counts.const_data_ptr<int64_t>()[label];
    if (count > scaled.columns()) continue;
    throw NoEstimate(
        "gaussian needs more rows than columns in each class: class {} has {} rows, t {} columns",
        label, count, scaled.columns());
  }
  const GaussianEntropy whole = entropy_of_columns(scaled.rows, options.bias_correction);
  Tensor value = whole.value;
  for (const int64_t label : present) {
    const Tensor own = numbers.eq(label).nonzero().squeeze(1);
    const GaussianEntropy part =
        entropy_of_columns(scaled.rows.index_select(0, own), options.bias_correction);
    if (!part.value.defined()) {
      out.value = at::scalar_tensor(HUGE_VAL, at::kDouble);
      out.warnings.push_back(fmt::format(
          "within class {} columns of t determine others: the information is infinite", label));
      return out;
    }
    const double share = static_cast<double>(own.size(0)) / static_cast<double>(out.n);
    value = value - share * part.value;
  }
  out.value = value;
  out.ceiling = entropy(class_symbols(numbers, classes).counts);
  if (out.number() > out.ceiling) {
    out.warnings.push_back(fmt::format(
        "above H(Y) = {:.3g} nats, as no information is: t is not Gaussian; ross measures any t",
        out.ceiling));
  }
  return out;
}

Gaussian::Gaussian(const GaussianOptions& options)
    : InformationEstimator(spec_text("gaussian", options)), options_(options) {
  check_options(options);
}
Estimate Gaussian::estimate(const Tensor& x, const Tensor& y) const {
  return warned_of_duplicates(x, y, gaussian_of(x, y, options_, spec()));
}

CCA::CCA(const GaussianOptions& options)
    : InformationEstimator(spec_text("cca", options)), options_(options) {
  check_options(options);
}
Estimate CCA::estimate(const Tensor& x, const Tensor& y) const {
  return warned_of_duplicates(x, y, cca_of(x, y, options_, spec()));
}

GaussianCopula::GaussianCopula(const GaussianOptions& options)
    : InformationEstimator(spec_text("gaussian_copula", options)), options_(options) {
  check_options(options);
}
Estimate GaussianCopula::estimate(const Tensor& x, const Tensor& y) const {
  return warned_of_duplicates(x, y, gaussian_copula_of(x, y, options_, spec()));
}

namespace {

// The noise has been added to the layer already.
GaussianOptions without_noise(GaussianOptions options) {
  options.noise.reset();
  return options;
}

}  // namespace

std::vector<Coordinates> Gaussian::evaluate(const Segment& segment, const Fit&) const {
  const GaussianOptions options = without_noise(options_);
  std::optional<GaussianVariable> x;
  LayerForm form{spec(), options_.noise};
  form.complexity = [&](const Tensor& t) {
    if (!x) x = gaussian_variable(as_double(flatten_rows(segment.x), "x"), "x");
    return gaussian_estimate(*x, gaussian_variable(as_double(t, "t"), "t"), Road::determinants,
                             options.bias_correction, "gaussian", spec());
  };
  form.labels = [&](const std::string&, const Tensor& t, const Tensor& labels) {
    return gaussian_class_information(t, labels, segment.classes, options);
  };
  form.targets = [&](const Tensor& t, const Tensor& y) { return gaussian(t, y, options); };
  return layer_coordinates(segment, form);
}

std::vector<Coordinates> CCA::evaluate(const Segment& segment, const Fit&) const {
  const GaussianOptions options = without_noise(options_);
  std::optional<GaussianVariable> x, y;
  const auto with = [&](const GaussianVariable& other, const Tensor& t) {
    return gaussian_estimate(other, gaussian_variable(as_double(t, "t"), "t"), Road::correlations,
                             options.bias_correction, "cca", spec());
  };
  LayerForm form{spec(), options_.noise};
  form.complexity = [&](const Tensor& t) {
    if (!x) x = gaussian_variable(as_double(flatten_rows(segment.x), "x"), "x");
    return with(*x, t);
  };
  form.targets = [&](const Tensor& t, const Tensor&) {
    const Tensor like = at::empty({0}, at::kDouble);
    if (!y) y = gaussian_variable(as_double(label_matrix(segment, like), "y"), "y");
    return with(*y, t);
  };
  form.labels = [&](const std::string&, const Tensor& t, const Tensor& labels) {
    return form.targets(t, labels);
  };
  return layer_coordinates(segment, form);
}

std::vector<Coordinates> GaussianCopula::evaluate(const Segment& segment, const Fit&) const {
  const GaussianOptions options = without_noise(options_);
  std::optional<CopulaVariable> x;
  LayerForm form{spec(), options_.noise};
  form.complexity = [&](const Tensor& t) {
    if (!x) x.emplace(as_double(flatten_rows(segment.x), "x"), "x");
    return gaussian_copula_of(*x, CopulaVariable(as_double(t, "t"), "t"), options, spec());
  };
  form.labels = [&](const std::string&, const Tensor& t, const Tensor& labels) {
    double tied = 0;
    const Tensor scores = normal_scores(as_double(t, "t"), &tied);
    return gaussian_class_information(scores, labels, segment.classes, options);
  };
  form.targets = [&](const Tensor& t, const Tensor& y) { return gaussian_copula(t, y, options); };
  return layer_coordinates(segment, form);
}

}  // namespace glow
