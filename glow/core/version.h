#pragma once

namespace glow {

/// "0.1.0".
const char* version() noexcept;

}  // namespace glow
