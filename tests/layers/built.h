// What the tests of layers share.
#pragma once

#include <ATen/ATen.h>

#include <memory>
#include <string>
#include <utility>

#include "glow/layers/layer.h"
#include "tests/message_of.h"

namespace glow {

inline BuildContext context_for(Shape input, uint64_t seed = 0, std::string name = "layer_1") {
  BuildContext context;
  context.input = std::move(input);
  context.name = std::move(name);
  context.clock = std::make_shared<StreamClock>(StreamClock{seed, 0, 0});
  return context;
}

template <class L>
std::shared_ptr<L> built(L layer, Shape input, uint64_t seed = 0) {
  auto owned = std::make_shared<L>(std::move(layer));
  owned->prepare(context_for(std::move(input), seed));
  return owned;
}

inline Tensor randn(at::IntArrayRef shape, uint64_t seed = 1) {
  return at::empty(shape, at::kFloat).normal_(0, 1, make_generator(seed, "test data"));
}

/// The parameters and buffers of one module into those of the same name of another.
inline void copy_weights(const torch::nn::Module& from, torch::nn::Module& to) {
  const at::NoGradGuard no_grad;
  const auto parameters = from.named_parameters();
  for (auto& item : to.named_parameters()) item.value().copy_(parameters[item.key()]);
  const auto buffers = from.named_buffers();
  for (auto& item : to.named_buffers()) item.value().copy_(buffers[item.key()]);
}

inline int64_t parameter_count(const torch::nn::Module& module) {
  int64_t count = 0;
  for (const auto& parameter : module.parameters()) count += parameter.numel();
  return count;
}

inline double largest_difference(const Tensor& a, const Tensor& b) {
  TORCH_CHECK(a.sizes() == b.sizes(), "shapes ", a.sizes(), " and ", b.sizes());
  return (a - b).abs().max().item<double>();
}

}  // namespace glow
