// The two pictures of which every figure is made: the plane, and a coordinate against epochs.
#pragma once

#include "glow/report/drawing.h"
#include "glow/report/view.h"

namespace glow::report {

inline constexpr double kNameSize = 6.5;  // layer names, in points

/// Each layer's way through the plane: open circle at the start, plus at the largest complexity,
/// filled circle at the end, one standard error at each; colour is the epoch; limits dashed, the
/// null dotted with an open diamond at its end.
void draw_plane(Drawing& drawing, const Box& frame, const View& view, const PlaneScales& scales);

/// A coordinate against epochs, a colour a layer, its name at the end of its line.
void draw_curves(Drawing& drawing, const Box& frame, const View& view, const PlaneScales& scales,
                 const Coordinate& of);

/// The room that layer names need right of the curves, at most `most`.
double name_margin(const View& view, double most);

/// The marks of both pictures and what they mean, from the baseline `at` on in lines of at most
/// `width`; gives the height of the last baseline.
double draw_key(Drawing& drawing, const Point& at, double width, bool with_plane, bool with_turn,
                bool with_null);

}  // namespace glow::report
