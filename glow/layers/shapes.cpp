#include "glow/layers/shapes.h"

#include "glow/core/error.h"

namespace glow {
namespace {

const char* dimension_names(size_t dimensions) {
  static const char* const names[] = {"(channels, length)", "(channels, height, width)",
                                      "(channels, depth, height, width)"};
  return names[dimensions - 1];
}

std::string remedy(const Shape& input, size_t dimensions) {
  if (input.size() == 1) {
    return "it goes before a Flatten, on an input_shape with channels";
  }
  if (input.size() == dimensions) {
    Shape with_channel{1};
    with_channel.insert(with_channel.end(), input.begin(), input.end());
    return "add a channel dimension: " + to_string(with_channel);
  }
  return fmt::format("layers for such inputs end in {}d", input.size() - 1);
}

}  // namespace

std::string dimensional_name(const std::string& kind, size_t dimensions) {
  return fmt::format("{}{}d", kind, dimensions);
}

void expect_feature_maps(const BuildContext& context, const std::string& type, size_t dimensions) {
  if (context.input.size() == dimensions + 1) return;
  throw ValueError("{}: {} expects an input of {} dimensions {}, got {}; {}", context.name, type,
                   dimensions + 1, dimension_names(dimensions), to_string(context.input),
                   remedy(context.input, dimensions));
}

int64_t window_places(const BuildContext& context, const std::string& type, int64_t size,
                      int64_t padding, int64_t window, int64_t stride, int64_t dilation) {
  const int64_t room = size + padding - dilation * (window - 1) - 1;
  if (room < 0) {
    throw ValueError("{}: the window of {} spans {} and does not fit {} with its padding, in {}",
                     context.name, type, dilation * (window - 1) + 1, size + padding,
                     to_string(context.input));
  }
  return room / stride + 1;
}

}  // namespace glow
