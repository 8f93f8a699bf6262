#include "glow/layers/registry.h"

#include <algorithm>

#include "glow/layers/activations.h"
#include "glow/layers/conv.h"
#include "glow/layers/dense.h"
#include "glow/layers/densenet.h"
#include "glow/layers/dropout.h"
#include "glow/layers/flatten.h"
#include "glow/layers/noise.h"
#include "glow/layers/normalization.h"
#include "glow/layers/pooling.h"

namespace glow {

void detail::check_keys(const Table& table, const std::vector<FieldDescription>& fields,
                        const std::string& layer) {
  std::vector<std::string> known, seen;
  for (const auto& field : fields) known.push_back(field.name);
  const auto among = [](const std::vector<std::string>& names, const std::string& key) {
    return std::find(names.begin(), names.end(), key) != names.end();
  };
  for (const auto& [key, value] : table) {
    const std::string place = value.where.empty() ? "" : value.where + ": ";
    if (!among(known, key)) {
      throw ValueError("{}unknown key '{}' of {}{}{}", place, key, layer, did_you_mean(key, known),
                       known.empty() ? "; it takes none" : "; known: " + join(known, ", "));
    }
    if (among(seen, key)) throw ValueError("{}'{}' is given twice", place, key);
    seen.push_back(key);
  }
}

std::string detail::place_of(const Table& table) {
  return table.empty() || table.front().second.where.empty() ? ""
                                                             : table.front().second.where + ": ";
}

Registry<LayerPtr>& layers() {
  static Registry<LayerPtr> registry = [] {
    Registry<LayerPtr> built_in("layer");
    built_in.add(layer_entry<Dense>("Dense", "fully connected"));
    built_in.add(layer_entry<Conv1d>("Conv1d", "convolution over a length"));
    built_in.add(layer_entry<Conv2d>("Conv2d", "convolution over height and width"));
    built_in.add(layer_entry<Conv3d>("Conv3d", "convolution over depth, height and width"));
    built_in.add(layer_entry<MaxPool1d>("MaxPool1d", "maxima over a length"));
    built_in.add(layer_entry<MaxPool2d>("MaxPool2d", "maxima over height and width"));
    built_in.add(layer_entry<MaxPool3d>("MaxPool3d", "maxima over depth, height and width"));
    built_in.add(layer_entry<AvgPool1d>("AvgPool1d", "means over a length"));
    built_in.add(layer_entry<AvgPool2d>("AvgPool2d", "means over height and width"));
    built_in.add(layer_entry<AvgPool3d>("AvgPool3d", "means over depth, height and width"));
    built_in.add(layer_entry<BatchNorm1d>("BatchNorm1d", "batch normalization of features"));
    built_in.add(layer_entry<BatchNorm2d>("BatchNorm2d", "batch normalization of images"));
    built_in.add(layer_entry<BatchNorm3d>("BatchNorm3d", "batch normalization of volumes"));
    built_in.add(layer_entry<LayerNorm>("LayerNorm", "normalization of each example"));
    built_in.add(layer_entry<Activation>("Activation", "an activation function by itself"));
    built_in.add(layer_entry<Dropout>("Dropout", "random zeros in training"));
    built_in.add(layer_entry<GaussianNoise>("GaussianNoise", "Gaussian noise in training"));
    built_in.add(layer_entry<Flatten>("Flatten", "feature maps as vectors"));
    built_in.add(layer_entry<DenseBlock>("DenseBlock", "densely connected convolutions"));
    built_in.add(layer_entry<TransitionLayer>("TransitionLayer", "between two dense blocks"));
    return built_in;
  }();
  return registry;
}

}  // namespace glow
