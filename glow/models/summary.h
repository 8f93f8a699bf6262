// The table of a network's layers.
#pragma once

#include <string>
#include <vector>

#include "glow/layers/layer.h"

namespace glow {

/// The class of a module, without its namespace: "Sequential".
std::string type_name(const torch::nn::Module& module);

/// Layer (type) | Output Shape | Param #, and totals, as Keras.
std::string summary_table(const std::string& model, const std::vector<LayerPtr>& layers);

}  // namespace glow
