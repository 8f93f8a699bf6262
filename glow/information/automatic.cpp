#include "glow/information/automatic.h"

#include <ATen/ATen.h>

#include "glow/information/checks.h"
#include "glow/information/discrete.h"
#include "glow/information/layer_forms.h"

namespace glow {
namespace {

constexpr double kMixedShare = 0.05;
constexpr int64_t kFarColumns = 10;

Tensor columns_of(const Tensor& t, const std::string& name) {
  const Tensor rows = continuous(t.detach(), name);
  check_finite(rows, name);
  return rows;
}

}  // namespace

Choice choose_estimator(const Tensor& x, const Tensor& y) {
  const Tensor a = columns_of(x, "x"), b = columns_of(y, "y");
  check_same_rows(a, "x", b, "y");
  const bool x_discrete = is_discrete(a), y_discrete = is_discrete(b);
  if (x_discrete && y_discrete) return {"grassberger", "both variables are discrete"};
  if (x_discrete || y_discrete) {
    const char* which = x_discrete ? "x" : "y";
    if (tie_share(x_discrete ? b : a) > kMixedShare) {
      return {"mixed_ksg",
              fmt::format("{} is discrete, the other is so in parts: it has ties", which)};
    }
    return {"ross", fmt::format("{} is discrete, the other continuous", which)};
  }
  if (tie_share(a) > kMixedShare || tie_share(b) > kMixedShare) {
    return {"mixed_ksg", "a continuous variable has ties"};
  }
  const int64_t columns = a.size(1) + b.size(1);
  if (columns > kFarColumns && a.size(0) > 2 * columns) {
    return {
        "gaussian_copula",
        fmt::format("{} columns are too many for nearest neighbours; it sees monotone links with "
                    "Gaussian copulas only, so the information may be larger",
                    columns)};
  }
  return {"ksg", "both variables are continuous, without ties"};
}

Auto::Auto(const AutoOptions&) : Estimator("auto") {}

Estimate Auto::estimate(const Tensor& x, const Tensor& y) const {
  const Choice choice = choose_estimator(x, y);
  const EstimatorPtr chosen = make_estimator(choice.spec);
  Estimate out = chosen->estimate(x, y);
  out.warnings.insert(out.warnings.begin(),
                      fmt::format("auto took {}: {}", chosen->spec(), choice.why));
  out.estimator = spec();
  return out;
}

void Auto::fit(const Segment& segment, Fit& fit) const { fit_ties(segment, fit); }

std::vector<Coordinates> Auto::evaluate(const Segment& segment, const Fit& fit) const {
  LayerForm form{spec()};
  form.labels = [&](const std::string& name, const Tensor& t, const Tensor& labels) {
    return label_information(name, t, labels, fit, 3, true);
  };
  form.targets = [&](const Tensor& t, const Tensor& y) { return estimate(t, y); };
  return layer_coordinates(segment, form);
}

}  // namespace glow
