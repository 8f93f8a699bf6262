#include "glow/information/layer_forms.h"

#include <ATen/ATen.h>

#include <cmath>

#include "glow/core/random.h"
#include "glow/information/checks.h"
#include "glow/information/neighbour_information.h"

namespace glow {
namespace {

Tensor with_noise(const Tensor& t, double noise, const std::string& layer) {
  const Tensor wide = t.detach().to(at::kCPU, at::kDouble);
  return wide +
         noise * at::randn(wide.sizes(), make_generator(0, "noise/" + layer), wide.options());
}

Estimate no_complexity(const LayerForm& form, int64_t n) {
  Estimate none;
  none.estimator = form.spec;
  none.n = n;
  none.warnings = {
      "I(X;T) is infinite for a deterministic layer of continuous inputs: give noise, its standard "
      "deviation, for I(X; T + noise)"};
  return none;
}

// Sound data may be too few for an estimate, and a linear layer may know all of X: a plane has no
// place for either, and a training goes on.
Estimate attempt(const LayerForm& form, const Tensor& t, const std::function<Estimate()>& measure) {
  Estimate out;
  try {
    out = measure();
    if (std::isinf(out.number())) out.value = Tensor();
  } catch (const NoEstimate& reason) {
    out.n = t.size(0);
    out.warnings = {std::string(reason.what()) + ": no value"};
  }
  out.estimator = form.spec;
  std::erase(out.warnings, kNoiseIsForLayers);  // here it is a layer, and the noise has been added
  return out;
}

}  // namespace

std::vector<Coordinates> layer_coordinates(const Segment& segment, const LayerForm& form) {
  const bool classes = holds_class_numbers(segment);
  const Tensor y = classes ? class_numbers(segment.y, segment.classes) : flatten_rows(segment.y);
  std::vector<Coordinates> out;
  for (const auto& layer : segment.layers) {
    const Tensor t = flatten_rows(layer.value).detach();
    check_same_rows(t, layer.name, segment.y, "y");
    out.push_back(
        {form.noise
             ? attempt(form, t,
                       [&] { return form.complexity(with_noise(t, *form.noise, layer.name)); })
             : no_complexity(form, t.size(0)),
         attempt(form, t,
                 [&] { return classes ? form.labels(layer.name, t, y) : form.targets(t, y); })});
  }
  return out;
}

}  // namespace glow
