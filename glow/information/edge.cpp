#include "glow/information/edge.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

#include "glow/core/error.h"
#include "glow/core/parallel.h"
#include "glow/core/random.h"
#include "glow/core/text.h"
#include "glow/information/cells.h"
#include "glow/information/checks.h"
#include "glow/information/dependence_graph.h"
#include "glow/information/discrete.h"
#include "glow/information/entropy.h"
#include "glow/information/symbols.h"
#include "glow/information/uncertainty.h"

namespace glow {
namespace {

constexpr int64_t kMostHashed = 4;  // columns of one variable that are cut into cells
constexpr int64_t kMostOrders = 2;  // powers of the width that the weights cancel
constexpr double kWidest = 4;       // the widest cells over the finest
constexpr double kSamplesAnEdgeSymbol = 5;
constexpr int64_t kRepeatSample = 1024;
constexpr double kSamplesACell = 2;
constexpr double kLeastSpread = 0.1;  // of a column, over those beside it in a layer
constexpr int64_t kLeastSubset = 20;

void check_edge(const EdgeOptions& options) {
  if (options.hashes < 1) throw ValueError("hashes must be at least 1, got {}", options.hashes);
  if (!(options.epsilon > 0 && std::isfinite(options.epsilon))) {
    throw ValueError("epsilon must be a positive number, got {}", options.epsilon);
  }
  if (options.cap && !(*options.cap > 0)) {
    throw ValueError("cap must be positive, got {}", *options.cap);
  }
  parse_reference(options.reference);
}

Tensor edge_rows(const Tensor& t, const std::string& name) {
  const Tensor rows = continuous(t.detach(), name).to(at::kCPU).contiguous();
  check_finite(rows, name);
  return rows;
}

struct ColumnMoments {
  std::vector<double> mean, spread;  // standard deviation; exactly 0 where all values are equal
};

template <class T>
ColumnMoments column_moments(const T* values, int64_t n, int64_t d) {
  const auto columns = static_cast<size_t>(d);
  ColumnMoments out{std::vector<double>(columns), std::vector<double>(columns)};
  std::vector<uint8_t> varies(columns);
  for (int64_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < columns; ++j) {
      const T v = values[static_cast<size_t>(i) * columns + j];
      out.mean[j] += static_cast<double>(v);
      varies[j] |= static_cast<uint8_t>(v != values[j]);
    }
  }
  for (double& mean : out.mean) mean /= static_cast<double>(n);
  for (int64_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < columns; ++j) {
      const double v = static_cast<double>(values[static_cast<size_t>(i) * columns + j]);
      out.spread[j] += (v - out.mean[j]) * (v - out.mean[j]);
    }
  }
  for (size_t j = 0; j < columns; ++j) {
    out.spread[j] = varies[j] ? std::sqrt(out.spread[j] / static_cast<double>(n)) : 0;
  }
  return out;
}

ColumnMoments column_moments(const Tensor& rows, const std::string& name) {
  const int64_t n = rows.size(0), d = rows.size(1);
  const ColumnMoments out = rows.scalar_type() == at::kFloat
                                ? column_moments(rows.const_data_ptr<float>(), n, d)
                                : column_moments(rows.const_data_ptr<double>(), n, d);
  for (size_t j = 0; j < out.spread.size(); ++j) {
    if (out.spread[j] == 0 || std::isnormal(out.spread[j])) continue;
    throw ValueError("column {} of {} has a standard deviation beyond what float64 can scale", j,
                     name);
  }
  return out;
}

// The columns of t with a spread, centred and divided by it; where they are many, Gaussian
// directions of them.
template <class T>
Tensor hashed_columns(const T* values, int64_t n, const ColumnMoments& now,
                      const std::vector<double>& spread) {
  std::vector<size_t> kept;
  for (size_t j = 0; j < spread.size(); ++j) {
    if (spread[j] > 0) kept.push_back(j);
  }
  const auto used = static_cast<int64_t>(kept.size());
  const int64_t columns = std::min(used, kMostHashed);
  Tensor map = at::eye(used, columns, at::TensorOptions().dtype(at::kDouble));
  if (used > kMostHashed) {
    map = at::randn({used, columns}, make_generator(0, "edge projections", used), at::kDouble);
  }
  const Tensor out = at::zeros({n, columns}, at::kDouble);
  const double* a = map.const_data_ptr<double>();
  double* to = out.mutable_data_ptr<double>();
  parallel_for(n, 256, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      double sums[kMostHashed] = {};
      for (int64_t k = 0; k < used; ++k) {
        const size_t j = kept[static_cast<size_t>(k)];
        const auto v = static_cast<double>(values[static_cast<size_t>(i) * spread.size() + j]);
        const double scaled = (v - now.mean[j]) / spread[j];
        for (int64_t c = 0; c < columns; ++c) sums[c] += scaled * a[k * columns + c];
      }
      std::copy(sums, sums + columns, to + i * columns);
    }
  });
  return out;
}

Tensor hashed_columns(const Tensor& rows, const ColumnMoments& now,
                      const std::vector<double>& spread) {
  const int64_t n = rows.size(0);
  return rows.scalar_type() == at::kFloat
             ? hashed_columns(rows.const_data_ptr<float>(), n, now, spread)
             : hashed_columns(rows.const_data_ptr<double>(), n, now, spread);
}

bool is_projected(const std::vector<double>& spread) {
  return std::count_if(spread.begin(), spread.end(), [](double s) { return s > 0; }) > kMostHashed;
}

// A column that is all but dead at the reference has the noise of its values for a spread.
void lift_spreads(std::vector<double>& spread) {
  double squares = 0;
  for (const double s : spread) squares += s * s / static_cast<double>(spread.size());
  for (double& s : spread) s = std::max(s, kLeastSpread * std::sqrt(squares));
}

// Adds the spreads that one snapshot of a variable asks for, before and after its projection.
void fit_edge(const std::string& name, const Tensor& t, bool lift, Fit& fit) {
  const Tensor rows = edge_rows(t, name);
  ColumnMoments moments = column_moments(rows, name);
  if (lift) lift_spreads(moments.spread);
  fit.add("spread " + name, moments.spread);
  if (!is_projected(moments.spread)) return;
  const Tensor projected = hashed_columns(rows, moments, moments.spread);
  fit.add("projected " + name, column_moments(projected, name).spread);
}

// A variable: columns to be cut into cells, in standard deviations, or symbols.
struct EdgeVariable {
  std::string name;
  Tensor rows;      // (n, d), undefined for symbols
  Symbols symbols;  // the hashes of symbols: themselves
  bool constant = false;
  std::vector<std::string> warnings;

  int64_t size() const { return rows.defined() ? rows.size(0) : symbols.rows(); }
  int64_t columns() const { return rows.defined() ? rows.size(1) : 0; }

  static EdgeVariable of_symbols(const std::string& name, Symbols symbols) {
    const bool constant = symbols.kinds() == 1;
    return {name, {}, std::move(symbols), constant, {}};
  }
};

EdgeVariable in_cells(const std::string& name, const Tensor& t, const Fit& fit) {
  const Tensor rows = edge_rows(t, name);
  const ColumnMoments now = column_moments(rows, name);
  EdgeVariable out{name, {}, {}, false, {}};
  out.constant = std::all_of(now.spread.begin(), now.spread.end(), [](double s) { return s == 0; });
  std::vector<double> spread = fit.means("spread " + name);
  if (spread.size() != now.spread.size()) {
    throw ValueError("{} has {} columns, its widths were taken from {}", name, now.spread.size(),
                     spread.size());
  }
  if (std::all_of(spread.begin(), spread.end(), [](double s) { return s == 0; })) {
    spread = now.spread;  // the reference was constant: there is no other ruler
  }
  out.rows = hashed_columns(rows, now, spread);
  if (!is_projected(spread)) return out;
  const std::string key = "projected " + name;
  const ColumnMoments own = column_moments(out.rows, name);
  const std::vector<double> widths = fit.has(key) ? fit.means(key) : own.spread;
  out.rows = hashed_columns(out.rows, own, widths);
  out.warnings.push_back(
      fmt::format("{} has {} columns: {} random projections of them were hashed, whose information "
                  "is less",
                  name, rows.size(1), kMostHashed));
  return out;
}

// Discrete rows repeat in a small sample already, and only then all of them are compared.
bool may_repeat(const Tensor& rows, const std::string& name) {
  const int64_t n = rows.size(0);
  if (n <= kRepeatSample) return true;
  const Tensor some = at::arange(kRepeatSample, at::kLong).mul_(n).div_(kRepeatSample, "floor");
  return value_symbols(rows.index_select(0, some), name).kinds() < kRepeatSample;
}

EdgeVariable edge_variable(const std::string& name, const Tensor& t, const Fit& fit) {
  const Tensor rows = edge_rows(t, name);
  if (may_repeat(rows, name) && is_discrete(rows)) {
    Symbols symbols = value_symbols(rows, name);
    const auto n = static_cast<double>(symbols.rows());
    if (kSamplesAnEdgeSymbol * static_cast<double>(symbols.kinds()) <= n || symbols.kinds() == 1) {
      return EdgeVariable::of_symbols(name, std::move(symbols));
    }
  }
  return in_cells(name, t, fit);
}

// Some of the rows.
EdgeVariable part_of(const EdgeVariable& whole, const Tensor& rows) {
  if (whole.rows.defined()) return {whole.name, whole.rows.index_select(0, rows), {}, false, {}};
  const int64_t* row = rows.const_data_ptr<int64_t>();
  std::vector<uint64_t> keys;
  for (int64_t i = 0; i < rows.size(0); ++i) {
    keys.push_back(static_cast<uint64_t>(whole.symbols.of_row[static_cast<size_t>(row[i])]));
  }
  return EdgeVariable::of_symbols(whole.name, number_symbols(keys));
}

// The hashes of a variable, each made once for any number of partners with as many columns.
class EdgeHashes {
 public:
  explicit EdgeHashes(EdgeVariable variable) : variable_(std::move(variable)) {}

  const EdgeVariable& variable() const { return variable_; }

  /// At widths t, for `columns` of both variables together.
  std::vector<const Symbols*> at(const std::vector<double>& t, int64_t columns) {
    if (!variable_.rows.defined()) return std::vector<const Symbols*>(t.size(), &variable_.symbols);
    auto& made = made_[columns];
    if (made.empty()) made = hash(t, columns);
    std::vector<const Symbols*> out;
    for (const Symbols& symbols : made) out.push_back(&symbols);
    return out;
  }

 private:
  std::vector<Symbols> hash(const std::vector<double>& t, int64_t columns) const {
    const auto n = static_cast<double>(variable_.size());
    const double shrink = std::pow(n, -0.5 / static_cast<double>(columns));
    // One b for all columns of both variables: so neither their order nor that of x and y matters.
    const Tensor shifts =
        at::rand({static_cast<int64_t>(t.size())}, make_generator(0, "edge shifts"), at::kDouble);
    std::vector<Symbols> out(t.size());
    parallel_for(static_cast<int64_t>(t.size()), 1, [&](int64_t l, int64_t) {
      const double epsilon = t[static_cast<size_t>(l)] * shrink;
      const double b = shifts.const_data_ptr<double>()[l] * epsilon;
      out[static_cast<size_t>(l)] =
          Ruler::width(epsilon).symbols(variable_.rows + b, variable_.name);
    });
    return out;
  }

  EdgeVariable variable_;
  std::map<int64_t, std::vector<Symbols>> made_;  // by columns
};

std::vector<double> ensemble_widths(const EdgeOptions& options, int64_t columns) {
  const auto count = static_cast<size_t>(columns > 0 ? options.hashes : 1);  // symbols have none
  std::vector<double> out;
  for (size_t l = 0; l < count; ++l) {
    const double part = count > 1 ? static_cast<double>(l) / static_cast<double>(count - 1) : 0;
    out.push_back(options.epsilon * (1 + (kWidest - 1) * part));
  }
  return out;
}

struct Ensemble {
  double nats = 0;
  double capped = 0;                // the mean share of samples
  double x_cells = 0, y_cells = 0;  // mean numbers that hold any
};

Ensemble ensemble(EdgeHashes& x, EdgeHashes& y, const EdgeOptions& options) {
  const int64_t columns = x.variable().columns() + y.variable().columns();
  const std::vector<double> t = ensemble_widths(options, columns);
  const auto xs = x.at(t, columns), ys = y.at(t, columns);
  std::vector<GraphInformation> found(t.size());
  const double cap = options.cap.value_or(std::numeric_limits<double>::infinity());
  parallel_for(static_cast<int64_t>(t.size()), 1, [&](int64_t l, int64_t) {
    const auto at = static_cast<size_t>(l);
    found[at] = graph_information(*xs[at], *ys[at], cap, l);
  });
  const auto count = static_cast<int64_t>(t.size());
  const auto weights = edge_weights(t, std::min({columns, kMostOrders, count - 1}));
  Ensemble out;
  for (size_t l = 0; l < t.size(); ++l) {
    out.nats += weights[l] * found[l].nats;
    out.capped += found[l].capped / static_cast<double>(count);
    out.x_cells += static_cast<double>(xs[l]->kinds()) / static_cast<double>(count);
    out.y_cells += static_cast<double>(ys[l]->kinds()) / static_cast<double>(count);
  }
  return out;
}

double edge_error(const EdgeVariable& x, const EdgeVariable& y, const EdgeOptions& options) {
  return subsampling_error(x.size(), kLeastSubset, [&](const Tensor& rows) {
    EdgeHashes some_x(part_of(x, rows)), some_y(part_of(y, rows));
    return ensemble(some_x, some_y, options).nats;
  });
}

void explain_edge(const Ensemble& found, const EdgeVariable& x, const EdgeVariable& y,
                  const EdgeOptions& options, Estimate& out) {
  if (found.capped > 0) {
    out.warnings.push_back(fmt::format(
        "cap reached: pairs of cells with {:.2g} % of the samples share more than {} nats",
        100 * found.capped, number_text(*options.cap)));
  }
  const auto n = static_cast<double>(out.n);
  for (const auto& [variable, cells] : {std::pair{&x, found.x_cells}, {&y, found.y_cells}}) {
    if (n >= kSamplesACell * cells) continue;
    out.warnings.push_back(fmt::format(
        "fewer than two samples per occupied cell of {} ({:.1f}): the estimate tends to 0 whatever "
        "the data; take more samples or a larger epsilon",
        variable->name, n / cells));
  }
  if (found.nats > out.ceiling * (1 + 1e-9)) {
    out.warnings.push_back(fmt::format(
        "above the {:.3g} nats that a hash can show: the extrapolation to fine cells overshoots",
        out.ceiling));
  }
}

Estimate edge_of(EdgeHashes& x, EdgeHashes& y, const EdgeOptions& options,
                 const std::string& spec) {
  const EdgeVariable &first = x.variable(), &second = y.variable();
  check_rows(first.size(), 2, "edge");
  Estimate out;
  out.estimator = spec;
  out.n = first.size();
  out.null_mean = 0;
  out.ceiling = std::log(static_cast<double>(out.n));
  for (const EdgeVariable* v : {&first, &second}) {
    out.warnings.insert(out.warnings.end(), v->warnings.begin(), v->warnings.end());
    if (!v->rows.defined()) out.ceiling = std::min(out.ceiling, entropy(v->symbols.counts));
  }
  if (options.cap) out.ceiling = std::min(out.ceiling, *options.cap);
  if (first.constant || second.constant) {
    out.value = at::zeros({}, at::kDouble);
    out.warnings.push_back(fmt::format("{} is constant: the information is 0",
                                       first.constant ? first.name : second.name));
    return out;
  }
  const Ensemble found = ensemble(x, y, options);
  out.value = at::scalar_tensor(found.nats, at::kDouble);
  if (options.errors) out.standard_error = edge_error(first, second, options);
  explain_edge(found, first, second, options, out);
  return out;
}

Estimate edge_pair(const Tensor& x, const Tensor& y, const EdgeOptions& options,
                   const std::string& spec) {
  check_same_rows(continuous(x, "x"), "x", continuous(y, "y"), "y");
  check_rows(x.size(0), 2, "edge");
  Fit own;
  fit_edge("x", x, false, own);
  fit_edge("y", y, false, own);
  EdgeHashes first(edge_variable("x", x, own)), second(edge_variable("y", y, own));
  return edge_of(first, second, options, spec);
}

}  // namespace

// The shortest vector with Σ w = 1 that is orthogonal to all tⁱ lies along what they leave of
// (1,…).
std::vector<double> edge_weights(const std::vector<double>& t, int64_t orders) {
  const size_t count = t.size();
  if (orders < 0 || static_cast<int64_t>(count) <= orders) {
    throw ValueError("{} widths are too few to cancel {} powers of them", count, orders);
  }
  for (size_t l = 0; l < count; ++l) {
    if (!(t[l] > (l > 0 ? t[l - 1] : 0))) throw ValueError("widths must be positive and increase");
  }
  const auto dot = [](const std::vector<double>& a, const std::vector<double>& b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
  };
  std::vector<std::vector<double>> basis;
  const auto without_basis = [&](std::vector<double> v) {
    for (int pass = 0; pass < 2; ++pass) {  // the second takes off what rounding has left
      for (const auto& b : basis) {
        const double part = dot(v, b);
        for (size_t l = 0; l < count; ++l) v[l] -= part * b[l];
      }
    }
    return v;
  };
  for (int64_t i = 1; i <= orders; ++i) {
    std::vector<double> power(count);
    for (size_t l = 0; l < count; ++l) power[l] = std::pow(t[l] / t.back(), static_cast<double>(i));
    power = without_basis(power);
    const double length = std::sqrt(dot(power, power));
    for (double& p : power) p /= length;
    basis.push_back(power);
  }
  std::vector<double> weights = without_basis(std::vector<double>(count, 1));
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& w : weights) w /= sum;
  return weights;
}

Estimate edge(const Tensor& x, const Tensor& y, const EdgeOptions& options) {
  check_edge(options);
  return edge_pair(x, y, options, spec_text("edge", options));
}

Edge::Edge(const EdgeOptions& options)
    : InformationEstimator(spec_text("edge", options)), options_(options) {
  check_edge(options);
}

Estimate Edge::estimate(const Tensor& x, const Tensor& y) const {
  return edge_pair(x, y, options_, spec());
}

void Edge::fit(const Segment& segment, Fit& fit) const {
  fit_edge("x", flatten_rows(segment.x), true, fit);
  if (!holds_class_numbers(segment)) fit_edge("y", flatten_rows(segment.y), true, fit);
  for (const auto& layer : segment.layers) {
    fit_edge(layer.name, flatten_rows(layer.value), true, fit);
  }
}

std::vector<Coordinates> Edge::evaluate(const Segment& segment, const Fit& fit) const {
  EdgeHashes x(edge_variable("x", flatten_rows(segment.x), fit));
  EdgeHashes y(
      holds_class_numbers(segment)
          ? EdgeVariable::of_symbols(
                "y", class_symbols(class_numbers(segment.y, segment.classes), segment.classes))
          : edge_variable("y", flatten_rows(segment.y), fit));
  check_same_rows(segment.x, "x", segment.y, "y");
  std::vector<Coordinates> out;
  for (const auto& layer : segment.layers) {
    check_same_rows(layer.value, layer.name, segment.x, "x");
    EdgeHashes t(in_cells(layer.name, flatten_rows(layer.value), fit));
    Estimate complexity = edge_of(t, x, options_, spec());
    out.push_back({std::move(complexity), edge_of(t, y, options_, spec())});
  }
  return out;
}

}  // namespace glow
