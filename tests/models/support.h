// What the tests of this room share.
#pragma once

#include "glow/core/random.h"
#include "glow/core/text.h"

namespace glow {

inline Tensor inputs(int64_t n = 64) { return at::randn({n, 4}, make_generator(1, "x")); }
inline Tensor labels(const Tensor& x) { return x.sum(1).gt(0).to(at::kLong); }

}  // namespace glow
