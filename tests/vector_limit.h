// What another processor would compute.
#pragma once

#include "glow/core/vectorized.h"

namespace glow {

/// While it lives, vectors have `bytes` at most.
class VectorLimit {
 public:
  explicit VectorLimit(int bytes) : before_(vector_bytes()) { limit_vector_bytes(bytes); }
  ~VectorLimit() { limit_vector_bytes(before_); }

 private:
  int before_;
};

}  // namespace glow
