// Feature maps as vectors.
#pragma once

#include "glow/layers/argument.h"
#include "glow/layers/layer.h"

namespace glow {

/// (n, …) to (n, d), in row-major order: channels first.
class Flatten : public Layer {
 public:
  static constexpr auto arguments() { return std::tuple<>{}; }

 protected:
  Shape build(const BuildContext& context) override;
  Tensor forward(const Tensor& x) override;
};

}  // namespace glow
