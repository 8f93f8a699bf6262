// Layers one after the other.
#pragma once

#include "glow/models/network.h"

namespace glow {

/// Each layer is built when it is added, from the shape that the one before gives: a layer that
/// does not fit is an error at `add`.
class Sequential : public Network {
 public:
  explicit Sequential(Shape input_shape, const NetworkOptions& options = {});

  Tensor forward(const Tensor& x) override;

 protected:
  void added(Layer& layer) override;
};

}  // namespace glow
