#include "glow/information/lnc.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <mutex>
#include <utility>

#include "glow/core/error.h"
#include "glow/core/random.h"
#include "glow/core/stop.h"
#include "glow/information/checks.h"
#include "glow/information/layer_forms.h"
#include "glow/information/neighbour_information.h"
#include "glow/information/scaled.h"

namespace glow {
namespace {

constexpr int64_t kRowsAtOnce = 8192;
constexpr int64_t kUniformSets = 20'000, kSetsAtOnce = 500;
constexpr double kRareShare = 0.005;  // of uniform points that are corrected: the paper's ε

// ln V̄/V of neighbours given by their offsets (n, k, d) from each point.
Tensor log_volume_ratio(const Tensor& offsets) {
  const auto log_volume = [](const Tensor& coordinates) {
    return coordinates.abs().amax(1).clamp_min(std::numeric_limits<double>::min()).log().sum(1);
  };
  const Tensor axes = std::get<1>(at::linalg_eigh(offsets.transpose(1, 2).bmm(offsets)));
  return log_volume(offsets.bmm(axes)) - log_volume(offsets);
}

// What uniform points fall below rarely: algorithm 2. Simulated once for each k and dimension.
double log_alpha(int64_t k, int64_t columns) {
  static std::map<std::pair<int64_t, int64_t>, double> known;
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  const auto [entry, is_new] = known.try_emplace({k, columns});
  if (is_new) {
    const at::Generator generator = make_generator(0, "lnc");
    std::vector<Tensor> ratios;
    for (int64_t done = 0; done < kUniformSets; done += kSetsAtOnce) {
      check_stop();
      const Tensor offsets = at::rand({kSetsAtOnce, k, columns}, generator, at::kDouble) * 2 - 1;
      ratios.push_back(log_volume_ratio(offsets));
    }
    entry->second = at::quantile(at::cat(ratios), kRareShare).item<double>();
  }
  return entry->second;
}

// The multi-information of the columns of rows (n, d), corrected.
NeighbourInformation corrected(const Tensor& rows, int64_t k, const std::optional<double>& alpha) {
  const int64_t n = rows.size(0), d = rows.size(1);
  NeighbourInformation out;
  if (d == 1) return out;
  out = ksg_information(rows.split(1, 1), k, 2);
  const double least = alpha ? std::log(*alpha) : log_alpha(k, d);
  const Tensor indices = at::from_blob(out.indices.data(), {n, k}, at::kInt);
  double correction = 0;
  for (int64_t begin = 0; begin < n; begin += kRowsAtOnce) {
    check_stop();
    const int64_t end = std::min(n, begin + kRowsAtOnce);
    const Tensor neighbours =
        rows.index_select(0, indices.slice(0, begin, end).flatten()).view({end - begin, k, d});
    const Tensor ratio = log_volume_ratio(neighbours - rows.slice(0, begin, end).unsqueeze(1));
    const double* r = ratio.const_data_ptr<double>();
    for (int64_t i = 0; i < end - begin; ++i) correction -= r[i] < least ? r[i] : 0;
  }
  out.nats += correction / static_cast<double>(n);
  return out;
}

double lnc_nats(const Tensor& x, const Tensor& y, const LNCOptions& options) {
  const auto own = [&](const Tensor& rows) {
    return corrected(rows, options.k, options.alpha).nats;
  };
  return own(joint_space({x, y})) - own(x) - own(y);
}

// A variable and the multi-information of its own columns, computed once for any partners.
struct LNCVariable {
  Scaled scaled;
  double own = 0;

  LNCVariable(const Tensor& x, const std::string& name, const LNCOptions& options)
      : scaled(glow::scaled(x, name, options.standardize, options.jitter)) {
    check_neighbours("lnc", options.k, scaled.size());
    check_columns(scaled.rows.size(1), options.k);
    if (!scaled.constant()) own = corrected(scaled.rows, options.k, options.alpha).nats;
  }

  static void check_columns(int64_t columns, int64_t k) {
    if (k >= columns) return;
    throw NoEstimate("lnc needs at least as many neighbours as columns: k is {}, x and y have {}",
                     k, columns);
  }
};

void check_lnc(const LNCOptions& options) {
  check_neighbours("lnc", options.k);
  check_jitter(options.jitter);
  if (options.alpha && !(*options.alpha > 0 && *options.alpha <= 1)) {
    throw ValueError("alpha must be in (0, 1], got {}", *options.alpha);
  }
}

Estimate lnc_of(const LNCVariable& x, const LNCVariable& y, const LNCOptions& options,
                const std::string& spec) {
  const Scaled &first = x.scaled, &second = y.scaled;
  check_same_rows(first.rows, first.name, second.rows, second.name);
  Estimate out = neighbour_estimate(spec, {&first, &second});
  if (settle_constant(out, {&first, &second})) return out;
  LNCVariable::check_columns(first.rows.size(1) + second.rows.size(1), options.k);
  const auto joint = corrected(joint_space({first.rows, second.rows}), options.k, options.alpha);
  out.value = at::scalar_tensor(joint.nats - x.own - y.own, at::kDouble);
  warn_of_negative(out);
  warn_of_ties(out, joint.distances, std::max(first.grain, second.grain));
  if (options.errors) {
    set_error(out, options.k, [&](const Tensor& rows) {
      return lnc_nats(first.rows.index_select(0, rows), second.rows.index_select(0, rows), options);
    });
  }
  return out;
}

Estimate lnc_of(const Tensor& x, const Tensor& y, const LNCOptions& options,
                const std::string& spec) {
  check_same_rows(continuous(x, "x"), "x", continuous(y, "y"), "y");
  Estimate out = lnc_of(LNCVariable(x, "x", options), LNCVariable(y, "y", options), options, spec);
  if (options.noise) out.warnings.emplace_back(kNoiseIsForLayers);
  return out;
}

}  // namespace

Estimate lnc(const Tensor& x, const Tensor& y, const LNCOptions& options) {
  check_lnc(options);
  return lnc_of(x, y, options, spec_text("lnc", options));
}

LNC::LNC(const LNCOptions& options)
    : NeighbourEstimator(spec_text("lnc", options)), options_(options) {
  check_lnc(options);
}

Estimate LNC::estimate(const Tensor& x, const Tensor& y) const {
  return lnc_of(x, y, options_, spec());
}

std::vector<Coordinates> LNC::evaluate(const Segment& segment, const Fit& fit) const {
  std::optional<LNCVariable> x;
  return neighbour_coordinates(segment, fit, *this, options_.noise, label_options(options_),
                               [&](const Tensor& t) {
                                 if (!x) x.emplace(flatten_rows(segment.x), "x", options_);
                                 return lnc_of(*x, LNCVariable(t, "t", options_), options_, spec());
                               });
}

}  // namespace glow
