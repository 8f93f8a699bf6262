// IDX, the format of MNIST.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

namespace glow::io {

/// A whole IDX file, plain or gzip (told by its content), as a CPU tensor of its type: uint8, int8,
/// int16, int32, float or double. Throws DataError with path, byte offset, expected and found:
/// wrong magic number, sizes whose product overflows, zero rows, a file shorter or longer than its
/// header says, and any damage of a gzip stream.
at::Tensor read_idx(const std::string& path);

}  // namespace glow::io
