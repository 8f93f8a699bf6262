#include "glow/dynamics/meter.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "glow/core/console.h"
#include "glow/core/error.h"
#include "glow/dynamics/snapshot.h"

namespace glow {
namespace {

// A warning without its numbers, `2.7e-05` whole: the same one at every snapshot is said once.
std::string without_numbers(const std::string& text) {
  std::string out;
  bool in_number = false;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    in_number = digit || (in_number && (c == '.' || c == 'e' || c == '-' || c == '+'));
    if (!in_number) out += c;
  }
  return out;
}

}  // namespace

Meter::Meter(std::vector<EstimatorPtr> evaluators, Unit unit)
    : evaluators_(std::move(evaluators)),
      unit_(unit),
      warning_([](const std::string& evaluator, const std::string& layer, const std::string& text) {
        warn(fmt::format("{} of {}: {}", evaluator, layer, text));
      }),
      fits_(evaluators_.size()) {
  for (const auto& evaluator : evaluators_) {
    const auto same = std::count_if(evaluators_.begin(), evaluators_.end(), [&](const auto& other) {
      return other->spec() == evaluator->spec();
    });
    if (same > 1) throw ValueError("the evaluator {} is given twice", evaluator->spec());
    if (evaluator->reference() == Reference::run) {
      throw ValueError("{}: reference = run needs the whole run: it is for `glow measure`",
                       evaluator->spec());
    }
  }
}

void Meter::reset() {
  fits_.assign(evaluators_.size(), Fit());
  warned_.clear();
}

std::vector<PlaneRow> Meter::measure(const SavedSegment& snapshot) {
  std::vector<PlaneRow> rows;
  const at::NoGradGuard no_grad;
  for (size_t i = 0; i < evaluators_.size(); ++i) {
    if (snapshot.segment.x.size(0) < evaluators_[i]->least_rows()) {
      warn(fmt::format("{} needs {} examples: smaller batches are left out", evaluators_[i]->spec(),
                       evaluators_[i]->least_rows()));
      continue;
    }
    const auto of_this =
        measure_snapshot(*evaluators_[i], snapshot, fits_[i], unit_,
                         [this](const Estimate& e, const std::string& layer) { report(e, layer); });
    rows.insert(rows.end(), of_this.begin(), of_this.end());
  }
  return rows;
}

void Meter::report(const Estimate& estimate, const std::string& layer) {
  for (const auto& text : estimate.warnings) {
    if (warned_.insert(estimate.estimator + layer + without_numbers(text)).second) {
      warning_(estimate.estimator, layer, text);
    }
  }
}

}  // namespace glow
