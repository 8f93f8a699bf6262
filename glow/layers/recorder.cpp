#include "glow/layers/recorder.h"

#include "glow/layers/layer.h"

namespace glow {
namespace {
thread_local Recorder* innermost = nullptr;
}

Recorder::Recorder() : outer_(innermost) { innermost = this; }
Recorder::~Recorder() { innermost = outer_; }
Recorder* Recorder::current() { return innermost; }

void Recorder::note_logits(const Tensor& logits, const Tensor& output, bool sigmoid) {
  if (innermost) innermost->activated_.push_back({logits, output, sigmoid});
}

void Recorder::note_random() {
  if (innermost) innermost->deterministic_ = false;
}

const Recorder::Activated* Recorder::find(const Tensor& output) const {
  for (const auto& activated : activated_) {
    if (activated.output.is_same(output)) return &activated;
  }
  return nullptr;
}

Tensor Recorder::logits_of(const Tensor& output) const {
  const Activated* activated = find(output);
  return activated ? activated->logits : Tensor();
}

bool Recorder::is_sigmoid(const Tensor& output) const {
  const Activated* activated = find(output);
  return activated && activated->sigmoid;
}

void Recorder::leave(const Layer& layer, const Tensor& input, const Tensor& output) {
  if (--depth_ > 0) return;
  const bool follows = !layers_.empty() && layers_.back().value.is_same(input);
  if (layer.amends() && follows) {
    Representation& last = layers_.back();
    last.value = output;
    last.logits = logits_of(output);
    return;
  }
  if (!layer.has_parameters()) return;
  layers_.push_back({layer.label(), output, logits_of(output), {}, {}});
}

}  // namespace glow
