// Any torch::nn module as a layer.
#pragma once

#include <torch/nn/pimpl.h>

#include <concepts>
#include <functional>
#include <memory>
#include <utility>

#include "glow/layers/layer.h"

namespace glow {

struct WrapOptions {
  /// In training the module draws random numbers or uses batch statistics. torch's own dropouts and
  /// batch normalizations are noticed without being told.
  bool random = false;
};

/// A torch::nn module of one tensor in and one out, each (n, …) and of the network's precision:
///
///   model.add(Wrap(torch::nn::Linear(784, 10)));                    // made already
///   model.add(Wrap([] { return torch::nn::Linear(784, 10); }));     // made when it is built
///
/// The output's shape is found by a run on zeros in evaluation mode. Parameters keep torch's names
/// under `module`.
///
/// Random numbers: torch's modules draw from one generator for the whole process. A module made
/// already keeps its initial values. One that is made by a function draws them from that generator
/// seeded for this layer, which is put back afterwards: they are a function of the network's seed
/// and the layer's name, as long as no other thread uses torch's generator meanwhile. What a module
/// draws in training (torch::nn::Dropout) follows torch::manual_seed, not the network's seed, and
/// changes with networks trained side by side: glow's own Dropout does not.
class Wrap : public Layer {
 public:
  template <class M>
  explicit Wrap(torch::nn::ModuleHolder<M> module, const WrapOptions& options = {})
      : Wrap(module.ptr(), options) {}
  template <std::derived_from<torch::nn::Module> M>
  explicit Wrap(std::shared_ptr<M> module, const WrapOptions& options = {})
      : make_([made = runner(std::move(module))] { return made; }), options_(options) {}
  template <class Make>
  requires(!std::derived_from<Make, torch::detail::ModuleHolderIndicator> &&
           std::invocable<const Make&>) explicit Wrap(Make make, const WrapOptions& options = {})
      : make_([make = std::move(make)] { return runner(make()); }), options_(options) {}

  // A copy would share the module.
  Wrap(const Wrap&) = delete;
  Wrap(Wrap&&) = default;

 protected:
  Shape build(const BuildContext& context) override;
  Tensor forward(const Tensor& x) override;

 private:
  struct Runner {
    std::shared_ptr<torch::nn::Module> module;
    std::function<Tensor(const Tensor&)> run;
  };

  template <class M>
  static Runner runner(const torch::nn::ModuleHolder<M>& module) {
    return runner(module.ptr());
  }
  template <class M>
  static Runner runner(std::shared_ptr<M> module) {
    return {module, [module](const Tensor& x) { return Tensor(module->forward(x)); }};
  }

  std::function<Runner()> make_;
  WrapOptions options_;
  Runner runner_;
};

}  // namespace glow
