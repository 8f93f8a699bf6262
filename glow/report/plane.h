// The plane as a picture, and the key to its marks.
#pragma once

#include "glow/report/drawing.h"
#include "glow/report/view.h"

namespace glow::report {

/// Each layer's way through the plane: open circle at the start, plus at the largest complexity,
/// filled circle at the end, one standard error at each; colour is the epoch; limits dashed, the
/// null dotted with an open diamond at its end.
void draw_plane(Drawing& drawing, const Box& frame, const View& view, const PlaneScales& scales);

/// The marks of figures and what they mean, from the baseline `at` on in lines of at most
/// `width`; gives the height of the last baseline.
double draw_key(Drawing& drawing, const Point& at, double width, bool with_plane, bool with_turn,
                bool with_null);

}  // namespace glow::report
