#include "glow/layers/recorder.h"

#include "glow/layers/layer.h"

namespace glow {
namespace {
thread_local Recorder* innermost = nullptr;
}

Recorder::Recorder() : outer_(innermost) { innermost = this; }
Recorder::~Recorder() { innermost = outer_; }
Recorder* Recorder::current() { return innermost; }

void Recorder::note_logits(const Tensor& logits, const Tensor& output) {
  if (innermost) innermost->activated_.emplace_back(logits, output);
}

void Recorder::note_random() {
  if (innermost) innermost->deterministic_ = false;
}

Tensor Recorder::logits_of(const Tensor& output) const {
  for (const auto& [logits, activated] : activated_) {
    if (activated.is_same(output)) return logits;
  }
  return {};
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
