#include "glow/information/ksg.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <optional>

#include "glow/core/error.h"
#include "glow/core/parallel.h"
#include "glow/information/checks.h"
#include "glow/information/layer_forms.h"
#include "glow/information/neighbour_information.h"
#include "glow/information/special.h"

namespace glow {
namespace {

void check_ksg(const KSGOptions& options) {
  check_neighbours("ksg", options.k);
  if (options.variant != 1 && options.variant != 2) {
    throw ValueError("variant must be 1 or 2, got {}", options.variant);
  }
  check_jitter(options.jitter);
}

void check_order(const Tensor& order, int64_t rows) {
  if (!order.defined() || (order.is_cpu() && order.scalar_type() == at::kLong && order.dim() == 1 &&
                           order.size(0) == rows)) {
    return;
  }
  throw ValueError("order must be an int64 permutation of {} rows on the CPU", rows);
}

Estimate ksg_of(const KSGVariable& x, const KSGVariable& y, const KSGOptions& options,
                const Tensor& order, const std::string& spec) {
  check_same_rows(x.scaled.rows, x.scaled.name, y.scaled.rows, y.scaled.name);
  check_neighbours("ksg", options.k, x.scaled.size());
  check_order(order, x.scaled.size());
  Estimate out = neighbour_estimate(spec, {&x.scaled, &y.scaled});
  if (!settle_constant(out, {&x.scaled, &y.scaled})) {
    const OrderedPoints second{&y.points, order.defined() ? order.contiguous() : order};
    const auto found = ksg_information({{&x.points}, second}, options.k, options.variant);
    out.value = at::scalar_tensor(found.nats, at::kDouble);
    warn_of_ties(out, found.distances, std::max(x.scaled.grain, y.scaled.grain));
    if (options.errors) {
      const Tensor partner = second.rows();
      set_error(out, options.k, [&](const Tensor& rows) {
        return ksg_information({x.scaled.rows.index_select(0, rows), partner.index_select(0, rows)},
                               options.k, options.variant)
            .nats;
      });
    }
  }
  const double least = options.variant == 2 ? 1 / static_cast<double>(options.k) : 0;
  set_ceiling(
      out, digamma(static_cast<double>(out.n)) - digamma(static_cast<double>(options.k)) - least);
  return out;
}

Estimate ksg_of(const Tensor& x, const Tensor& y, const KSGOptions& options,
                const std::string& spec) {
  const Tensor x_rows = continuous(x, "x"), y_rows = continuous(y, "y");
  check_same_rows(x_rows, "x", y_rows, "y");
  check_finite(x_rows, "x");  // x first, whichever thread is
  std::optional<KSGVariable> first, second;
  parallel_for(2, 1, [&](int64_t v, int64_t) {
    v == 0 ? first.emplace(x_rows, "x", options) : second.emplace(y_rows, "y", options);
  });
  Estimate out = ksg_of(*first, *second, options, {}, spec);
  if (options.noise) out.warnings.emplace_back(kNoiseIsForLayers);
  return out;
}

}  // namespace

KSGVariable::KSGVariable(const Tensor& x, const std::string& name, const KSGOptions& options)
    : scaled(glow::scaled(x, name, options.standardize, options.jitter)), points(scaled.rows) {}

Estimate ksg(const Tensor& x, const Tensor& y, const KSGOptions& options) {
  check_ksg(options);
  return ksg_of(x, y, options, spec_text("ksg", options));
}

Estimate ksg(const KSGVariable& x, const KSGVariable& y, const KSGOptions& options,
             const Tensor& order) {
  check_ksg(options);
  return ksg_of(x, y, options, order, spec_text("ksg", options));
}

KSG::KSG(const KSGOptions& options)
    : NeighbourEstimator(spec_text("ksg", options)), options_(options) {
  check_ksg(options);
}

Estimate KSG::estimate(const Tensor& x, const Tensor& y) const {
  return ksg_of(x, y, options_, spec());
}

std::vector<Coordinates> KSG::evaluate(const Segment& segment, const Fit& fit) const {
  // X is sorted, or put into a tree, once for all layers.
  std::optional<KSGVariable> x;
  return neighbour_coordinates(segment, fit, *this, options_.noise, label_options(options_),
                               [&](const Tensor& t) {
                                 if (!x) x.emplace(flatten_rows(segment.x), "x", options_);
                                 return ksg(*x, KSGVariable(t, "t", options_), options_);
                               });
}

}  // namespace glow
