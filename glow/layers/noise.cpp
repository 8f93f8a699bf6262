#include "glow/layers/noise.h"

#include <ATen/ATen.h>

#include <cmath>

#include "glow/core/error.h"
#include "glow/layers/recorder.h"

namespace glow {

GaussianNoise::GaussianNoise(double stddev) : stddev_(stddev) {
  if (!(stddev >= 0 && std::isfinite(stddev))) {
    throw ValueError("GaussianNoise: stddev must be a finite number of at least 0, got {}", stddev);
  }
}

Shape GaussianNoise::build(const BuildContext& context) {
  stream_ = context.stream("noise");
  return context.input;
}

Tensor GaussianNoise::forward(const Tensor& x) {
  // A view for the reason given in Dropout.
  if (!is_training() || stddev_ == 0) return x.view_as(x);
  Recorder::note_random();
  return at::empty_like(x).normal_(0, stddev_, stream_.generator()).add_(x);
}

}  // namespace glow
