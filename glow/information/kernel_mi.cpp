#include "glow/information/kernel_mi.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "glow/core/random.h"
#include "glow/core/text.h"
#include "glow/information/box_counts.h"
#include "glow/information/checks.h"
#include "glow/information/covariance.h"
#include "glow/information/entropy.h"
#include "glow/information/kernel_sums.h"
#include "glow/information/scaled.h"
#include "glow/information/symbols.h"

namespace glow {
namespace {

constexpr double kKernelRank = 1e-10;      // eigenvalues of correlations, of the largest
constexpr double kKernelInfinite = 1e-13;  // share of a variance: below, rounding is what is left
constexpr int64_t kFewDensityColumns = 3;  // with four, a half too much at n = 10 000
constexpr double kLeastWidthShare = 0.1;   // of a column's deviation beside the others'
constexpr double kLonely = 0.2;            // share of samples with hardly another in their kernel

enum class DensityKernel { gaussian, box };

DensityKernel parse_density_kernel(const std::string& text) {
  if (text == "gaussian") return DensityKernel::gaussian;
  if (text == "box") return DensityKernel::box;
  throw ValueError("unknown kernel '{}'{}; known: gaussian, box", text,
                   did_you_mean(text, {"gaussian", "box"}));
}

void check_options(const KernelMIOptions& options) {
  parse_density_kernel(options.kernel);
  parse_reference(options.reference);
  if (options.bandwidth && !(*options.bandwidth > 0 && std::isfinite(*options.bandwidth))) {
    throw ValueError("bandwidth must be a positive number, got {}", *options.bandwidth);
  }
}

// One variable in float64 on the CPU, for Gaussians without its column means.
struct DensityVariable {
  std::string name;
  Tensor rows;          // (n, d)
  bool single = false;  // was float32
  bool constant = false;

  int64_t columns() const { return rows.size(1); }
};

DensityVariable density_variable(const Tensor& x, const std::string& name,
                                 const KernelMIOptions& options) {
  const Tensor given = continuous(x.detach(), name).to(at::kCPU);
  check_finite(given, name);
  DensityVariable out{name, given.to(at::kDouble), given.scalar_type() == at::kFloat};
  const Tensor shifted = out.rows - out.rows.slice(0, 0, 1);
  out.constant = !shifted.ne(0).any().item<bool>();
  if (parse_density_kernel(options.kernel) == DensityKernel::gaussian) {
    out.rows = shifted - shifted.mean(0, /*keepdim=*/true);
  }
  return out;
}

std::vector<double> number_list(const Tensor& values) {
  const Tensor flat = values.flatten().contiguous();
  return {flat.const_data_ptr<double>(), flat.const_data_ptr<double>() + flat.numel()};
}

double scott_factor(const KernelMIOptions& options, int64_t n, int64_t columns) {
  if (options.bandwidth) return *options.bandwidth;
  return std::pow(static_cast<double>(n), -1.0 / static_cast<double>(columns + 4));
}

// Σ_j exp(−(x_i−x_j)²/2) of one column, by Taylor series of exp(uv) around the middles of cells of
// width 1: exp(−(u−v)²/2) = exp(−u²/2) exp(−v²/2) Σ_k (uv)^k/k!, to about 1e-14 of the largest
// term. O(n) but for sorting.
std::vector<double> column_kernel_sums(const std::vector<double>& x) {
  constexpr int kTerms = 24;    // |v| <= 1/2: the next one is below 1e-16
  constexpr double kReach = 9;  // exp(−9²/2) is 1e-18
  struct Cell {
    double middle;
    double moments[kTerms];
  };
  std::vector<size_t> order(x.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return x[a] < x[b]; });
  std::vector<Cell> cells;
  for (const size_t i : order) {
    const double middle = std::floor(x[i]) + 0.5;
    if (cells.empty() || cells.back().middle != middle) cells.push_back({middle, {}});
    const double v = x[i] - middle;
    double term = std::exp(-0.5 * v * v);
    for (int k = 0; k < kTerms; ++k, term *= v / k) cells.back().moments[k] += term;
  }
  std::vector<double> out(x.size());
  size_t first = 0;
  for (const size_t i : order) {
    while (cells[first].middle < x[i] - kReach) ++first;
    double sum = 0;
    for (size_t c = first; c < cells.size() && cells[c].middle <= x[i] + kReach; ++c) {
      const double u = x[i] - cells[c].middle;
      double series = cells[c].moments[kTerms - 1];
      for (int k = kTerms - 2; k >= 0; --k) series = series * u + cells[c].moments[k];
      sum += series * std::exp(-0.5 * u * u);
    }
    out[i] = sum;
  }
  return out;
}

// The map W (d, r) that gives a variable of covariance Σ the covariance 1 in as many columns as it
// has of its own.
Tensor whitening(const Tensor& sigma) {
  const Tensor scale = sigma.diagonal().sqrt();
  const Tensor inverse = at::where(scale > 0, 1 / scale, at::zeros_like(scale));
  const Tensor correlation = sigma * inverse.unsqueeze(0) * inverse.unsqueeze(1);
  if (sigma.size(0) == 1) return inverse.unsqueeze(1);
  const auto [values, vectors] = at::linalg_eigh(correlation);
  const Tensor kept = values.gt(kKernelRank * values.max().item<double>()).nonzero().squeeze(1);
  return inverse.unsqueeze(1) * vectors.index_select(1, kept) / values.index_select(0, kept).sqrt();
}

// The three densities of a pair, from the joint covariance of its columns.
struct GaussianDensities {
  Tensor x_map, y_map;
  Tensor correlation;   // (rx, ry) of the whitened variables
  Tensor rest;          // the Cholesky factor of what x leaves of y; undefined where nothing
  double log_rest = 0;  // ½ ln of its determinant: less the information of a Gaussian
};

GaussianDensities gaussian_densities(const Tensor& sigma, int64_t dx) {
  GaussianDensities out;
  out.x_map = whitening(sigma.slice(0, 0, dx).slice(1, 0, dx));
  out.y_map = whitening(sigma.slice(0, dx).slice(1, dx));
  const Tensor cross = sigma.slice(0, 0, dx).slice(1, dx);
  out.correlation = at::mm(at::mm(out.x_map.t(), cross), out.y_map);
  const int64_t ry = out.y_map.size(1);
  const Tensor left = at::eye(ry, at::kDouble) - at::mm(out.correlation.t(), out.correlation);
  const Tensor factor = cholesky_factor(left);
  if (!factor.defined()) return out;
  const std::vector<double> pivots = number_list(factor.diagonal());
  if (*std::min_element(pivots.begin(), pivots.end()) <= std::sqrt(kKernelInfinite)) return out;
  for (const double pivot : pivots) out.log_rest += std::log(pivot);
  out.rest = factor;
  return out;
}

// Measures pairs of variables; what belongs to one variable alone is computed once.
class DensityMeasurement {
 public:
  DensityMeasurement(const KernelMIOptions& options, std::string spec)
      : options_(options), spec_(std::move(spec)) {}

  // `fitted` holds the covariance, or the sides, of the pair.
  Estimate run(const DensityVariable& x, const DensityVariable& y, const Fit& fitted) {
    Estimate out;
    out.estimator = spec_;
    out.n = x.rows.size(0);
    out.ceiling = std::log(static_cast<double>(out.n));
    if (x.constant || y.constant) {
      out.value = at::scalar_tensor(0, at::kDouble);
      out.warnings.push_back(
          fmt::format("{} is constant: the information is 0", x.constant ? x.name : y.name));
      return out;
    }
    const double value = parse_density_kernel(options_.kernel) == DensityKernel::gaussian
                             ? by_gaussians(x, y, fitted, out)
                             : by_boxes(x, y, fitted, out);
    out.value = at::scalar_tensor(value, at::kDouble);
    if (std::isfinite(value) && x.columns() + y.columns() > kFewDensityColumns) {
      out.warnings.push_back(fmt::format(
          "kernel densities in {} columns: the value is far too large unless there are very many "
          "rows",
          x.columns() + y.columns()));
    }
    return out;
  }

  static std::string key(const DensityVariable& x, const DensityVariable& y) {
    return x.name + ", " + y.name;
  }

 private:
  // Σ_j of the kernel of whitened rows, whose covariance is factor².
  static std::vector<double> sums(const std::string& name, const Tensor& rows, double factor,
                                  bool single) {
    if (rows.size(1) == 1) return column_kernel_sums(number_list(rows / factor));
    return kernel_sums({name, single ? rows.to(at::kFloat) : rows, 0.5 / (factor * factor)},
                       {{}})[0];
  }

  const std::vector<double>& own_sums(const DensityVariable& x, const Tensor& whitened,
                                      double factor) {
    auto& found = own_[{x.name, factor}];
    if (found.empty()) found = sums(x.name, whitened, factor, x.single);
    return found;
  }

  double by_gaussians(const DensityVariable& x, const DensityVariable& y, const Fit& fitted,
                      Estimate& out) {
    const int64_t d = x.columns() + y.columns();
    const Tensor sigma =
        at::tensor(fitted.means("covariance " + key(x, y)), at::kDouble).view({d, d});
    const GaussianDensities densities = gaussian_densities(sigma, x.columns());
    if (!densities.rest.defined()) {
      out.ceiling = HUGE_VAL;
      out.warnings.push_back(fmt::format(
          "a linear combination of {} is one of {}: no joint density, the information is infinite",
          y.name, x.name));
      return HUGE_VAL;
    }
    const Tensor first = at::mm(x.rows, densities.x_map), second = at::mm(y.rows, densities.y_map);
    const Tensor unexplained = second - at::mm(first, densities.correlation);
    const Tensor rest = solve_lower(densities.rest, unexplained.t()).t();
    const double factor = scott_factor(options_, out.n, first.size(1) + second.size(1));
    const auto& x_sums = own_sums(x, first, factor);
    const auto& y_sums = own_sums(y, second, factor);
    const auto both = sums(key(x, y), at::cat({first, rest}, 1), factor, x.single && y.single);
    double sum = 0;
    const auto n = static_cast<double>(out.n);
    for (size_t i = 0; i < both.size(); ++i) sum += std::log(n * both[i] / (x_sums[i] * y_sums[i]));
    out.ceiling -= densities.log_rest;
    warn_of_lonely(both, out);
    return sum / n - densities.log_rest;
  }

  double by_boxes(const DensityVariable& x, const DensityVariable& y, const Fit& fitted,
                  Estimate& out) const {
    const auto sides = [&](const DensityVariable& of) {
      if (options_.bandwidth) {
        return std::vector<double>(static_cast<size_t>(of.columns()), *options_.bandwidth);
      }
      std::vector<double> widths = fitted.means("deviation " + of.name);
      const double factor = scott_factor(options_, of.rows.size(0), x.columns() + y.columns());
      for (double& side : widths) side *= std::sqrt(12.0) * factor;
      return widths;
    };
    const std::vector<double> x_sides = sides(x), y_sides = sides(y);
    const int64_t n = x.rows.size(0);
    const BoxCounts counts = box_counts(x.rows, x_sides, y.rows, y_sides);
    double sum = 0;
    for (size_t i = 0; i < counts.both.size(); ++i) {
      sum += std::log(static_cast<double>(n) * static_cast<double>(counts.both[i]) /
                      (static_cast<double>(counts.x[i]) * static_cast<double>(counts.y[i])));
    }
    warn_of_lonely(counts.both, out);
    return sum / static_cast<double>(n);
  }

  // A sample that only its own kernel reaches gives ln n, or the like, whatever the data.
  template <class T>
  static void warn_of_lonely(const std::vector<T>& sums, Estimate& out) {
    const auto lonely = std::count_if(sums.begin(), sums.end(),
                                      [](T sum) { return static_cast<double>(sum) < 1.5; });
    const double share = static_cast<double>(lonely) / static_cast<double>(sums.size());
    if (share <= kLonely) return;
    out.warnings.push_back(
        fmt::format("saturated: the kernel of {:.0f} % of the samples holds hardly any other; take "
                    "a wider one or fewer columns",
                    100 * share));
  }

  const KernelMIOptions& options_;
  std::string spec_;
  std::map<std::pair<std::string, double>, std::vector<double>> own_;
};

bool is_gaussian(const KernelMIOptions& options) {
  return parse_density_kernel(options.kernel) == DensityKernel::gaussian;
}

// Covariances of so many columns are singular, whatever the data.
bool too_few_rows(const KernelMIOptions& options, const DensityVariable& x,
                  const DensityVariable& y) {
  return is_gaussian(options) && x.rows.size(0) <= x.columns() + y.columns();
}

void fit_variable(const KernelMIOptions& options, const DensityVariable& x, Fit& fit) {
  if (is_gaussian(options) || options.bandwidth) return;
  fit.add("deviation " + x.name, number_list(x.rows.std(0)));
}

void fit_pair(const KernelMIOptions& options, const DensityVariable& x, const DensityVariable& y,
              Fit& fit) {
  if (!is_gaussian(options) || too_few_rows(options, x, y)) return;
  fit.add("covariance " + DensityMeasurement::key(x, y),
          number_list(covariance(at::cat({x.rows, y.rows}, 1))));
}

// A unit that is dead at the reference would have no width for ever. A column that varies less than
// a tenth as much as those beside it gets that tenth: of values far apart, beside the others, so
// that it tells nothing until it lives.
DensityVariable with_least_spread(DensityVariable x) {
  const Tensor deviation = x.rows.std(0);
  const double least = kLeastWidthShare * deviation.pow(2).mean().sqrt().item<double>();
  const int64_t n = x.rows.size(0);
  if (least == 0 || n < 3) return x;
  for (int64_t c = 0; c < x.columns(); ++c) {
    if (deviation[c].item<double>() >= least) continue;
    Tensor noise = at::randn({n}, make_generator(0, fmt::format("dead {}", c)), at::kDouble);
    x.rows = x.rows.clone();
    x.rows.select(1, c).copy_((noise - noise.mean()) * least);
  }
  return x;
}

std::string too_few_words(const DensityVariable& x, const DensityVariable& y) {
  return fmt::format("kernel_mi needs more rows than columns: got {} rows, {} + {} columns",
                     x.rows.size(0), x.columns(), y.columns());
}

Estimate estimate_pair(const Tensor& x, const Tensor& y, const KernelMIOptions& options,
                       const std::string& spec) {
  const DensityVariable first = density_variable(x, "x", options),
                        second = density_variable(y, "y", options);
  check_same_rows(first.rows, "x", second.rows, "y");
  check_rows(first.rows.size(0), 2, "kernel_mi");
  if (too_few_rows(options, first, second)) throw NoEstimate("{}", too_few_words(first, second));
  Fit own;
  fit_variable(options, first, own);
  fit_variable(options, second, own);
  fit_pair(options, first, second, own);
  return DensityMeasurement(options, spec).run(first, second, own);
}

}  // namespace

Estimate kernel_mi(const Tensor& x, const Tensor& y, const KernelMIOptions& options) {
  check_options(options);
  return estimate_pair(x, y, options, spec_text("kernel_mi", options));
}

KernelMI::KernelMI(const KernelMIOptions& options)
    : InformationEstimator(spec_text("kernel_mi", options)), options_(options) {
  check_options(options);
}

Estimate KernelMI::estimate(const Tensor& x, const Tensor& y) const {
  Estimate out = estimate_pair(x, y, options_, spec());
  warn_of_duplicates(x, "x", out.warnings);
  warn_of_duplicates(y, "y", out.warnings);
  return out;
}

void KernelMI::fit(const Segment& segment, Fit& fit) const {
  const DensityVariable x = density_variable(flatten_rows(segment.x), "x", options_);
  const DensityVariable y = density_variable(label_matrix(segment, segment.x), "y", options_);
  fit_variable(options_, x, fit);
  fit_variable(options_, y, fit);
  for (const auto& layer : segment.layers) {
    const DensityVariable t =
        with_least_spread(density_variable(flatten_rows(layer.value), layer.name, options_));
    check_same_rows(t.rows, layer.name, x.rows, "x");
    check_same_rows(t.rows, layer.name, y.rows, "y");
    fit_variable(options_, t, fit);
    fit_pair(options_, t, x, fit);
    fit_pair(options_, t, y, fit);
  }
}

std::vector<Coordinates> KernelMI::evaluate(const Segment& segment, const Fit& fit) const {
  const DensityVariable x = density_variable(flatten_rows(segment.x), "x", options_);
  const DensityVariable y = density_variable(label_matrix(segment, segment.x), "y", options_);
  check_rows(x.rows.size(0), 2, "kernel_mi");
  const bool classes = holds_class_numbers(segment);
  const double labels =
      classes
          ? entropy(
                class_symbols(class_numbers(segment.y, segment.classes), segment.classes).counts)
          : 0;
  DensityMeasurement measurement(options_, spec());
  std::vector<Coordinates> out;
  for (const auto& layer : segment.layers) {
    const DensityVariable t = density_variable(flatten_rows(layer.value), layer.name, options_);
    const auto with = [&](const DensityVariable& other) {
      check_same_rows(t.rows, layer.name, other.rows, other.name);
      if (!too_few_rows(options_, t, other)) {
        Estimate found = measurement.run(t, other, fit);
        if (std::isinf(found.number())) found.value = Tensor();  // a plane has no place for it
        if (other.name == "y" && labels > 0) {
          found.ceiling = labels;
          if (found.number() > labels) {
            found.warnings.push_back(fmt::format(
                "above H(Y) = {:.3g} nats, as no information is: one-hot labels have no density; "
                "take ross",
                labels));
          }
        }
        return found;
      }
      Estimate none;
      none.estimator = spec();
      none.n = t.rows.size(0);
      none.warnings.push_back(too_few_words(t, other) + "; no value");
      return none;
    };
    out.push_back({with(x), with(y)});
  }
  return out;
}

}  // namespace glow
