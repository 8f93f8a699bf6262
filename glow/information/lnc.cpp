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
constexpr int64_t kUniformSets = 20'000;
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
    const Tensor offsets =
        at::rand({kUniformSets, k, columns}, make_generator(0, "lnc"), at::kDouble) * 2 - 1;
    entry->second = at::quantile(log_volume_ratio(offsets), kRareShare).item<double>();
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

NeighbourInformation lnc_information(const Tensor& x, const Tensor& y, int64_t k,
                                     const std::optional<double>& alpha) {
  NeighbourInformation out = corrected(joint_space({x, y}), k, alpha);
  out.nats -= corrected(x, k, alpha).nats + corrected(y, k, alpha).nats;
  return out;
}

void check_lnc(const LNCOptions& options) {
  check_neighbours("lnc", options.k);
  check_jitter(options.jitter);
  if (options.alpha && !(*options.alpha > 0 && *options.alpha <= 1)) {
    throw ValueError("alpha must be in (0, 1], got {}", *options.alpha);
  }
}

Estimate lnc_of(const Tensor& x, const Tensor& y, const LNCOptions& options,
                const std::string& spec) {
  check_same_rows(continuous(x, "x"), "x", continuous(y, "y"), "y");
  const Scaled first = scaled(x, "x", options.standardize, options.jitter);
  const Scaled second = scaled(y, "y", options.standardize, options.jitter);
  check_neighbours("lnc", options.k, first.size());
  Estimate out = neighbour_estimate(spec, {&first, &second});
  if (options.noise) out.warnings.emplace_back(kNoiseIsForLayers);
  if (settle_constant(out, {&first, &second})) return out;
  const int64_t columns = first.rows.size(1) + second.rows.size(1);
  if (options.k < columns) {
    throw ValueError("lnc needs at least as many neighbours as columns: k is {}, x and y have {}",
                     options.k, columns);
  }
  const auto found = lnc_information(first.rows, second.rows, options.k, options.alpha);
  out.value = at::scalar_tensor(found.nats, at::kDouble);
  warn_of_negative(out);
  warn_of_ties(out, found.distances, std::max(first.grain, second.grain));
  if (options.errors) {
    set_error(out, options.k, [&](const Tensor& rows) {
      return lnc_information(first.rows.index_select(0, rows), second.rows.index_select(0, rows),
                             options.k, options.alpha)
          .nats;
    });
  }
  return out;
}

}  // namespace

Estimate lnc(const Tensor& x, const Tensor& y, const LNCOptions& options) {
  check_lnc(options);
  return lnc_of(x, y, options, spec_text("lnc", options));
}

LNC::LNC(const LNCOptions& options)
    : InformationEstimator(spec_text("lnc", options)), options_(options) {
  check_lnc(options);
}

Estimate LNC::estimate(const Tensor& x, const Tensor& y) const {
  return lnc_of(x, y, options_, spec());
}

void LNC::fit(const Segment& segment, Fit& fit) const { fit_ties(segment, fit); }

std::vector<Coordinates> LNC::evaluate(const Segment& segment, const Fit& fit) const {
  return neighbour_coordinates(segment, fit, *this, options_.noise, options_.k,
                               options_.standardize);
}

}  // namespace glow
