#include "glow/information/binned.h"

#include <ATen/ATen.h>

#include <cmath>

#include "glow/core/text.h"
#include "glow/information/cells.h"
#include "glow/information/checks.h"
#include "glow/information/discrete.h"
#include "glow/information/entropy.h"

namespace glow {
namespace {

constexpr int64_t kDefaultBins = 30;

BinRange range_of(const BinnedOptions& options) {
  if (options.range) return *options.range;
  return options.bits || options.equal_mass ? BinRange("layer") : BinRange();
}

// Whether the cells follow the data.
bool is_fitted(const BinnedOptions& options) {
  return !options.width && range_of(options).of != BinRange::Of::fixed;
}

Ruler make_ruler(const BinnedOptions& options, const ColumnRange& range) {
  if (options.width) return Ruler::width(*options.width);
  if (options.edges) return Ruler::edges(range, *options.edges);
  if (options.bits) return Ruler::levels(range, *options.bits);
  return Ruler::equal(range, options.bins.value_or(kDefaultBins));
}

void check_options(const BinnedOptions& options) {
  std::vector<std::string> given;
  if (options.bins) given.push_back("bins");
  if (options.edges) given.push_back("edges");
  if (options.width) given.push_back("width");
  if (options.bits) given.push_back("bits");
  if (given.size() > 1) {
    throw ValueError("binned takes one of bins, edges, width and bits, got {}",
                     join(given, " and "));
  }
  if (options.width && options.range) {
    throw ValueError("binned: cells of a width need no range; leave one of them out");
  }
  if (options.equal_mass && !given.empty() && !options.bins) {
    throw ValueError("binned: equal_mass goes with bins, not with {}", given[0]);
  }
  if (options.equal_mass && range_of(options).of == BinRange::Of::fixed) {
    throw ValueError("binned: equal_mass takes range = layer or neuron");
  }
  parse_correction(options.correction);
  parse_reference(options.reference);
  make_ruler(options, {{-1}, {1}});  // throws on numbers without a meaning
}

Tensor rows_of(const Tensor& t, const std::string& name) {
  return continuous(t.detach(), name).to(at::kCPU).contiguous();
}

std::vector<double> to_list(const Tensor& t) {
  const Tensor values = t.flatten().to(at::kDouble).contiguous();
  const double* first = values.const_data_ptr<double>();
  return {first, first + values.numel()};
}

// Adds the range, or the edges, that one snapshot of a variable asks for.
void fit_ruler(const BinnedOptions& options, const std::string& name, const Tensor& rows,
               Fit& fit) {
  const bool each = range_of(options).of == BinRange::Of::neuron;
  if (!options.equal_mass) {
    const auto [low, high] = each ? at::aminmax(rows, 0) : at::aminmax(rows);
    const std::vector<double> lowest = to_list(low), highest = to_list(high);
    for (size_t j = 0; j < lowest.size(); ++j) {
      if (!std::isfinite(lowest[j]) || !std::isfinite(highest[j])) check_finite(rows, name);
    }
    fit.add("low " + name, lowest);
    fit.add("high " + name, highest);
    return;
  }
  check_finite(rows, name);
  const int64_t cells = options.bins.value_or(kDefaultBins);
  std::vector<double> edges;  // of one column after the other
  for (int64_t j = 0; j < (each ? rows.size(1) : 1); ++j) {
    std::vector<double> values = to_list(each ? rows.select(1, j) : rows);
    const std::vector<double> own = equal_mass_edges(values, cells);
    edges.insert(edges.end(), own.begin(), own.end());
  }
  fit.add("edges " + name, edges);
}

Ruler fitted_ruler(const BinnedOptions& options, const std::string& name, const Fit& fit) {
  if (!is_fitted(options)) {
    const BinRange range = range_of(options);
    return make_ruler(options, {{range.low}, {range.high}});
  }
  if (!options.equal_mass) {
    return make_ruler(options, {fit.minima("low " + name), fit.maxima("high " + name)});
  }
  const std::vector<double> all = fit.means("edges " + name);
  const auto each = static_cast<size_t>(options.bins.value_or(kDefaultBins) - 1);
  std::vector<std::vector<double>> edges;
  for (size_t first = 0; first < all.size() || edges.empty(); first += each) {
    edges.emplace_back(all.begin() + static_cast<std::ptrdiff_t>(first),
                       all.begin() + static_cast<std::ptrdiff_t>(first + each));
  }
  return Ruler::at(edges);
}

// A variable as symbols, and what is to be said of it.
struct Coded {
  Symbols symbols;
  double kinds = 0;  // how many symbols there could be on this sample
  std::vector<std::string> warnings;
};

Coded code(const BinnedOptions& options, const std::string& name, const Tensor& rows,
           const Fit& fit) {
  Coded out;
  int64_t outside = 0;
  out.symbols = fitted_ruler(options, name, fit).symbols(rows, name, &outside);
  out.kinds = static_cast<double>(rows.size(0));
  if (outside > 0) {
    const BinRange range = range_of(options);
    const double share = 100.0 * static_cast<double>(outside) / static_cast<double>(rows.numel());
    const std::string where =
        range.of == BinRange::Of::fixed
            ? fmt::format("[{}, {}]", number_text(range.low), number_text(range.high))
            : "the range of the reference";
    out.warnings.push_back(fmt::format(
        "{} % of the values lie outside {} and were counted in the end cells",
        share < 10 ? fmt::format("{:.2g}", share) : fmt::format("{:.0f}", share), where));
  }
  return out;
}

bool holds_whole_numbers(const Tensor& y) {
  return !y.is_floating_point() || (y == y.floor()).all().item<bool>();
}

// y as symbols: whole numbers as they are, else binned.
Coded code_target(const BinnedOptions& options, const Tensor& y, const Fit& fit) {
  const Tensor rows = rows_of(y, "y");
  if (!holds_whole_numbers(y)) return code(options, "y", rows, fit);
  Coded out;
  out.symbols = value_symbols(y.dim() == 1 ? y.unsqueeze(1) : y, "y");
  out.kinds = static_cast<double>(out.symbols.kinds());
  if (y.is_floating_point()) {
    out.warnings.push_back("y holds whole numbers only: they are symbols, not binned");
  }
  return out;
}

constexpr double kNearCeiling = 1e-9;

Estimate entropy_estimate(const Coded& t, const std::string& name, const std::string& spec,
                          EntropyCorrection correction) {
  const auto n = static_cast<double>(t.symbols.rows());
  const auto occupied = static_cast<double>(t.symbols.kinds());
  Estimate out;
  out.estimator = spec;
  out.n = t.symbols.rows();
  const double value = entropy(t.symbols.counts, correction);
  out.value = at::scalar_tensor(value, at::kDouble);
  out.standard_error = entropy_error(t.symbols);
  const double most = std::log(n);
  if (correction == EntropyCorrection::none) out.ceiling = most;
  out.warnings = t.warnings;
  if (occupied == 1) {
    out.warnings.push_back(fmt::format("{} is constant in these cells: its entropy is 0", name));
  } else if (value >= most - kNearCeiling) {
    out.warnings.push_back(fmt::format(
        "saturated: the entropy of {} has reached ln n, nearly every sample has a cell of its own",
        name));
  } else if (n / occupied < 2) {
    out.warnings.push_back(fmt::format(
        "fewer than two samples per occupied cell of {} ({:.1f}): the estimate tends to ln n "
        "whatever the data",
        name, n / occupied));
  }
  return out;
}

Estimate information_estimate(const Coded& t, const std::string& name, const Coded& y,
                              const std::string& spec, EntropyCorrection correction) {
  Estimate out;
  out.estimator = spec;
  out.n = t.symbols.rows();
  const double value = mutual_information(t.symbols, y.symbols, correction);
  out.value = at::scalar_tensor(value, at::kDouble);
  out.standard_error = information_error(t.symbols, y.symbols);
  const double most = std::log(std::min(static_cast<double>(out.n), y.kinds));
  if (correction == EntropyCorrection::none) out.ceiling = most;
  out.warnings = t.warnings;
  out.warnings.insert(out.warnings.end(), y.warnings.begin(), y.warnings.end());
  const double per_cell = static_cast<double>(out.n) / static_cast<double>(t.symbols.kinds());
  if (t.symbols.kinds() == 1 || y.symbols.kinds() == 1) {
    out.warnings.push_back(fmt::format("{} is constant in these cells: the information is 0",
                                       t.symbols.kinds() == 1 ? name : "y"));
  } else if (value >= most - kNearCeiling) {
    out.warnings.push_back(
        fmt::format("saturated: the estimate has reached {:.3g} nats, the most it can be", most));
  } else if (per_cell < 2) {
    out.warnings.push_back(fmt::format(
        "fewer than two samples per occupied cell of {} ({:.1f}): the estimate tends to H(Y) "
        "whatever the data",
        name, per_cell));
  }
  return out;
}

Estimate estimate_pair(const Tensor& x, const Tensor& y, const BinnedOptions& options,
                       const std::string& spec) {
  const Tensor first = rows_of(x, "x"), second = rows_of(y, "y");
  check_same_rows(first, "x", second, "y");
  check_rows(first.size(0), 2, "binned");
  Fit own;
  if (is_fitted(options)) {
    fit_ruler(options, "x", first, own);
    fit_ruler(options, "y", second, own);
  }
  return information_estimate(code(options, "x", first, own), "x", code_target(options, y, own),
                              spec, parse_correction(options.correction));
}

std::string binned_spec(const BinnedOptions& options) {
  const std::string text = spec_text("binned", options);
  return text == "binned" ? fmt::format("binned(bins={})", kDefaultBins) : text;
}

}  // namespace

BinRange::BinRange(const std::string& word) {
  if (word == "layer") {
    of = Of::layer;
  } else if (word == "neuron") {
    of = Of::neuron;
  } else {
    throw ValueError("expected [low, high], layer or neuron, got '{}'", word);
  }
}

void read_value(const Value& in, BinRange& out) {
  if (const auto* word = std::get_if<std::string>(&in.data)) {
    out = BinRange(*word);
    return;
  }
  std::vector<double> ends;
  read_value(in, ends);
  if (ends.size() != 2 || !(ends[0] < ends[1])) {
    throw ValueError("expected [low, high], layer or neuron, got {}", to_toml(in));
  }
  out = BinRange(ends[0], ends[1]);
}

Value write_value(const BinRange& in) {
  if (in.of == BinRange::Of::layer) return write_value(std::string("layer"));
  if (in.of == BinRange::Of::neuron) return write_value(std::string("neuron"));
  List ends;  // whole numbers without a point, as a spec is written
  for (const double end : {in.low, in.high}) {
    const bool whole = end == std::trunc(end) && std::abs(end) < 1e15;
    ends.push_back(whole ? write_value(static_cast<int64_t>(end)) : write_value(end));
  }
  return {ends};
}

Estimate binned_entropy(const Tensor& t, const BinnedOptions& options) {
  check_options(options);
  const Tensor rows = rows_of(t, "t");
  Fit own;
  if (is_fitted(options)) fit_ruler(options, "t", rows, own);
  return entropy_estimate(code(options, "t", rows, own), "t", binned_spec(options),
                          parse_correction(options.correction));
}

Estimate binned_mutual_information(const Tensor& x, const Tensor& y, const BinnedOptions& options) {
  check_options(options);
  return estimate_pair(x, y, options, binned_spec(options));
}

Binned::Binned(const BinnedOptions& options)
    : InformationEstimator(binned_spec(options)), options_(options) {
  check_options(options);
}

Estimate Binned::estimate(const Tensor& x, const Tensor& y) const {
  return estimate_pair(x, y, options_, spec());
}

void Binned::fit(const Segment& segment, Fit& fit) const {
  if (!is_fitted(options_)) return;
  for (const auto& layer : segment.layers) {
    fit_ruler(options_, layer.name, rows_of(flatten_rows(layer.value), layer.name), fit);
  }
  if (!holds_class_numbers(segment) && !holds_whole_numbers(segment.y)) {
    fit_ruler(options_, "y", rows_of(flatten_rows(segment.y), "y"), fit);
  }
}

std::vector<Coordinates> Binned::evaluate(const Segment& segment, const Fit& fit) const {
  const EntropyCorrection correction = parse_correction(options_.correction);
  Coded y;
  if (holds_class_numbers(segment)) {
    y.symbols = class_symbols(class_numbers(segment.y, segment.classes), segment.classes);
    y.kinds = static_cast<double>(segment.classes);
  } else {
    y = code_target(options_, flatten_rows(segment.y), fit);
  }
  check_rows(segment.y.size(0), 2, "binned");
  std::vector<Coordinates> out;
  for (const auto& layer : segment.layers) {
    const Tensor rows = rows_of(flatten_rows(layer.value), layer.name);
    check_same_rows(rows, layer.name, segment.y, "y");
    Coded t = code(options_, layer.name, rows, fit);
    Coordinates both{entropy_estimate(t, layer.name, spec(), correction),
                     information_estimate(t, layer.name, y, spec(), correction)};
    if (!segment.deterministic) {
      both.complexity.value = Tensor();
      both.complexity.warnings = {
          "H(T) is not I(X;T) while dropout, noise or batch statistics are on: no value; measure "
          "in "
          "evaluation mode"};
    }
    out.push_back(std::move(both));
  }
  return out;
}

}  // namespace glow
