#include "glow/layers/initializers.h"

#include <ATen/ATen.h>

#include <cmath>
#include <numbers>
#include <optional>
#include <string>

#include "glow/core/spec.h"
#include "glow/layers/argument.h"

namespace glow {
namespace {

struct ConstantOptions {
  double value = 0;
  static constexpr auto fields() {
    return std::tuple{Field{"value", &ConstantOptions::value, "of every element"}};
  }
};

struct NormalOptions {
  double stddev = 0.05;
  static constexpr auto fields() {
    return std::tuple{Field{"stddev", &NormalOptions::stddev, "standard deviation"}};
  }
};

struct UniformOptions {
  double limit = 0.05;
  static constexpr auto fields() {
    return std::tuple{Field{"limit", &UniformOptions::limit, "drawn between -limit and limit"}};
  }
};

struct TruncatedOptions {
  std::optional<double> stddev = {};
  static constexpr auto fields() {
    return std::tuple{Field{"stddev", &TruncatedOptions::stddev,
                            "deviation before the cut; 1/√fan_in if absent"}};
  }
};

struct OrthogonalOptions {
  double gain = 1;
  static constexpr auto fields() {
    return std::tuple{Field{"gain", &OrthogonalOptions::gain, "factor"}};
  }
};

double number(int64_t fan) { return static_cast<double>(fan); }

Tensor filled(const Shape& shape, double value) { return at::full(shape, value, at::kDouble); }

Tensor uniform(const Shape& shape, double limit, const at::Generator& generator) {
  return at::empty(shape, at::kDouble).uniform_(-limit, limit, generator);
}

// The inverse of the distribution function, restricted to what lies within two deviations.
Tensor truncated_normal(const Shape& shape, double stddev, const at::Generator& generator) {
  return uniform(shape, std::erf(std::numbers::sqrt2), generator)
      .erfinv_()
      .mul_(std::numbers::sqrt2 * stddev);
}

// The sign of R's diagonal makes the law uniform over orthogonal matrices (Mezzadri 2007).
Tensor orthogonal(const Shape& shape, double gain, const at::Generator& generator) {
  if (shape.size() < 2) {
    throw ValueError("orthogonal is for kernels of two dimensions and more, not for {}",
                     to_string(shape));
  }
  const int64_t rows = shape.front();
  const int64_t columns = c10::multiply_integers(shape) / rows;
  const Tensor gaussian = at::empty({std::max(rows, columns), std::min(rows, columns)}, at::kDouble)
                              .normal_(0, 1, generator);
  const auto [q, r] = at::linalg_qr(gaussian);
  const Tensor basis = q * r.diagonal().sign();
  return (rows < columns ? basis.t() : basis).mul(gain).reshape(shape);
}

void require_not_negative(double value, const char* what) {
  if (!(value >= 0 && std::isfinite(value))) {
    throw ValueError("{} must be a finite number of at least 0, got {}", what, value);
  }
}

// `make(options)` checks the options and gives the initializer.
template <class Options, class Make>
void add(Registry<Initializer>& registry, const std::string& name, const char* doc, Make make) {
  registry.add({name, doc, describe<Options>(), [name, make](const Table& table) -> Initializer {
                  Options options;
                  fill(options, table, name);
                  return make(options);
                }});
}

// Keras' VarianceScaling: a uniform and a truncated normal law of the variance that the fans give.
void add_scaled(Registry<Initializer>& registry, const std::string& name, const char* doc,
                double (*variance)(const Fans&)) {
  // Standard deviation of a standard normal variable cut at ±2.
  constexpr double kTruncatedDeviation = 0.87962566103423978;
  add<NoOptions>(registry, name + "_uniform", doc, [variance](const NoOptions&) {
    return [variance](const Shape& shape, const Fans& fans, const at::Generator& generator) {
      return uniform(shape, std::sqrt(3 * variance(fans)), generator);
    };
  });
  add<NoOptions>(registry, name + "_normal", doc, [variance](const NoOptions&) {
    return [variance](const Shape& shape, const Fans& fans, const at::Generator& generator) {
      return truncated_normal(shape, std::sqrt(variance(fans)) / kTruncatedDeviation, generator);
    };
  });
}

void add_constants(Registry<Initializer>& registry) {
  add<NoOptions>(registry, "zeros", "all 0", [](const NoOptions&) {
    return [](const Shape& shape, const Fans&, const at::Generator&) { return filled(shape, 0); };
  });
  add<NoOptions>(registry, "ones", "all 1", [](const NoOptions&) {
    return [](const Shape& shape, const Fans&, const at::Generator&) { return filled(shape, 1); };
  });
  add<ConstantOptions>(registry, "constant", "all the same", [](const ConstantOptions& options) {
    return [value = options.value](const Shape& shape, const Fans&, const at::Generator&) {
      return filled(shape, value);
    };
  });
}

void add_plain_laws(Registry<Initializer>& registry) {
  add<NormalOptions>(registry, "normal", "Gaussian", [](const NormalOptions& options) {
    require_not_negative(options.stddev, "normal: stddev");
    return [options](const Shape& shape, const Fans&, const at::Generator& generator) {
      return at::empty(shape, at::kDouble).normal_(0, options.stddev, generator);
    };
  });
  add<UniformOptions>(registry, "uniform", "uniform", [](const UniformOptions& options) {
    require_not_negative(options.limit, "uniform: limit");
    return [options](const Shape& shape, const Fans&, const at::Generator& generator) {
      return uniform(shape, options.limit, generator);
    };
  });
  add<TruncatedOptions>(
      registry, "truncated_normal", "Gaussian cut at two deviations; Shwartz-Ziv and Tishby 2017",
      [](const TruncatedOptions& options) {
        require_not_negative(options.stddev.value_or(0), "truncated_normal: stddev");
        return [options](const Shape& shape, const Fans& fans, const at::Generator& generator) {
          return truncated_normal(shape, options.stddev.value_or(1 / std::sqrt(number(fans.in))),
                                  generator);
        };
      });
}

}  // namespace

Registry<Initializer>& initializers() {
  static Registry<Initializer> registry = [] {
    Registry<Initializer> built_in("initializer");
    add<NoOptions>(
        built_in, "default", "as torch's own layers, U(±1/√fan_in)", [](const NoOptions&) {
          return [](const Shape& shape, const Fans& fans, const at::Generator& generator) {
            return uniform(shape, 1 / std::sqrt(number(fans.in)), generator);
          };
        });
    add_constants(built_in);
    add_plain_laws(built_in);
    add_scaled(built_in, "glorot", "variance 2/(fan_in + fan_out); Glorot and Bengio 2010",
               [](const Fans& fans) { return 2 / number(fans.in + fans.out); });
    add_scaled(built_in, "he", "variance 2/fan_in; He et al. 2015",
               [](const Fans& fans) { return 2 / number(fans.in); });
    add_scaled(built_in, "lecun", "variance 1/fan_in; LeCun et al. 1998",
               [](const Fans& fans) { return 1 / number(fans.in); });
    add<OrthogonalOptions>(built_in, "orthogonal", "orthonormal rows or columns; Saxe et al. 2014",
                           [](const OrthogonalOptions& options) {
                             return [options](const Shape& shape, const Fans&,
                                              const at::Generator& generator) {
                               return orthogonal(shape, options.gain, generator);
                             };
                           });
    return built_in;
  }();
  return registry;
}

Initializer initializer(const std::string& spec) {
  const Spec parsed = parse_spec(spec);
  return initializers().make(parsed.name, parsed.options);
}

Tensor initial_value(const BuildContext& context, const std::string& parameter,
                     const Initializer& initializer, const Shape& shape, const Fans& fans) {
  return initializer(shape, fans, context.initial(parameter)).to(context.dtype);
}

}  // namespace glow
