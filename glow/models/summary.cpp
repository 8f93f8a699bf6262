#include "glow/models/summary.h"

#include <fmt/format.h>

#include <algorithm>

#include "glow/core/text.h"

namespace glow {

std::string type_name(const torch::nn::Module& module) {
  const std::string full = module.name();
  const auto colon = full.rfind("::");
  return colon == std::string::npos ? full : full.substr(colon + 2);
}

std::string summary_table(const std::string& model, const std::vector<LayerPtr>& layers) {
  struct Line {
    std::string layer, shape, parameters;
  };
  std::vector<Line> lines{{"Layer (type)", "Output Shape", "Param #"}};
  int64_t trainable = 0, fixed = 0;
  for (const auto& layer : layers) {
    int64_t count = 0;
    for (const auto& p : layer->parameters()) {
      count += p.numel();
      (p.requires_grad() ? trainable : fixed) += p.numel();
    }
    Shape shape = layer->output_shape();
    const std::string output = "(None, " + to_string(shape).substr(1);
    lines.push_back(
        {fmt::format("{} ({})", layer->label(), layer->type()), output, with_thousands(count)});
  }
  size_t first = 0, second = 0, third = 0;
  for (const auto& line : lines) {
    first = std::max(first, line.layer.size() + 2);
    second = std::max(second, line.shape.size() + 2);
    third = std::max(third, line.parameters.size());
  }
  const size_t width = first + second + third;
  std::string out = fmt::format("Model: {}\n{:─<{}}\n", model, "", width);
  for (const auto& line : lines) {
    out += fmt::format("{:<{}}{:<{}}{:>{}}\n", line.layer, first, line.shape, second,
                       line.parameters, third);
    if (&line == &lines.front()) out += fmt::format("{:═<{}}\n", "", width);
  }
  out += fmt::format("{:─<{}}\n", "", width);
  out += fmt::format("Total params: {}\nTrainable params: {}\nNon-trainable params: {}\n",
                     with_thousands(trainable + fixed), with_thousands(trainable),
                     with_thousands(fixed));
  return out;
}

}  // namespace glow
