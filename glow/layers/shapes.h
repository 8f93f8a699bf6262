// Shapes of feature maps: (channels, length), (channels, height, width), (channels, depth, …).
#pragma once

#include <string>

#include "glow/layers/layer.h"

namespace glow {

/// "Conv2d" for 2 dimensions: what layers of one kind are called in messages.
std::string dimensional_name(const std::string& kind, size_t dimensions);

/// Throws ValueError, saying what a layer of this type expects and what to do, unless the input has
/// channels and as many dimensions.
void expect_feature_maps(const BuildContext& context, const std::string& type, size_t dimensions);

/// The places of a window along one dimension: ⌊(size + padding − dilation (window − 1) −
/// 1)/stride⌋
/// + 1, `padding` that of both sides. Throws ValueError where the window does not fit.
int64_t window_places(const BuildContext& context, const std::string& type, int64_t size,
                      int64_t padding, int64_t window, int64_t stride, int64_t dilation = 1);

}  // namespace glow
