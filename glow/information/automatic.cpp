#include "glow/information/automatic.h"

#include <ATen/ATen.h>

#include <tuple>
#include <utility>

#include "glow/core/spec.h"
#include "glow/information/checks.h"
#include "glow/information/discrete.h"
#include "glow/information/layer_forms.h"
#include "glow/information/neighbour_information.h"
#include "glow/information/symbols.h"

namespace glow {
namespace {

constexpr double kMixedShare = 0.05;
constexpr int64_t kRowsAClass = 5;   // on average: of fewer, whole numbers are quantities
constexpr int64_t kFewClasses = 10;  // are classes whatever they are called

Tensor columns_of(const Tensor& t, const std::string& name) {
  const Tensor rows = continuous(t.detach(), name);
  check_finite(rows, name);
  return rows;
}

bool names(const std::string& which, const char* variable) {
  return which == variable || which == "both";
}

// Of each variable, whether it is taken as symbols. Counts, ranks and rounded quantities are whole
// numbers too, or few, and no classes: as symbols, each pair of them is rare and the information
// far too large. Classes are few and full.
std::pair<bool, bool> taken_as_discrete(const Tensor& x, const Tensor& y,
                                        const AutoOptions& options) {
  const auto looks_so = [&](const Tensor& t, const char* name, const Symbols& symbols) {
    if (names(options.discrete, name)) return true;
    if (names(options.continuous, name) || !is_discrete(t)) return false;
    if (symbols.kinds() <= kFewClasses) return true;
    return kRowsAClass * symbols.kinds() <= symbols.rows() && t.eq(t.round()).all().item<bool>();
  };
  const Symbols x_symbols = value_symbols(x, "x"), y_symbols = value_symbols(y, "y");
  bool x_discrete = looks_so(x, "x", x_symbols), y_discrete = looks_so(y, "y", y_symbols);
  if (x_discrete && y_discrete && options.discrete.empty() &&
      kRowsAClass * joint_symbols(x_symbols, y_symbols).kinds() > x_symbols.rows()) {
    x_discrete = x_symbols.kinds() <= kFewClasses;
    y_discrete = y_symbols.kinds() <= kFewClasses;
  }
  return {x_discrete, y_discrete};
}

// Whether values that continuous ones rarely meet hold a part of the rows, as relu's zero does or
// the two ends of a saturated tanh. Rounded values are all tied: nearest neighbours see them as
// they are.
bool has_atoms(const Tensor& t) {
  if (tie_share(t) <= kMixedShare) return false;
  for (int64_t c = 0; c < t.size(1); ++c) {
    const Tensor column = std::get<0>(t.select(1, c).sort());
    const Tensor counts = std::get<0>(
        std::get<2>(at::unique_consecutive(column, false, true)).sort(0, /*descending=*/true));
    const auto most = counts[0].item<double>() / static_cast<double>(column.size(0));
    const Tensor rest = counts.slice(0, 2);
    const bool alone = 2 * rest.eq(1).sum().item<int64_t>() >= rest.sum().item<int64_t>();
    if (counts.size(0) > 1 && most > kMixedShare && alone) return true;
  }
  return false;
}

void check_options(const AutoOptions& options) {
  for (const auto& [key, which] :
       {std::pair("discrete", options.discrete), std::pair("continuous", options.continuous)}) {
    if (!which.empty() && which != "x" && which != "y" && which != "both") {
      throw ValueError("auto: {} is x, y or both, not '{}'", key, which);
    }
  }
  for (const char* variable : {"x", "y"}) {
    if (names(options.discrete, variable) && names(options.continuous, variable)) {
      throw ValueError("auto: {} cannot be both discrete and continuous", variable);
    }
  }
}

std::pair<std::string, std::string> spec_and_reason(const Tensor& x, bool x_discrete,
                                                    const Tensor& y, bool y_discrete) {
  if (x_discrete && y_discrete) return {"grassberger", "both variables are discrete"};
  if (x_discrete || y_discrete) {
    const char* which = x_discrete ? "x" : "y";
    if (has_atoms(x_discrete ? y : x)) {
      return {"mixed_ksg",
              fmt::format("{} is discrete, the other is so in parts: it has ties", which)};
    }
    return {"ross", fmt::format("{} is discrete, the other continuous", which)};
  }
  if (has_atoms(x) || has_atoms(y)) {
    return {"mixed_ksg", "one value holds a part of the rows of a continuous variable"};
  }
  const int64_t columns = x.size(1) + y.size(1);
  if (columns > kManyColumns && x.size(0) > 2 * columns) {
    return {
        "gaussian_copula",
        fmt::format("{} columns are too many for nearest neighbours; it sees monotone links with "
                    "Gaussian copulas only, so the information may be larger",
                    columns)};
  }
  return {"ksg", "both variables are continuous"};
}

}  // namespace

Choice choose_estimator(const Tensor& x, const Tensor& y, const AutoOptions& options) {
  check_options(options);
  const Tensor a = columns_of(x, "x"), b = columns_of(y, "y");
  check_same_rows(a, "x", b, "y");
  Choice out;
  std::tie(out.x_discrete, out.y_discrete) = taken_as_discrete(a, b, options);
  std::tie(out.spec, out.why) = spec_and_reason(a, out.x_discrete, b, out.y_discrete);
  return out;
}

Auto::Auto(const AutoOptions& options)
    : NeighbourEstimator(spec_text("auto", options)), options_(options) {
  check_options(options);
}

Estimate Auto::estimate(const Tensor& x, const Tensor& y) const {
  return by(choose_estimator(x, y, options_), x, y);
}

// What is taken for classes goes as class numbers, whatever it looked like.
Estimate Auto::by(const Choice& choice, const Tensor& x, const Tensor& y) const {
  const auto classes = [](const Tensor& t, const char* name) {
    return at::tensor(value_symbols(t, name).of_row, at::kLong).unsqueeze(1);
  };
  const std::string took = make_estimator(choice.spec)->spec();
  const bool neighbours = choice.spec != "grassberger" && choice.spec != "gaussian_copula";
  const EstimatorPtr chosen =
      make_estimator(options_.errors && neighbours ? choice.spec + "(errors=true)" : choice.spec);
  Estimate out;
  if (choice.x_discrete && !choice.y_discrete && choice.spec == "ross") {
    out = chosen->estimate(y, classes(x, "x"));
  } else {
    const bool mixed = choice.spec == "mixed_ksg";  // takes distances as they are
    out = chosen->estimate(choice.x_discrete && !mixed ? classes(x, "x") : x,
                           choice.y_discrete && !mixed ? classes(y, "y") : y);
  }
  out.warnings.insert(out.warnings.begin(), fmt::format("auto took {}: {}", took, choice.why));
  out.estimator = spec();
  return out;
}

std::vector<Coordinates> Auto::evaluate(const Segment& segment, const Fit& fit) const {
  LayerForm form{spec()};
  form.labels = [&](const std::string& name, const Tensor& t, const Tensor& labels) {
    Estimate out = label_information(name, t, labels, fit, {.errors = options_.errors});
    out.warnings.insert(out.warnings.begin(),
                        fmt::format("auto took {}: y is the class", out.estimator));
    return out;
  };
  form.targets = [&](const Tensor& t, const Tensor& y) { return estimate(t, y); };
  return layer_coordinates(segment, form);
}

}  // namespace glow
