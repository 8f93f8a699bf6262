// The experiments that come with the program, put into it by the build.
#include "glow/run/experiment.h"

extern "C" {
extern const char glow_szt_tanh[], glow_szt_tanh_end[];
extern const char glow_szt_relu[], glow_szt_relu_end[];
extern const char glow_mnist_hsic[], glow_mnist_hsic_end[];
extern const char glow_mnist_hsic_probe[], glow_mnist_hsic_probe_end[];
}

namespace glow {

const std::vector<BuiltInExperiment>& built_in_experiments() {
  static const std::vector<BuiltInExperiment> all{
      {"szt-tanh", {glow_szt_tanh, glow_szt_tanh_end}},
      {"szt-relu", {glow_szt_relu, glow_szt_relu_end}},
      {"mnist-hsic", {glow_mnist_hsic, glow_mnist_hsic_end}},
      {"mnist-hsic-probe", {glow_mnist_hsic_probe, glow_mnist_hsic_probe_end}}};
  return all;
}

}  // namespace glow
