#include "glow/information/discrete.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "glow/core/error.h"
#include "glow/information/checks.h"
#include "glow/information/nsb.h"

namespace glow {
namespace {

constexpr size_t kMostLevels = 256;
constexpr double kSamplesALevel = 10;
constexpr double kSamplesASymbol = 2;

std::string discrete_spec(EntropyCorrection correction) {
  return correction == EntropyCorrection::none ? "plugin" : to_string(correction);
}

// A variable as symbols, and what is to be said of it.
struct DiscreteVariable {
  std::string name;
  Symbols symbols;
  std::vector<std::string> warnings;
};

Tensor discrete_rows(const Tensor& x, const std::string& name) {
  const Tensor rows = continuous(x.detach(), name);  // for what it refuses
  return x.is_floating_point()   ? rows
         : x.detach().dim() == 1 ? x.detach().unsqueeze(1)
                                 : x.detach();
}

// A table of this many entries costs less than hashing n numbers.
int64_t small_span(int64_t n) { return 4 * n + 1024; }

// Numbers n codes in [0, span) as they come.
template <class Code>
Symbols number_codes(int64_t n, int64_t span, const Code& code) {
  Symbols out;
  out.of_row.resize(static_cast<size_t>(n));
  std::vector<int32_t> number(static_cast<size_t>(span), -1);
  for (size_t i = 0; i < static_cast<size_t>(n); ++i) {
    int32_t& symbol = number[static_cast<size_t>(code(i))];
    if (symbol < 0) {
      symbol = static_cast<int32_t>(out.counts.size());
      out.counts.push_back(0);
    }
    out.of_row[i] = symbol;
    ++out.counts[static_cast<size_t>(symbol)];
  }
  return out;
}

// As value_symbols; one column of whole numbers that lie close together in a fifth of the time.
Symbols row_symbols(const Tensor& rows, const std::string& name) {
  if (rows.size(1) > 1 || rows.is_floating_point()) return value_symbols(rows, name);
  const Tensor column = rows.to(at::kCPU, at::kLong).contiguous();
  const int64_t* value = column.const_data_ptr<int64_t>();
  const auto [least, most] = std::minmax_element(value, value + column.numel());
  const int64_t low = *least;
  const uint64_t above = static_cast<uint64_t>(*most) - static_cast<uint64_t>(low);
  if (above >= static_cast<uint64_t>(small_span(column.numel()))) return value_symbols(rows, name);
  return number_codes(column.numel(), static_cast<int64_t>(above) + 1,
                      [&](size_t i) { return value[i] - low; });
}

// As joint_symbols, likewise.
Symbols pair_symbols(const Symbols& x, const Symbols& y) {
  const int64_t kinds = y.kinds();
  if (x.kinds() * kinds >= small_span(x.rows())) return joint_symbols(x, y);
  return number_codes(x.rows(), x.kinds() * kinds,
                      [&](size_t i) { return x.of_row[i] * kinds + y.of_row[i]; });
}

DiscreteVariable as_symbols(const Tensor& x, const std::string& name) {
  const Tensor rows = discrete_rows(x, name);
  DiscreteVariable out{name, row_symbols(rows, name), {}};
  if (!is_discrete(rows)) {
    out.warnings.push_back(fmt::format(
        "{} is not discrete: nearly every row is a symbol of its own; use binned, or an estimator "
        "of continuous variables",
        name));
  }
  return out;
}

// Of −ln p̂, or of ln p̂(x,y)/p̂(x)p̂(y), over the samples.
struct LogMoments {
  double first = 0, second = 0;

  void add(double share, double log_ratio) {
    first += share * log_ratio;
    second += share * log_ratio * log_ratio;
  }
  double variance() const { return std::max(0.0, second - first * first); }
};

// The leading order, Var/n. Where it vanishes half a χ² over n is left, of variance f/2n²; but Var
// is then found to be f/n on average, twice too much.
double log_moments_error(const LogMoments& moments, double freedom, double n) {
  const double half = freedom / (2 * n * n);
  return std::sqrt(std::max(moments.variance() / n - half, half));
}

Estimate entropy_of_symbols(const DiscreteVariable& x, const std::string& spec,
                            EntropyCorrection correction) {
  const CountGroups counts = group_counts(x.symbols.counts);
  Estimate out;
  out.estimator = spec;
  out.n = x.symbols.rows();
  out.warnings = x.warnings;
  if (correction == EntropyCorrection::nsb) {
    const Posterior posterior = nsb_entropy(counts, counts.seen);
    out.value = at::scalar_tensor(posterior.mean, at::kDouble);
    out.standard_error = posterior.deviation;
  } else {
    out.value = at::scalar_tensor(entropy(x.symbols.counts, correction), at::kDouble);
    out.standard_error = entropy_error(x.symbols);
  }
  if (correction == EntropyCorrection::none) out.ceiling = std::log(counts.n);
  if (counts.seen == 1) {
    out.warnings.push_back(fmt::format("{} is constant: its entropy is 0", x.name));
  } else if (counts.n < kSamplesASymbol * counts.seen) {
    out.warnings.push_back(
        fmt::format("fewer than two samples per symbol of {} ({:.1f}): the plug-in entropy tends "
                    "to ln n whatever the data",
                    x.name, counts.n / counts.seen));
  }
  return out;
}

// A row of each pair of symbols: where its two symbols are looked up.
std::vector<size_t> first_rows(const Symbols& joint) {
  std::vector<size_t> out;
  out.reserve(joint.counts.size());
  for (size_t row = 0; out.size() < joint.counts.size(); ++row) {
    if (static_cast<size_t>(joint.of_row[row]) == out.size()) out.push_back(row);
  }
  return out;
}

double error_of_joint(const Symbols& x, const Symbols& y, const Symbols& joint) {
  const auto n = static_cast<double>(joint.rows());
  const auto count = [](const Symbols& s, int32_t symbol) {
    return static_cast<double>(s.counts[static_cast<size_t>(symbol)]);
  };
  LogMoments moments;
  for (const size_t row : first_rows(joint)) {
    const double both = count(joint, joint.of_row[row]);
    const double apart = count(x, x.of_row[row]) * count(y, y.of_row[row]);
    moments.add(both / n, std::log(n * both / apart));
  }
  const auto freedom = static_cast<double>(joint.kinds() - x.kinds() - y.kinds() + 1);
  return log_moments_error(moments, std::abs(freedom), n);
}

Estimate information_of_symbols(const DiscreteVariable& x, const DiscreteVariable& y,
                                const std::string& spec, EntropyCorrection correction) {
  const Symbols joint = pair_symbols(x.symbols, y.symbols);
  const auto n = static_cast<double>(joint.rows());
  Estimate out;
  out.estimator = spec;
  out.n = joint.rows();
  out.warnings = x.warnings;
  out.warnings.insert(out.warnings.end(), y.warnings.begin(), y.warnings.end());
  const double value = mutual_information(x.symbols, y.symbols, joint, correction);
  out.value = at::scalar_tensor(value, at::kDouble);
  out.standard_error = error_of_joint(x.symbols, y.symbols, joint);
  if (correction == EntropyCorrection::none) {
    out.ceiling = std::min(entropy(x.symbols.counts), entropy(y.symbols.counts));
  }
  if (x.symbols.kinds() == 1 || y.symbols.kinds() == 1) {
    out.warnings.push_back(fmt::format("{} is constant: the information is 0",
                                       x.symbols.kinds() == 1 ? x.name : y.name));
  } else if (n < kSamplesASymbol * static_cast<double>(joint.kinds())) {
    out.warnings.push_back(
        fmt::format("fewer than two samples per pair of symbols ({:.1f}): the plug-in information "
                    "tends to the smaller entropy whatever the data",
                    n / static_cast<double>(joint.kinds())));
  }
  return out;
}

Estimate estimate_symbols(const Tensor& x, const Tensor& y, const std::string& spec,
                          EntropyCorrection correction) {
  const DiscreteVariable first = as_symbols(x, "x"), second = as_symbols(y, "y");
  check_same_rows(x, "x", y, "y");
  check_rows(x.size(0), 2, spec);
  return information_of_symbols(first, second, spec, correction);
}

// A layer, or targets: without doubt discrete, or refused.
DiscreteVariable layer_symbols(const Tensor& t, const std::string& name, const std::string& spec) {
  const Tensor rows = discrete_rows(flatten_rows(t), name);
  check_finite(rows, name);
  if (!is_discrete(rows)) {
    throw ValueError(
        "{}: {} is not discrete, its values are neither whole numbers nor a few levels; `binned` "
        "cuts it into cells",
        spec, name);
  }
  return {name, row_symbols(rows, name), {}};
}

}  // namespace

bool is_discrete(const Tensor& x) {
  if (!x.is_floating_point()) return true;
  const Tensor values = x.detach().to(at::kCPU, at::kDouble).contiguous();
  if ((values == values.floor()).all().item<bool>()) return true;
  const double* value = values.const_data_ptr<double>();
  const auto total = static_cast<double>(values.numel());
  std::unordered_set<double> levels;
  double last = std::nan("");
  for (int64_t i = 0; i < values.numel(); ++i) {
    if (value[i] == last) continue;
    last = value[i];
    levels.insert(last);
    const size_t found = levels.size();
    if (found > kMostLevels || kSamplesALevel * static_cast<double>(found) > total) return false;
  }
  return true;
}

double entropy_error(const Symbols& x) {
  const CountGroups counts = group_counts(x.counts);
  LogMoments moments;
  for (const auto& [count, symbols] : counts.groups) {
    moments.add(symbols * count / counts.n, std::log(counts.n / count));
  }
  return log_moments_error(moments, counts.seen - 1, counts.n);
}

double information_error(const Symbols& x, const Symbols& y) {
  return error_of_joint(x, y, pair_symbols(x, y));
}

Estimate discrete_entropy(const Tensor& x, EntropyCorrection correction) {
  return entropy_of_symbols(as_symbols(x, "x"), discrete_spec(correction), correction);
}

Estimate discrete_mutual_information(const Tensor& x, const Tensor& y,
                                     EntropyCorrection correction) {
  return estimate_symbols(x, y, discrete_spec(correction), correction);
}

Discrete::Discrete(EntropyCorrection correction)
    : InformationEstimator(discrete_spec(correction)), correction_(correction) {}

Estimate Discrete::estimate(const Tensor& x, const Tensor& y) const {
  return estimate_symbols(x, y, spec(), correction_);
}

std::vector<Coordinates> Discrete::evaluate(const Segment& segment, const Fit&) const {
  DiscreteVariable y{"y", {}, {}};
  if (holds_class_numbers(segment)) {
    y.symbols = class_symbols(class_numbers(segment.y, segment.classes), segment.classes);
  } else {
    y = layer_symbols(segment.y, "y", spec());
  }
  check_rows(segment.y.size(0), 2, spec());
  std::vector<Coordinates> out;
  for (const auto& layer : segment.layers) {
    const DiscreteVariable t = layer_symbols(layer.value, layer.name, spec());
    check_same_rows(layer.value, layer.name, segment.y, "y");
    Coordinates both{entropy_of_symbols(t, spec(), correction_),
                     information_of_symbols(t, y, spec(), correction_)};
    if (!segment.deterministic) {
      both.complexity.value = Tensor();
      both.complexity.standard_error = kUnknown;
      both.complexity.warnings = {
          "H(T) is not I(X;T) while dropout, noise or batch statistics are on: no value; measure "
          "in evaluation mode"};
    }
    out.push_back(std::move(both));
  }
  return out;
}

}  // namespace glow
