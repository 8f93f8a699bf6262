#include "glow/report/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "glow/core/text.h"
#include "glow/report/scale.h"
#include "glow/report/view.h"

namespace glow::report {
namespace {

struct Change {
  std::string layer;
  double amount, error;
  double epoch;  // after which it came about
  double largest;

  bool clear() const {
    // Networks that differ in nothing say nothing about the error.
    return error > 0 ? amount > 2 * error : amount > 0.01 * std::abs(largest);
  }
};

/// The error of a difference: over networks, else of the two estimates.
double error_of(const Turning& marks, const TrajectoryPoint& from, const TrajectoryPoint& to) {
  if (std::isfinite(marks.fall_error)) return marks.fall_error;
  return std::hypot(from.complexity_error, to.complexity_error);
}

/// The falls from the largest complexity, the deepest first; those that are clear of the error.
std::vector<Change> compressions(const PlaneTrajectories& plane) {
  std::vector<Change> out;
  for (const auto& layer : plane.layers) {
    const Turning marks = turning(layer);
    if (!std::isfinite(marks.fall)) continue;
    const TrajectoryPoint &turn = layer.mean[marks.turn], &last = layer.mean[marks.last];
    const Change change{layer.name, marks.fall, error_of(marks, turn, last), turn.epoch,
                        turn.complexity};
    if (change.clear()) out.push_back(change);
  }
  std::sort(out.begin(), out.end(),
            [](const Change& a, const Change& b) { return a.amount > b.amount; });
  return out;
}

std::optional<Change> largest_gain(const PlaneTrajectories& plane) {
  std::optional<Change> best;
  for (const auto& layer : plane.layers) {
    const Turning marks = turning(layer);
    if (!std::isfinite(marks.fall)) continue;
    const TrajectoryPoint &first = layer.mean[marks.first], &last = layer.mean[marks.last];
    const double gain = last.complexity - first.complexity;
    if (gain > 0 && (!best || gain > best->amount)) {
      best = Change{layer.name, gain, std::hypot(first.complexity_error, last.complexity_error),
                    first.epoch, last.complexity};
    }
  }
  return best;
}

std::string in_unit(const std::string& number, Unit unit) {
  return unit == Unit::none ? number : number + " " + to_string(unit);
}

std::string basis(const PlaneTrajectories& plane) {
  std::vector<std::string> parts = {estimator_words(plane.evaluator)};
  if (plane.networks.size() > 1) {
    parts.push_back(fmt::format("mean of {} networks", plane.networks.size()));
  } else {
    parts.emplace_back("one network");
  }
  parts.push_back(fmt::format("n = {}", plane.n));
  return "(" + join(parts, "; ") + ")";
}

std::string compression_words(const PlaneData& data, const std::vector<Change>& falls) {
  const Unit unit = data.trajectories.unit;
  const Change& most = falls[0];
  const std::string amount = in_unit(pretty_number_with_error(most.amount, most.error), unit);
  // HSIC and its kin are no information: what falls is their value.
  std::string text = unit == Unit::none ? fmt::format("{} of {} fell by {}", data.complexity_label,
                                                      most.layer, amount)
                                        : fmt::format("{} compressed by {}", most.layer, amount);
  text += most.epoch > 0 ? " after epoch " + epoch_text(most.epoch) : " from the start on";
  if (falls.size() > 1) {
    text += fmt::format(", {} by {}", falls[1].layer,
                        pretty_number_with_error(falls[1].amount, falls[1].error));
  }
  if (falls.size() > 2) {
    text +=
        fmt::format(", {} other layer{} by less", falls.size() - 2, falls.size() > 3 ? "s" : "");
  }
  return text;
}

std::string gain_words(const PlaneData& data) {
  const auto gain = largest_gain(data.trajectories);
  if (!gain || !gain->clear()) return "";
  return fmt::format(
      "; {} gained most, {}", gain->layer,
      in_unit(pretty_number_with_error(gain->amount, gain->error), data.trajectories.unit));
}

struct Share {
  std::string layer;
  double percent;
};

/// Of each layer's last complexity, how much is its null.
std::vector<Share> null_shares(const PlaneTrajectories& plane) {
  std::vector<Share> out;
  for (const auto& layer : plane.layers) {
    const Turning marks = turning(layer);
    if (!std::isfinite(marks.fall)) continue;
    const TrajectoryPoint& last = layer.mean[marks.last];
    const double percent = 100 * last.complexity_null / last.complexity;
    if (std::isfinite(percent)) out.push_back({layer.name, percent});
  }
  std::sort(out.begin(), out.end(),
            [](const Share& a, const Share& b) { return a.percent < b.percent; });
  return out;
}

std::string null_words(const PlaneData& data, const std::vector<Share>& shares) {
  const auto rounded = [](const Share& share) { return fmt::format("{:.0f}", share.percent); };
  const Share &low = shares.front(), &high = shares.back();
  const std::string range = rounded(low) == rounded(high)
                                ? rounded(low) + " %"
                                : fmt::format("{} % ({}) to {} % ({})", rounded(low), low.layer,
                                              rounded(high), high.layer);
  return fmt::format("{} of the last {} is its mean under permutation", range,
                     data.complexity_label);
}

/// Which layer knows most of the label at the end, how many others the errors do not tell from it.
std::string knowledge_words(const PlaneData& data) {
  std::vector<TrajectoryPoint> last;
  std::vector<std::string> names;
  for (const auto& layer : data.trajectories.layers) {
    const auto known = std::find_if(
        layer.mean.rbegin(), layer.mean.rend(),
        [](const TrajectoryPoint& point) { return std::isfinite(point.generalization); });
    if (known == layer.mean.rend()) continue;
    last.push_back(*known);
    names.push_back(layer.name);
  }
  const auto best = std::max_element(last.begin(), last.end(), [](const auto& a, const auto& b) {
    return a.generalization < b.generalization;
  });
  const auto alike = std::count_if(last.begin(), last.end(), [&](const TrajectoryPoint& point) {
    const double error = std::hypot(point.generalization_error, best->generalization_error);
    return best->generalization - point.generalization <= 2 * error;
  });
  const std::string value =
      in_unit(pretty_number_with_error(best->generalization, best->generalization_error),
              data.trajectories.unit);
  const bool snapshot =
      std::all_of(last.begin(), last.end(), [](const auto& point) { return point.step == 0; });
  std::string text = fmt::format(
      "{} knows most of the label {}: {} = {}", names[static_cast<size_t>(best - last.begin())],
      snapshot ? "before training" : "at the end", data.generalization_label, value);
  if (alike > 1) {
    text += fmt::format(", {} other layer{} as much within the errors", alike - 1,
                        alike > 2 ? "s" : "");
  }
  for (const Limit& limit : data.generalization_limits) {
    if (best->generalization - 2 * std::max(0.0, best->generalization_error) <= limit.value)
      continue;
    text += fmt::format(" (more than {}, as no information is)", limit.label);
  }
  return text;
}

}  // namespace

std::string finding(const PlaneData& data) {
  const auto& plane = data.trajectories;
  size_t snapshots = 0;
  bool known = false;
  for (const auto& layer : plane.layers) {
    snapshots = std::max(snapshots, layer.mean.size());
    known = known || std::isfinite(turning(layer).fall);
  }
  std::string text;
  const auto shares = null_shares(plane);
  if (snapshots == 0) return "Nothing is measured yet";
  if (!shares.empty()) {
    text = null_words(data, shares);
    // Between single batches the null moves as well: only an error tells a fall from that.
    if (const auto falls = compressions(plane);
        !falls.empty() && std::isfinite(falls.front().error)) {
      text += "; " + compression_words(data, falls);
    }
  } else if (!known) {
    text = data.complexity_label + " is not known";
    if (lacks_complexity(plane)) text = knowledge_words(data) + "; " + text;
  } else if (snapshots == 1) {
    text = "One snapshot, at epoch " + epoch_text(plane.layers[0].mean[0].epoch);
  } else if (const auto falls = compressions(plane); !falls.empty()) {
    text = compression_words(data, falls);
  } else {
    text = "No layer compressed" + gain_words(data);
  }
  return text;
}

std::string verdict(const PlaneData& data) {
  const bool measured =
      std::any_of(data.trajectories.layers.begin(), data.trajectories.layers.end(),
                  [](const auto& layer) { return !layer.mean.empty(); });
  return finding(data) + (measured ? " " + basis(data.trajectories) : "") + ".";
}

}  // namespace glow::report
