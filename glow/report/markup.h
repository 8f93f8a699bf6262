// Text that came from somewhere, made harmless for HTML and SVG.
#pragma once

#include <string>
#include <string_view>

namespace glow::report {

/// With & < > " ' as entities; control characters, which XML forbids, and broken UTF-8 replaced.
std::string escape(std::string_view text);

/// `text` as valid UTF-8: each byte that is not part of it becomes U+FFFD.
std::string valid_utf8(std::string_view text);

}  // namespace glow::report
