// How parameters follow their gradients. An optimizer is a description; `make` gives what steps, so
// one description serves many layers and many networks.
#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "glow/core/fields.h"
#include "glow/core/registry.h"
#include "glow/information/segment.h"

namespace glow {

/// An optimizer at work on its parameters.
class Stepper {
 public:
  /// Throws ValueError where there are none.
  explicit Stepper(std::vector<Tensor> parameters);
  virtual ~Stepper() = default;
  Stepper(const Stepper&) = delete;
  Stepper& operator=(const Stepper&) = delete;

  /// One update from the gradients; a parameter without one stays as it is.
  virtual void step() = 0;
  /// Forgets the gradients.
  void zero_grad();
  /// What resuming needs, by name: `momentum.0`, …
  virtual std::vector<std::pair<std::string, Tensor>> state() const = 0;

  const std::vector<Tensor>& parameters() const { return parameters_; }
  double learning_rate = 0;

 protected:
  std::vector<Tensor> parameters_;
};

class Optimizer {
 public:
  virtual ~Optimizer() = default;
  /// "SGD(learning_rate=0.001, momentum=0.95)".
  virtual std::string spec() const = 0;
  virtual std::unique_ptr<Stepper> make(std::vector<Tensor> parameters) const = 0;
};

using OptimizerPtr = std::shared_ptr<const Optimizer>;

struct SGDOptions {
  static constexpr const char* name = "SGD";
  double learning_rate = 0.001;  // this and the momentum as PyGlow
  double momentum = 0.95;
  double weight_decay = 0;
  bool nesterov = false;
  static constexpr auto fields() {
    using O = SGDOptions;
    return std::tuple{Field{"learning_rate", &O::learning_rate, "length of a step", true},
                      Field{"momentum", &O::momentum, "share of the last step kept", true},
                      Field{"weight_decay", &O::weight_decay, "L2 penalty"},
                      Field{"nesterov", &O::nesterov, "Nesterov's look ahead"}};
  }
};

struct AdamOptions {
  static constexpr const char* name = "Adam";
  double learning_rate = 0.001;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-8;  // as torch; Keras has 1e-7
  double weight_decay = 0;
  bool amsgrad = false;
  static constexpr auto fields() {
    using O = AdamOptions;
    return std::tuple{Field{"learning_rate", &O::learning_rate, "length of a step", true},
                      Field{"beta_1", &O::beta_1, "decay of the mean of the gradient"},
                      Field{"beta_2", &O::beta_2, "decay of the mean of its square"},
                      Field{"epsilon", &O::epsilon, "added to the root of that mean"},
                      Field{"weight_decay", &O::weight_decay, "L2 penalty"},
                      Field{"amsgrad", &O::amsgrad, "the largest such mean so far"}};
  }
};

struct AdamWOptions {
  static constexpr const char* name = "AdamW";
  double learning_rate = 0.001;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0.01;
  bool amsgrad = false;
  static constexpr auto fields() {
    using O = AdamWOptions;
    return std::tuple{Field{"learning_rate", &O::learning_rate, "length of a step", true},
                      Field{"beta_1", &O::beta_1, "decay of the mean of the gradient"},
                      Field{"beta_2", &O::beta_2, "decay of the mean of its square"},
                      Field{"epsilon", &O::epsilon, "added to the root of that mean"},
                      Field{"weight_decay", &O::weight_decay, "decoupled decay", true},
                      Field{"amsgrad", &O::amsgrad, "the largest such mean so far"}};
  }
};

struct RMSpropOptions {
  static constexpr const char* name = "RMSprop";
  double learning_rate = 0.001;
  double rho = 0.9;
  double momentum = 0;
  double epsilon = 1e-7;
  double weight_decay = 0;
  bool centered = false;
  static constexpr auto fields() {
    using O = RMSpropOptions;
    return std::tuple{Field{"learning_rate", &O::learning_rate, "length of a step", true},
                      Field{"rho", &O::rho, "decay of the mean of the squared gradient"},
                      Field{"momentum", &O::momentum, "share of the last step kept"},
                      Field{"epsilon", &O::epsilon, "added to the root of that mean"},
                      Field{"weight_decay", &O::weight_decay, "L2 penalty"},
                      Field{"centered", &O::centered, "divides by the variance"}};
  }
};

struct AdagradOptions {
  static constexpr const char* name = "Adagrad";
  double learning_rate = 0.001;
  double initial_accumulator_value = 0;
  double epsilon = 1e-10;
  double weight_decay = 0;
  static constexpr auto fields() {
    using O = AdagradOptions;
    return std::tuple{
        Field{"learning_rate", &O::learning_rate, "length of a step", true},
        Field{"initial_accumulator_value", &O::initial_accumulator_value, "where the sum begins"},
        Field{"epsilon", &O::epsilon, "added to the root of the sum"},
        Field{"weight_decay", &O::weight_decay, "L2 penalty"}};
  }
};

/// A built-in optimizer is its options; the arithmetic is in its Stepper. Throws ValueError on an
/// option out of range.
template <class Options>
class OptimizerOf : public Optimizer {
 public:
  explicit OptimizerOf(Options options = {});
  std::string spec() const override { return spec_text(Options::name, options_); }
  std::unique_ptr<Stepper> make(std::vector<Tensor> parameters) const override;

 private:
  Options options_;
};

/// Stochastic gradient descent: v ← μv + g, w ← w − ηv.
using SGD = OptimizerOf<SGDOptions>;
/// Kingma and Ba 2015, algorithm 1.
using Adam = OptimizerOf<AdamOptions>;
/// Loshchilov and Hutter 2019: Adam with the decay taken out of the gradient.
using AdamW = OptimizerOf<AdamWOptions>;
/// Tieleman and Hinton 2012.
using RMSprop = OptimizerOf<RMSpropOptions>;
/// Duchi, Hazan and Singer 2011.
using Adagrad = OptimizerOf<AdagradOptions>;

Registry<OptimizerPtr>& optimizers();

/// An optimizer by name, spec, or as an object: `.optimizer = "SGD"`, `.optimizer = Adam({…})`.
class OptimizerChoice {
 public:
  OptimizerChoice() = default;
  OptimizerChoice(const char* spec) : OptimizerChoice(std::string(spec)) {}      // NOLINT
  OptimizerChoice(const std::string& spec);                                      // NOLINT
  OptimizerChoice(OptimizerPtr optimizer) : optimizer_(std::move(optimizer)) {}  // NOLINT
  template <std::derived_from<Optimizer> O>
  OptimizerChoice(O optimizer)  // NOLINT
      : optimizer_(std::make_shared<const O>(std::move(optimizer))) {}
  const OptimizerPtr& get() const { return optimizer_; }

 private:
  OptimizerPtr optimizer_;
};

}  // namespace glow
