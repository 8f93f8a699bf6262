#include "glow/information/gaussian.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "glow/core/error.h"
#include "glow/core/random.h"
#include "glow/information/checks.h"
#include "glow/information/covariance.h"
#include "glow/information/entropy.h"
#include "glow/information/layer_forms.h"
#include "glow/information/scaled.h"
#include "glow/information/symbols.h"

namespace glow {
namespace {

constexpr double kDependentColumns = 1e-10;     // eigenvalues of correlations, of the largest
constexpr double kInfiniteInformation = 1e-13;  // 1 − ρ²: below, rounding is all that is left
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

double largest_entry(const Tensor& values) { return values.max().item<double>(); }
double smallest_entry(const Tensor& values) { return values.min().item<double>(); }

// Centred columns of one scale, none of them constant.
struct ScaledColumns {
  Tensor rows;   // (n, d) float64, with its graph
  Tensor scale;  // (d): what they were divided by, without a graph
  std::vector<std::string> warnings;

  int64_t columns() const { return rows.size(1); }
};

ScaledColumns scale_columns(const Tensor& x, const std::string& name) {
  // Differences to the first row: a constant column becomes exactly zero.
  const Tensor shifted = x - x.detach().slice(0, 0, 1);
  const Tensor varies = shifted.detach().ne(0).any(0);
  const Tensor kept = varies.nonzero().squeeze(1);
  ScaledColumns out;
  const int64_t constant = x.size(1) - kept.size(0);
  if (constant == x.size(1)) {
    out.warnings.push_back(fmt::format("{} is constant", name));
  } else if (constant > 0) {
    out.warnings.push_back(
        fmt::format("{} of {} columns of {} are constant: dropped", constant, x.size(1), name));
  }
  const Tensor centred = constant > 0 ? shifted.index_select(1, kept) : shifted;
  out.rows = centred - centred.mean(0, /*keepdim=*/true);
  out.scale = out.rows.detach().pow(2).mean(0).sqrt();
  out.rows = out.rows / out.scale;
  return out;
}

// Rotates away columns that others determine: in this the information does not change.
Tensor independent_columns(const Tensor& rows) {
  if (rows.size(1) < 2) return rows;
  const Tensor matrix = covariance(rows.detach());
  const Tensor factor = cholesky_factor(matrix);
  if (factor.defined() && smallest_entry(factor.diagonal()) > std::sqrt(kDependentColumns)) {
    return rows;
  }
  const auto [values, vectors] = at::linalg_eigh(matrix);
  const Tensor kept = values.gt(kDependentColumns * largest_entry(values)).nonzero().squeeze(1);
  const Tensor whiten = vectors.index_select(1, kept) / values.index_select(0, kept).sqrt();
  return at::mm(rows, whiten);
}

// B(d) = ½ Σ_{i=1..d} ψ((n−i)/2): what ½ ln|S| of a Gaussian sample is off, but for terms that are
// linear in d.
double half_log_determinant_bias(int64_t n, int64_t d) {
  if (d == 0) return 0;
  const Tensor halves = (static_cast<double>(n) - at::arange(1, d + 1, at::kDouble)) / 2;
  return 0.5 * at::digamma(halves).sum().item<double>();
}

// Σ_{i=1..d} ψ'((n−i)/2): the variance of ln|S| of a Gaussian sample.
double log_determinant_variance(int64_t n, int64_t d) {
  if (d == 0) return 0;
  const Tensor halves = (static_cast<double>(n) - at::arange(1, d + 1, at::kDouble)) / 2;
  return at::polygamma(1, halves).sum().item<double>();
}

// Two variables, each of independent columns, and the factor of their joint covariance.
struct GaussianPair {
  int64_t n = 0, dx = 0, dy = 0;
  Tensor y_factor;      // of Σy
  Tensor y_given_x;     // of Σ_{y|x}; undefined where y is not independent of x at all
  Tensor correlations;  // (dy, dx): its singular values are the canonical correlations
  std::vector<std::string> warnings;

  bool constant() const { return dx == 0 || dy == 0; }
  bool infinite() const { return !y_given_x.defined(); }
};

GaussianPair gaussian_pair(const Tensor& x, const Tensor& y, const std::string& estimator) {
  ScaledColumns first = scale_columns(x, "x"), second = scale_columns(y, "y");
  GaussianPair out;
  out.n = x.size(0);
  out.warnings = first.warnings;
  out.warnings.insert(out.warnings.end(), second.warnings.begin(), second.warnings.end());
  if (first.columns() == 0 || second.columns() == 0) {
    out.warnings.back() += ": the information is 0";
    return out;
  }
  if (out.n <= first.columns() + second.columns()) {
    throw NoEstimate("{} needs more rows than columns: got {} rows, {} + {} columns", estimator,
                     out.n, first.columns(), second.columns());
  }
  first.rows = independent_columns(first.rows);
  second.rows = independent_columns(second.rows);
  out.dx = first.columns();
  out.dy = second.columns();
  const Tensor joint = covariance(at::cat({first.rows, second.rows}, 1));
  const Tensor sigma_y = joint.slice(0, out.dx).slice(1, out.dx);
  out.y_factor = cholesky_factor(sigma_y);
  const Tensor factor = cholesky_factor(joint);
  if (factor.defined()) {
    const Tensor rest = factor.slice(0, out.dx).slice(1, out.dx);
    const Tensor left = rest.diagonal() / out.y_factor.diagonal();
    if (smallest_entry(left.detach()) > std::sqrt(kInfiniteInformation)) out.y_given_x = rest;
  }
  if (out.infinite()) {
    out.warnings.push_back(
        "a linear combination of y is one of x: the information is infinite; add noise, or drop "
        "the columns in common");
    return out;
  }
  out.correlations = solve_lower(out.y_factor, factor.slice(0, out.dx).slice(1, 0, out.dx));
  return out;
}

double pair_bias(const GaussianPair& pair) {
  return half_log_determinant_bias(pair.n, pair.dx) + half_log_determinant_bias(pair.n, pair.dy) -
         half_log_determinant_bias(pair.n, pair.dx + pair.dy);
}

double pair_variance(const GaussianPair& pair) {
  const double without = 0.25 * (log_determinant_variance(pair.n - pair.dx, pair.dy) -
                                 log_determinant_variance(pair.n, pair.dy));
  // The mean of the ρ_k² is too large by chance, as R² is: adjusted as R² is.
  const auto rows = static_cast<double>(pair.n);
  const auto pairs = static_cast<double>(std::min(pair.dx, pair.dy));
  const double by_chance = static_cast<double>(std::max(pair.dx, pair.dy)) / (rows - 1);
  const double squares = pair.correlations.detach().pow(2).sum().item<double>();
  return std::max(0.0, squares - pairs * by_chance) / (1 - by_chance) / rows + without;
}

enum class Road { determinants, correlations };

Tensor pair_value(const GaussianPair& pair, Road road) {
  if (road == Road::determinants) {
    return pair.y_factor.diagonal().log().sum() - pair.y_given_x.diagonal().log().sum();
  }
  const Tensor rho = at::linalg_svdvals(pair.correlations);
  return -0.5 * at::log1p(-rho * rho).sum();
}

Estimate gaussian_estimate(const Tensor& x, const Tensor& y, const GaussianOptions& options,
                           Road road, const std::string& name, const std::string& spec) {
  const GaussianPair pair = gaussian_pair(x, y, name);
  Estimate out;
  out.estimator = spec;
  out.n = pair.n;
  out.warnings = pair.warnings;
  if (pair.constant()) {
    out.value = x.sum() * 0 + y.sum() * 0;
  } else if (pair.infinite()) {
    out.value = at::scalar_tensor(HUGE_VAL, at::kDouble);
  } else {
    const double bias = pair_bias(pair);
    out.value = pair_value(pair, road) - (options.bias_correction ? bias : 0);
    out.null_mean = options.bias_correction ? 0 : bias;
    out.standard_error = std::sqrt(pair_variance(pair));
  }
  return out;
}

struct CheckedPair {
  Tensor x, y;
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
  return gaussian_estimate(pair.x, pair.y, options, Road::determinants, "gaussian", spec);
}

Estimate cca_of(const Tensor& x, const Tensor& y, const GaussianOptions& options,
                const std::string& spec) {
  const CheckedPair pair = check_gaussian_pair(x, y, options, "cca");
  return gaussian_estimate(pair.x, pair.y, options, Road::correlations, "cca", spec);
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

Estimate gaussian_copula_of(const Tensor& x, const Tensor& y, const GaussianOptions& options,
                            const std::string& spec) {
  const CheckedPair pair = check_gaussian_pair(x, y, options, "gaussian_copula");
  double tied_x = 0, tied_y = 0;
  const Tensor first = normal_scores(pair.x, &tied_x), second = normal_scores(pair.y, &tied_y);
  Estimate out =
      gaussian_estimate(first, second, options, Road::determinants, "gaussian_copula", spec);
  for (const auto& [name, tied] : {std::pair{"x", tied_x}, std::pair{"y", tied_y}}) {
    if (tied <= kManyTies) continue;
    out.warnings.push_back(fmt::format(
        "{:.0f} % of the values of {} are tied: its copula is not Gaussian", 100 * tied, name));
  }
  return out;
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
      smallest_entry(factor.detach().diagonal()) <= std::sqrt(kInfiniteInformation)) {
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
  const GaussianPair pair = gaussian_pair(checked.x, checked.y, "canonical_correlations");
  if (pair.constant()) return at::zeros({0}, at::kDouble);
  if (!pair.infinite()) return at::linalg_svdvals(pair.correlations);
  throw ValueError("canonical_correlations: a linear combination of y is one of x");
}

Estimate gaussian_entropy(const Tensor& t, const GaussianOptions& options) {
  check_options(options);
  const Tensor rows = with_gaussian_noise(as_double(continuous(t, "t"), "t"), options);
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
  const Tensor checked = as_double(continuous(t, "t"), "t");
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
  const Tensor x = flatten_rows(segment.x);
  const GaussianOptions options = without_noise(options_);
  return layer_coordinates(
      segment, {spec(), options_.noise, [&](const Tensor& t) { return gaussian(x, t, options); },
                [&](const std::string&, const Tensor& t, const Tensor& labels) {
                  return gaussian_class_information(t, labels, segment.classes, options);
                },
                [&](const Tensor& t, const Tensor& y) { return gaussian(t, y, options); }});
}

std::vector<Coordinates> CCA::evaluate(const Segment& segment, const Fit&) const {
  const Tensor x = flatten_rows(segment.x), y = label_matrix(segment, at::empty({0}, at::kDouble));
  const GaussianOptions options = without_noise(options_);
  return layer_coordinates(
      segment,
      {spec(), options_.noise, [&](const Tensor& t) { return cca(x, t, options); },
       [&](const std::string&, const Tensor& t, const Tensor&) { return cca(t, y, options); },
       [&](const Tensor& t, const Tensor& targets) { return cca(t, targets, options); }});
}

std::vector<Coordinates> GaussianCopula::evaluate(const Segment& segment, const Fit&) const {
  const Tensor x = flatten_rows(segment.x);
  const GaussianOptions options = without_noise(options_);
  return layer_coordinates(
      segment,
      {spec(), options_.noise, [&](const Tensor& t) { return gaussian_copula(x, t, options); },
       [&](const std::string&, const Tensor& t, const Tensor& labels) {
         double tied = 0;
         const Tensor scores = normal_scores(as_double(continuous(t, "t"), "t"), &tied);
         return gaussian_class_information(scores, labels, segment.classes, options);
       },
       [&](const Tensor& t, const Tensor& y) { return gaussian_copula(t, y, options); }});
}

}  // namespace glow
