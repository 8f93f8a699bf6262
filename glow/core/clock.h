// Wall-clock times as text.
#pragma once

#include <string>

namespace glow {

/// Now, as files say it: 2026-11-21T09:50:03Z.
std::string utc_time();
/// Now, as a folder's name says it, local: 20261121-095003.
std::string compact_time();

}  // namespace glow
