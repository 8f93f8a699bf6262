// Gaussian noise in training.
#pragma once

#include "glow/layers/argument.h"
#include "glow/layers/layer.h"

namespace glow {

/// In training x + N(0, stddev²); in evaluation x. Like Dropout it draws from a stream of its own,
/// and like Dropout it regularizes what follows: the representation of the layer before it is taken
/// without the noise.
class GaussianNoise : public Layer {
 public:
  /// `stddev` finite and not negative, else ValueError.
  explicit GaussianNoise(double stddev);

  static constexpr auto arguments() {
    return std::tuple{Argument<double>{"stddev", "standard deviation"}};
  }

 protected:
  Shape build(const BuildContext& context) override;
  Tensor forward(const Tensor& x) override;

 private:
  double stddev_;
  Stream stream_;
};

}  // namespace glow
