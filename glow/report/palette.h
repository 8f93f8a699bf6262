// Colours of figures and page alike, readable in grey.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "glow/report/drawing.h"

namespace glow::report {

/// The colour map viridis of van der Walt and Smith (CC0), t in [0, 1].
Colour viridis(double t);

/// One quiet colour a layer, from the input on: lightness falls (on a dark page, rises) with depth,
/// so that the order of layers is seen in grey as well.
std::vector<Colour> layer_colours(size_t count, bool dark_page = false);

inline constexpr Colour kInk{0.13, 0.13, 0.14};
inline constexpr Colour kQuiet{0.42, 0.42, 0.44};
inline constexpr Colour kWhite{1, 1, 1};

/// A layer's colour for its name: sand on white is a fine line but poor text.
Colour as_text(const Colour& colour);

/// `#rrggbb`, without alpha.
std::string hex(const Colour& colour);

}  // namespace glow::report
