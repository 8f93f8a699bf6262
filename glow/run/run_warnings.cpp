#include "glow/run/run_warnings.h"

#include <algorithm>

#include "glow/core/text.h"

namespace glow {
namespace {

// The text that two warnings of a kind share: without numbers, and without the layer's name.
std::string kind_of(std::string text, const std::string& layer) {
  for (size_t at = text.find(layer); !layer.empty() && at != std::string::npos;
       at = text.find(layer, at)) {
    text.erase(at, layer.size());
  }
  std::erase_if(text, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
  return text;
}

}  // namespace

void RunWarnings::add(const std::string& text) { add("", "", text); }

void RunWarnings::add(const std::string& evaluator, const std::string& layer,
                      const std::string& text) {
  const std::lock_guard lock(mutex_);
  auto kind = std::find_if(kinds_.begin(), kinds_.end(), [&](const Kind& known) {
    const std::string first = known.layers.empty() ? "" : known.layers.front();
    return known.evaluator == evaluator && kind_of(known.text, first) == kind_of(text, layer);
  });
  if (kind == kinds_.end()) kind = kinds_.insert(kinds_.end(), {evaluator, text, {}});
  auto& layers = kind->layers;
  if (!layer.empty() && std::find(layers.begin(), layers.end(), layer) == layers.end()) {
    layers.push_back(layer);
  }
}

std::vector<std::string> RunWarnings::lines() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> out;
  for (const auto& kind : kinds_) {
    if (kind.layers.empty()) {
      out.push_back(kind.text);
      continue;
    }
    std::vector<std::string> layers = kind.layers;
    std::sort(layers.begin(), layers.end());
    out.push_back(kind.evaluator + " of " + join(layers, ", ") + ": " + kind.text);
  }
  return out;
}

}  // namespace glow
