// How weights begin.
#pragma once

#include <ATen/core/Generator.h>

#include <functional>
#include <string>

#include "glow/core/registry.h"
#include "glow/layers/layer.h"

namespace glow {

/// How many connections a unit of a layer has on either side: what initial weights are scaled by.
struct Fans {
  int64_t in = 1;
  int64_t out = 1;
};

/// Draws a tensor of the given shape from the given generator only: float64, on the CPU, so that a
/// network begins alike in any precision and on any device. For a bias, the fans are its kernel's.
using Initializer =
    std::function<Tensor(const Shape& shape, const Fans& fans, const at::Generator& generator)>;

/// A spec, `name` or `name(key=value)`, of `initializers`. Throws ValueError on any other.
///
///   default           U(±1/√fan_in), for the bias too: what torch's own layers do
///   zeros, ones, constant(value=0)
///   normal(stddev=0.05), uniform(limit=0.05): Keras' random_normal and random_uniform
///   truncated_normal(stddev=1/√fan_in): N(0, stddev²) cut at two deviations, without a correction
///                     of the variance; the default deviation is that of Shwartz-Ziv and Tishby
///                     2017, where Keras has 0.05
///   glorot_uniform, glorot_normal: variance 2/(fan_in + fan_out); Glorot and Bengio 2010, eq. 16
///   he_uniform, he_normal: variance 2/fan_in; He et al. 2015, eq. 10
///   lecun_uniform, lecun_normal: variance 1/fan_in; LeCun et al. 1998, §4.6
///   orthogonal(gain=1): the kernel as a matrix (units, rest) has orthonormal rows or columns; Saxe
///                     et al. 2014. Not for a bias
///
/// Where Keras and torch differ, this is Keras: glorot_normal, he_normal and lecun_normal are cut
/// at two deviations and widened by 1/0.8796 to have the variance named, where torch's are plain
/// Gaussians; of one-dimensional weights Keras takes the length for both fans, here they are the
/// kernel's.
Initializer initializer(const std::string& spec);

Registry<Initializer>& initializers();

/// The initial value of a layer's parameter in the network's precision; a function of the network's
/// seed and the names alone, whatever was built before.
Tensor initial_value(const BuildContext& context, const std::string& parameter,
                     const Initializer& initializer, const Shape& shape, const Fans& fans);

}  // namespace glow
