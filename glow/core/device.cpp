#include "glow/core/device.h"

#include <ATen/Context.h>

#include "glow/core/error.h"

namespace glow {

c10::Device parse_device(const std::string& text) {
  const bool cuda = at::globalContext().hasCUDA();
  if (text == "auto") return cuda ? c10::Device(c10::kCUDA, 0) : c10::Device(c10::kCPU);
  if (text == "cpu") return c10::Device(c10::kCPU);
  if (text.rfind("cuda", 0) == 0) {
    if (!cuda) throw ValueError("device '{}': torch sees no GPU here; use 'auto' or 'cpu'", text);
    try {
      return c10::Device(text == "cuda" ? "cuda:0" : text);
    } catch (const c10::Error&) {
      throw ValueError("unknown device '{}'; known: auto, cpu, cuda, cuda:0, cuda:1, …", text);
    }
  }
  throw ValueError("unknown device '{}'; known: auto, cpu, cuda", text);
}

}  // namespace glow
