#include "glow/training/optimizers.h"

#include <ATen/ATen.h>

#include <cmath>

#include "glow/core/spec.h"

namespace glow {
namespace {

// The parameters that have a gradient, with the slots that belong to them.
struct Active {
  std::vector<Tensor> parameters, gradients;
  std::vector<size_t> index;
};

Active active(const std::vector<Tensor>& parameters) {
  Active out;
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (!parameters[i].grad().defined()) continue;
    out.parameters.push_back(parameters[i]);
    out.gradients.push_back(parameters[i].grad());
    out.index.push_back(i);
  }
  return out;
}

std::vector<Tensor> pick(const std::vector<Tensor>& slots, const Active& of) {
  std::vector<Tensor> out;
  for (const size_t i : of.index) out.push_back(slots[i]);
  return out;
}

std::vector<Tensor> zeros_like(const std::vector<Tensor>& parameters) {
  std::vector<Tensor> out;
  for (const auto& p : parameters) out.push_back(at::zeros_like(p, at::MemoryFormat::Preserve));
  return out;
}

using State = std::vector<std::pair<std::string, Tensor>>;

void append(State& state, const std::string& name, const std::vector<Tensor>& slots) {
  for (size_t i = 0; i < slots.size(); ++i)
    state.emplace_back(fmt::format("{}.{}", name, i), slots[i]);
}

class SGDStepper : public Stepper {
 public:
  SGDStepper(std::vector<Tensor> parameters, const SGDOptions& options)
      : Stepper(std::move(parameters)), options_(options), momentum_(zeros_like(parameters_)) {
    learning_rate = options.learning_rate;
  }

  void step() override {
    const at::NoGradGuard no_grad;
    const Active now = active(parameters_);
    if (now.parameters.empty()) return;
    const std::vector<Tensor> momentum =
        options_.momentum != 0 ? pick(momentum_, now) : std::vector<Tensor>();
    at::_fused_sgd_(now.parameters, now.gradients, momentum, options_.weight_decay,
                    options_.momentum, learning_rate, /*dampening=*/0.0, options_.nesterov,
                    /*maximize=*/false, /*is_first_step=*/false);
  }

  State state() const override {
    State out;
    if (options_.momentum != 0) append(out, "momentum", momentum_);
    return out;
  }

 private:
  SGDOptions options_;
  std::vector<Tensor> momentum_;
};

// Adam and AdamW: the same arithmetic but for where the decay goes.
template <class Options, bool decoupled>
class AdamStepper : public Stepper {
 public:
  AdamStepper(std::vector<Tensor> parameters, const Options& options)
      : Stepper(std::move(parameters)),
        options_(options),
        mean_(zeros_like(parameters_)),
        square_(zeros_like(parameters_)),
        counters_(at::zeros({static_cast<int64_t>(parameters_.size())},
                            parameters_[0].options().dtype(at::kFloat))),
        steps_(counters_.unbind()) {
    learning_rate = options.learning_rate;
    if (options.amsgrad) largest_ = zeros_like(parameters_);
  }

  void step() override {
    const at::NoGradGuard no_grad;
    const Active now = active(parameters_);
    if (now.parameters.empty()) return;
    const std::vector<Tensor> steps = pick(steps_, now);
    if (steps.size() == steps_.size()) {
      counters_.add_(1);
    } else {
      at::_foreach_add_(steps, 1.0);
    }
    const std::vector<Tensor> largest = options_.amsgrad ? pick(largest_, now) : largest_;
    const auto update = [&](auto kernel) {
      kernel(now.parameters, now.gradients, pick(mean_, now), pick(square_, now), largest, steps,
             learning_rate, options_.beta_1, options_.beta_2, options_.weight_decay,
             options_.epsilon, options_.amsgrad, /*maximize=*/false);
    };
    if constexpr (decoupled) {
      update([](auto&&... a) { at::_fused_adamw_(a...); });
    } else {
      update([](auto&&... a) { at::_fused_adam_(a...); });
    }
  }

  State state() const override {
    State out;
    append(out, "mean", mean_);
    append(out, "square", square_);
    append(out, "step", steps_);
    append(out, "largest", largest_);
    return out;
  }

 private:
  Options options_;
  std::vector<Tensor> mean_, square_;
  // As torch's fused kernels want it, a float32 scalar a parameter; scalars of one tensor, so that
  // one addition counts them all.
  Tensor counters_;
  std::vector<Tensor> steps_, largest_;
};

class RMSpropStepper : public Stepper {
 public:
  RMSpropStepper(std::vector<Tensor> parameters, const RMSpropOptions& options)
      : Stepper(std::move(parameters)), options_(options), square_(zeros_like(parameters_)) {
    learning_rate = options.learning_rate;
    if (options.momentum != 0) momentum_ = zeros_like(parameters_);
    if (options.centered) mean_ = zeros_like(parameters_);
  }

  void step() override {
    const at::NoGradGuard no_grad;
    for (size_t i = 0; i < parameters_.size(); ++i) {
      if (!parameters_[i].grad().defined()) continue;
      Tensor g = parameters_[i].grad();
      if (options_.weight_decay != 0) g = g.add(parameters_[i], options_.weight_decay);
      square_[i].mul_(options_.rho).addcmul_(g, g, 1 - options_.rho);
      Tensor variance = square_[i];
      if (options_.centered) {
        mean_[i].lerp_(g, 1 - options_.rho);
        variance = variance.addcmul(mean_[i], mean_[i], -1);
      }
      const Tensor denominator = variance.clamp_min(0).sqrt().add_(options_.epsilon);
      if (options_.momentum != 0) {
        momentum_[i].mul_(options_.momentum).addcdiv_(g, denominator);
        parameters_[i].add_(momentum_[i], -learning_rate);
      } else {
        parameters_[i].addcdiv_(g, denominator, -learning_rate);
      }
    }
  }

  State state() const override {
    State out;
    append(out, "square", square_);
    append(out, "momentum", momentum_);
    append(out, "mean", mean_);
    return out;
  }

 private:
  RMSpropOptions options_;
  std::vector<Tensor> square_, momentum_, mean_;
};

class AdagradStepper : public Stepper {
 public:
  AdagradStepper(std::vector<Tensor> parameters, const AdagradOptions& options)
      : Stepper(std::move(parameters)), options_(options), sum_(zeros_like(parameters_)) {
    learning_rate = options.learning_rate;
    for (auto& sum : sum_) sum.fill_(options.initial_accumulator_value);
  }

  void step() override {
    const at::NoGradGuard no_grad;
    for (size_t i = 0; i < parameters_.size(); ++i) {
      if (!parameters_[i].grad().defined()) continue;
      Tensor g = parameters_[i].grad();
      if (options_.weight_decay != 0) g = g.add(parameters_[i], options_.weight_decay);
      sum_[i].addcmul_(g, g);
      parameters_[i].addcdiv_(g, sum_[i].sqrt().add_(options_.epsilon), -learning_rate);
    }
  }

  State state() const override {
    State out;
    append(out, "sum", sum_);
    return out;
  }

 private:
  AdagradOptions options_;
  std::vector<Tensor> sum_;
};

using Parameters = std::vector<Tensor>;

std::unique_ptr<Stepper> make_stepper(const SGDOptions& options, Parameters parameters) {
  return std::make_unique<SGDStepper>(std::move(parameters), options);
}
std::unique_ptr<Stepper> make_stepper(const AdamOptions& options, Parameters parameters) {
  return std::make_unique<AdamStepper<AdamOptions, false>>(std::move(parameters), options);
}
std::unique_ptr<Stepper> make_stepper(const AdamWOptions& options, Parameters parameters) {
  return std::make_unique<AdamStepper<AdamWOptions, true>>(std::move(parameters), options);
}
std::unique_ptr<Stepper> make_stepper(const RMSpropOptions& options, Parameters parameters) {
  return std::make_unique<RMSpropStepper>(std::move(parameters), options);
}
std::unique_ptr<Stepper> make_stepper(const AdagradOptions& options, Parameters parameters) {
  return std::make_unique<AdagradStepper>(std::move(parameters), options);
}

// One rule a key, whichever optimizer has it. The negated comparisons refuse NaN too.
template <class Options>
void check(const Options& options) {
  for (const auto& [key, value] : to_table(options)) {
    const double* number = std::get_if<double>(&value.data);
    if (!number) continue;
    const bool share = key == "momentum" || key == "rho" || key.starts_with("beta");
    const bool positive = key == "learning_rate" || key == "epsilon";
    if (share && !(*number >= 0 && *number < 1)) {
      throw ValueError("{}: {} must be in [0, 1), got {}", Options::name, key, *number);
    }
    if (positive && !(*number > 0 && std::isfinite(*number))) {
      throw ValueError("{}: {} must be positive, got {}", Options::name, key, *number);
    }
    if (!(*number >= 0)) {
      throw ValueError("{}: {} must not be negative, got {}", Options::name, key, *number);
    }
  }
}

template <class Options>
void add(Registry<OptimizerPtr>& registry, const char* doc) {
  registry.add({Options::name, doc, describe<Options>(), [](const Table& table) -> OptimizerPtr {
                  Options options;
                  fill(options, table, Options::name);
                  return std::make_shared<const OptimizerOf<Options>>(options);
                }});
}

}  // namespace

Stepper::Stepper(std::vector<Tensor> parameters) : parameters_(std::move(parameters)) {
  if (parameters_.empty()) throw ValueError("an optimizer needs parameters");
}

void Stepper::zero_grad() {
  for (auto& p : parameters_) p.mutable_grad().reset();
}

template <class Options>
OptimizerOf<Options>::OptimizerOf(Options options) : options_(options) {
  check(options);
}

template <class Options>
std::unique_ptr<Stepper> OptimizerOf<Options>::make(std::vector<Tensor> parameters) const {
  return make_stepper(options_, std::move(parameters));
}

template class OptimizerOf<SGDOptions>;
template class OptimizerOf<AdamOptions>;
template class OptimizerOf<AdamWOptions>;
template class OptimizerOf<RMSpropOptions>;
template class OptimizerOf<AdagradOptions>;

Registry<OptimizerPtr>& optimizers() {
  static Registry<OptimizerPtr> registry = [] {
    Registry<OptimizerPtr> built_in("optimizer");
    add<SGDOptions>(built_in, "stochastic gradient descent with momentum");
    add<AdamOptions>(built_in, "Kingma and Ba 2015");
    add<AdamWOptions>(built_in, "Loshchilov and Hutter 2019");
    add<RMSpropOptions>(built_in, "Tieleman and Hinton 2012");
    add<AdagradOptions>(built_in, "Duchi, Hazan and Singer 2011");
    return built_in;
  }();
  return registry;
}

OptimizerChoice::OptimizerChoice(const std::string& spec) {
  const Spec parsed = parse_spec(spec);
  optimizer_ = optimizers().make(parsed.name, parsed.options);
}

}  // namespace glow
