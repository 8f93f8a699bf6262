#include "glow/dynamics/snapshot.h"

#include <ATen/ATen.h>

namespace glow {
namespace {

// The values of all coordinates, read to the host in one copy.
std::vector<double> host_values(const std::vector<Coordinates>& coordinates) {
  std::vector<Tensor> values;
  for (const auto& c : coordinates) {
    for (const Estimate* e : {&c.complexity, &c.generalization}) {
      values.push_back(e->value.defined() ? e->value.detach().to(at::kDouble)
                                          : at::full({}, kUnknown, at::kDouble));
    }
  }
  if (values.empty()) return {};
  const auto device = coordinates.front().generalization.value.defined()
                          ? coordinates.front().generalization.value.device()
                          : c10::Device(c10::kCPU);
  for (auto& value : values) value = value.to(device);
  const Tensor all = at::stack(values).cpu();
  return {all.data_ptr<double>(), all.data_ptr<double>() + all.numel()};
}

}  // namespace

std::vector<PlaneRow> measure_snapshot(const Estimator& estimator, const SavedSegment& snapshot,
                                       Fit& fit, Unit unit, const EstimateSink& seen) {
  const auto& [info, segment, numbers] = snapshot;
  const bool anew = estimator.reference() == Reference::snapshot;
  if (anew) fit = Fit();
  if (fit.empty()) estimator.fit(segment, fit);
  const std::vector<Coordinates> coordinates = estimator.evaluate(segment, fit);
  const std::vector<double> values = host_values(coordinates);
  std::vector<PlaneRow> rows;
  for (size_t i = 0; i < coordinates.size(); ++i) {
    const auto& [complexity, generalization] = coordinates[i];
    const double factor = unit_factor(generalization.unit, unit);
    const std::string& name = segment.layers[i].name;
    rows.push_back({info.network, info.epoch, info.step, info.on, info.mode, estimator.spec(),
                    numbers[i], name, values[2 * i] * factor, values[2 * i + 1] * factor,
                    complexity.standard_error * factor, generalization.standard_error * factor,
                    complexity.null_mean * factor, generalization.null_mean * factor,
                    generalization.unit == Unit::none ? Unit::none : unit, generalization.n});
    seen(complexity, name);
    seen(generalization, name);
    if (!anew || fit.empty()) continue;
    Estimate ruler;
    ruler.estimator = estimator.spec();
    ruler.warnings = {
        "what is fitted is fitted to each snapshot anew: epochs are not on one scale"};
    seen(ruler, name);
  }
  return rows;
}

}  // namespace glow
