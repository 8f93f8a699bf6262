// Random zeros in training.
#pragma once

#include "glow/layers/argument.h"
#include "glow/layers/layer.h"

namespace glow {

/// In training each element is 0 with probability `rate` and else divided by 1 − rate, so that its
/// expectation stays; in evaluation nothing happens. It draws from a stream of its own: the masks
/// are a function of the network's seed, the layer's name and the step. The rate is taken to 16
/// bits.
///
/// Srivastava et al. 2014.
class Dropout : public Layer {
 public:
  /// `rate` in [0, 1), else ValueError.
  explicit Dropout(double rate);

  static constexpr auto arguments() {
    return std::tuple{Argument<double>{"rate", "probability of a zero"}};
  }

 protected:
  Shape build(const BuildContext& context) override;
  Tensor forward(const Tensor& x) override;

 private:
  Tensor mask(const Tensor& x);

  double rate_;
  Stream stream_;
};

}  // namespace glow
