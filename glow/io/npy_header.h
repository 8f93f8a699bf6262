// The header of an .npy file: a Python dictionary in text.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "glow/io/byte_source.h"

namespace glow::io {

struct NpyHeader {
  char kind = 'f';  // NumPy's: b, i, u, f
  int64_t itemsize = 0;
  at::ScalarType type = at::kFloat;  // of the same size: of u2 the bits are in a short
  bool big_endian = false;
  bool fortran_order = false;
  std::vector<int64_t> shape;
};

/// Reads up to the first byte of the array. Throws DataError, also on types that are no numbers.
NpyHeader read_npy_header(ByteSource& source);

/// The header with which a contiguous tensor is written. Throws ValueError on a type that NumPy
/// does not have.
std::string npy_header(const at::Tensor& tensor);

}  // namespace glow::io
