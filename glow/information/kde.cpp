#include "glow/information/kde.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cmath>

#include "glow/core/text.h"
#include "glow/information/checks.h"
#include "glow/information/entropy.h"
#include "glow/information/gram.h"
#include "glow/information/kernel_sums.h"

namespace glow {
namespace {

// Nearer to the ceiling than this share of it, a kernel sees hardly more than its own sample.
constexpr double kKDESaturated = 0.01;

BoundKind parse_kde_bound(const std::string& text) {
  if (text == "upper") return BoundKind::upper;
  if (text == "lower") return BoundKind::lower;
  throw ValueError("unknown bound '{}'{}; known: upper, lower", text,
                   did_you_mean(text, {"upper", "lower"}));
}

void check_options(const KDEOptions& options) {
  parse_kde_bound(options.bound);
  if (!(options.variance > 0 && std::isfinite(options.variance))) {
    throw ValueError("variance must be a positive number, got {}", options.variance);
  }
}

bool all_rows_equal(const Tensor& rows) {
  const Tensor values = rows.detach();
  return (values == values.slice(0, 0, 1)).all().item<bool>();
}

// The bounds of one layer, 0-d; `label` undefined without labels.
struct KDEPair {
  Tensor whole, label;
  bool constant = false;
};

// By whole matrices, where the value must keep its graph.
KDEPair kde_with_graph(const Tensor& t, const std::string& name, const KDEOptions& options,
                       const Symbols* labels) {
  check_memory(t.size(0), 5 * 8, "take fewer rows, or leave out the gradient");
  check_finite(t, name);
  const auto n = static_cast<double>(t.size(0));
  const double spread = parse_kde_bound(options.bound) == BoundKind::upper ? 1 : 4;
  const Tensor gram = gram_matrix(
      {name, t.to(at::kDouble), {Kernel::Kind::gaussian, std::sqrt(spread * options.variance)}});
  KDEPair out{-(gram.sum(1) / n).log().mean(), {}, all_rows_equal(t)};
  if (labels) {
    const Tensor group = at::tensor(labels->of_row, at::kInt).to(t.device());
    const Tensor same = group.unsqueeze(0).eq(group.unsqueeze(1)).to(at::kDouble);
    out.label = out.whole + ((gram * same).sum(1) / same.sum(1)).log().mean();
  }
  if (out.constant) out.whole = out.whole * 0;  // as its gradient is
  if (labels && (out.constant || labels->kinds() == 1)) out.label = out.label * 0;
  return out;
}

KDEPair kde_pair(const Tensor& t, const std::string& name, const KDEOptions& options,
                 const Symbols* labels) {
  check_rows(t.size(0), 2, "kde");
  if (at::GradMode::is_enabled() && t.requires_grad()) {
    return kde_with_graph(t, name, options, labels);
  }
  const Tensor rows = t.detach().to(at::kCPU);
  const KDEBounds bounds = kde_bounds(rows, options.variance, labels, name);
  const bool upper = parse_kde_bound(options.bound) == BoundKind::upper;
  const auto scalar = [](double value) { return at::scalar_tensor(value, at::kDouble); };
  return {scalar(upper ? bounds.upper : bounds.lower),
          labels ? scalar(upper ? bounds.label_upper : bounds.label_lower) : Tensor(),
          all_rows_equal(rows)};
}

Estimate kde_estimate(const Tensor& value, int64_t n, double ceiling, const std::string& spec) {
  Estimate out;
  out.estimator = spec;
  out.value = value;
  out.n = n;
  out.ceiling = ceiling;
  return out;
}

Estimate whole_estimate(const KDEPair& pair, const std::string& name, int64_t n,
                        const KDEOptions& options, const std::string& spec) {
  Estimate out = kde_estimate(pair.whole, n, std::log(static_cast<double>(n)), spec);
  out.bound = parse_kde_bound(options.bound);
  if (pair.constant) {
    out.warnings.push_back(fmt::format("{} is constant: the information is 0", name));
  } else if (out.number() > (1 - kKDESaturated) * out.ceiling) {
    out.warnings.push_back(fmt::format(
        "saturated: with noise of variance {} every sample of {} is seen alone, the bound is ln n",
        number_text(options.variance), name));
  }
  return out;
}

Estimate label_estimate(const KDEPair& pair, const std::string& name, const Symbols& labels,
                        int64_t n, const KDEOptions& options, const std::string& spec) {
  Estimate out = kde_estimate(pair.label, n, entropy(labels.counts), spec);
  const double ceiling = std::log(static_cast<double>(n));
  if (pair.constant || labels.kinds() == 1) {
    out.warnings.push_back(
        fmt::format("{} is constant: the information is 0", pair.constant ? name : "y"));
  } else if (pair.whole.item<double>() > (1 - kKDESaturated) * ceiling) {
    out.warnings.push_back(fmt::format(
        "saturated: with noise of variance {} every sample of {} is seen alone, the estimate is "
        "H(Y) whatever the data",
        number_text(options.variance), name));
  } else if (labels.kinds() == n) {
    out.warnings.push_back("no two rows of y are equal: the estimate says nothing about the label");
  }
  return out;
}

// Discrete rows as symbols.
Symbols kde_labels(const Tensor& y) { return value_symbols(continuous(y.detach(), "y"), "y"); }

// Equal rows of x with different y are two values of a function at one place.
void check_function(const Tensor& x, const Tensor& y) {
  const Symbols input = value_symbols(x, "x"), output = value_symbols(y, "y");
  std::vector<int64_t> first(input.counts.size(), -1);
  for (size_t i = 0; i < input.of_row.size(); ++i) {
    int64_t& before = first[static_cast<size_t>(input.of_row[i])];
    if (before < 0) {
      before = static_cast<int64_t>(i);
    } else if (output.of_row[static_cast<size_t>(before)] != output.of_row[i]) {
      throw ValueError("x is equal in rows {} and {}, y is not: kde takes y to be a function of x",
                       before, i);
    }
  }
}

Estimate estimate_pair(const Tensor& x, const Tensor& y, const KDEOptions& options,
                       const std::string& spec) {
  const Tensor input = continuous(x.detach(), "x"), output = continuous(y, "y");
  check_same_rows(input, "x", output, "y");
  check_function(input, output);
  const KDEPair pair = kde_pair(output, "y", options, nullptr);
  Estimate out = whole_estimate(pair, "y", output.size(0), options, spec);
  out.warnings.push_back(
      fmt::format("y is taken to be a function of x, with Gaussian noise of variance {} added",
                  number_text(options.variance)));
  return out;
}

}  // namespace

KDEBounds kde_bounds(const Tensor& t, double variance, const Symbols* labels,
                     const std::string& name) {
  // exp(−‖·‖²/8σ²) is the kernel of the lower bound, its fourth power that of the upper.
  std::vector<KernelSum> wanted{{}, {.fourth_power = true}};
  if (labels) {
    wanted.push_back({.within_group = true});
    wanted.push_back({.fourth_power = true, .within_group = true});
  }
  const auto sums = kernel_sums({name, t, 1 / (8 * variance)}, wanted,
                                labels ? labels->of_row : std::vector<int32_t>{});
  const auto n = static_cast<double>(t.size(0));
  const auto bound = [&](const std::vector<double>& row_sums) {
    double sum = 0;
    for (const double s : row_sums) sum += std::log(n / s);
    return sum / n;
  };
  const auto label = [&](const std::vector<double>& row_sums, const std::vector<double>& own) {
    if (labels->kinds() == 1) return 0.0;
    double sum = 0;
    for (size_t i = 0; i < row_sums.size(); ++i) {
      const auto count =
          static_cast<double>(labels->counts[static_cast<size_t>(labels->of_row[i])]);
      sum += std::log(n * own[i] / (row_sums[i] * count));
    }
    return sum / n;
  };
  if (!labels) return {bound(sums[1]), bound(sums[0])};
  return {bound(sums[1]), bound(sums[0]), label(sums[1], sums[3]), label(sums[0], sums[2])};
}

Estimate kde_information(const Tensor& t, const KDEOptions& options) {
  check_options(options);
  const Tensor rows = continuous(t, "t");
  return whole_estimate(kde_pair(rows, "t", options, nullptr), "t", rows.size(0), options,
                        spec_text("kde", options));
}

Estimate kde_label_information(const Tensor& t, const Tensor& y, const KDEOptions& options) {
  check_options(options);
  const Tensor rows = continuous(t, "t");
  const Symbols labels = kde_labels(y);
  check_same_rows(rows, "t", y, "y");
  return label_estimate(kde_pair(rows, "t", options, &labels), "t", labels, rows.size(0), options,
                        spec_text("kde", options));
}

Estimate kde(const Tensor& x, const Tensor& y, const KDEOptions& options) {
  check_options(options);
  return estimate_pair(x, y, options, spec_text("kde", options));
}

KDE::KDE(const KDEOptions& options)
    : InformationEstimator(spec_text("kde", options)), options_(options) {
  check_options(options);
}

Estimate KDE::estimate(const Tensor& x, const Tensor& y) const {
  return estimate_pair(x, y, options_, spec());
}

Estimate KDE::complexity(const Tensor& t, const Tensor&) const {
  return kde_information(t, options_);
}

std::vector<Coordinates> KDE::evaluate(const Segment& segment, const Fit&) const {
  const bool numbers = holds_class_numbers(segment);
  const Symbols labels =
      numbers ? class_symbols(class_numbers(segment.y, segment.classes), segment.classes)
              : kde_labels(flatten_rows(segment.y));
  const Tensor targets = segment.y.detach();
  const bool discrete =
      numbers || !targets.is_floating_point() || (targets == targets.floor()).all().item<bool>();
  std::vector<Coordinates> out;
  for (const auto& layer : segment.layers) {
    const Tensor rows = continuous(flatten_rows(layer.value), layer.name);
    check_same_rows(rows, layer.name, segment.y, "y");
    const KDEPair pair = kde_pair(rows, layer.name, options_, &labels);
    Coordinates both{whole_estimate(pair, layer.name, rows.size(0), options_, spec()),
                     label_estimate(pair, layer.name, labels, rows.size(0), options_, spec())};
    if (!discrete) {
      both.generalization.value = Tensor();
      both.generalization.warnings = {"kde needs classes: the targets are not whole numbers"};
    }
    if (!segment.deterministic) {
      if (both.complexity.bound == BoundKind::lower) both.complexity.bound = BoundKind::estimate;
      both.complexity.warnings.push_back(
          "dropout, noise or batch statistics are on and count as information: not a lower bound; "
          "measure in evaluation mode");
    }
    out.push_back(std::move(both));
  }
  return out;
}

}  // namespace glow
