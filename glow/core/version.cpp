#include "glow/core/version.h"

namespace glow {

const char* version() noexcept { return GLOW_VERSION; }

}  // namespace glow
