// A picture of every figure: one coordinate of all layers against epochs.
#pragma once

#include "glow/report/drawing.h"
#include "glow/report/view.h"

namespace glow::report {

/// A colour a layer, its name at the end of its line; bands of one standard error, the null dotted.
void draw_curves(Drawing& drawing, const Box& frame, const View& view, const PlaneScales& scales,
                 const Coordinate& of);

/// The room that layer names need right of the curves, at most `most`.
double name_margin(const View& view, double most);

}  // namespace glow::report
