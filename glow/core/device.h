// Where a network computes.
#pragma once

#include <c10/core/Device.h>

#include <string>

namespace glow {

/// `auto` (a GPU where there is one), `cpu`, `cuda` or `cuda:1`. Throws ValueError on another word,
/// and on `cuda` where torch sees no GPU: it is never replaced in silence.
c10::Device parse_device(const std::string& text);

}  // namespace glow
