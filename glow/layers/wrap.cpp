#include "glow/layers/wrap.h"

#include <ATen/ATen.h>

#include <mutex>

#include "glow/core/error.h"
#include "glow/layers/recorder.h"

namespace glow {
namespace {

// torch's generator, seeded while it lives and then put back. One at a time.
class SeededScope {
 public:
  explicit SeededScope(const at::Generator& like)
      : turn_(mutex()), generator_(at::globalContext().defaultGenerator(c10::kCPU)) {
    const std::lock_guard lock(generator_.mutex());
    state_ = generator_.get_state();
    generator_.set_current_seed(like.current_seed());
  }
  ~SeededScope() {
    const std::lock_guard lock(generator_.mutex());
    generator_.set_state(state_);
  }
  SeededScope(const SeededScope&) = delete;
  SeededScope& operator=(const SeededScope&) = delete;

 private:
  static std::mutex& mutex() {
    static std::mutex the_mutex;
    return the_mutex;
  }

  std::lock_guard<std::mutex> turn_;
  at::Generator generator_;
  Tensor state_;
};

bool is_random(const torch::nn::Module& module) {
  for (const auto& part : module.modules()) {
    const std::string name = part->name();
    for (const char* kind : {"Dropout", "BatchNorm", "RReLU"}) {
      if (name.find(kind) != std::string::npos) return true;
    }
  }
  return false;
}

}  // namespace

Shape Wrap::build(const BuildContext& context) {
  {
    const SeededScope seeded(context.initial("module"));
    runner_ = make_();
  }
  if (!runner_.module) throw ValueError("{}: a null module", context.name);
  register_module("module", runner_.module);
  runner_.module->to(context.device, context.dtype);
  options_.random = options_.random || is_random(*runner_.module);

  Shape batch{2};
  batch.insert(batch.end(), context.input.begin(), context.input.end());
  const Tensor zeros = at::zeros(batch, at::device(context.device).dtype(context.dtype));
  const at::NoGradGuard no_grad;
  runner_.module->eval();
  Tensor output;
  try {
    output = runner_.run(zeros);
  } catch (const c10::Error& error) {
    throw ValueError("{}: {} does not take an input of {}: {}", context.name,
                     runner_.module->name(), to_string(context.input),
                     error.what_without_backtrace());
  }
  runner_.module->train(is_training());
  if (!output.defined() || output.dim() == 0 || output.size(0) != 2) {
    throw ValueError("{}: {} must give a row for each of the batch's", context.name,
                     runner_.module->name());
  }
  return output.sizes().slice(1).vec();
}

Tensor Wrap::forward(const Tensor& x) {
  if (options_.random && is_training()) Recorder::note_random();
  return runner_.run(x);
}

}  // namespace glow
