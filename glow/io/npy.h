// NumPy's array files: .npy, and .npz, a zip archive of them.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace glow::io {

/// What an archive may hold, in bytes once inflated: deflate packs up to a thousandfold.
inline constexpr int64_t kInflatedLimit = int64_t{8} << 30;

/// An array as a contiguous CPU tensor. Booleans, integers and floats of either byte order, C or
/// Fortran order; unsigned integers of 16 and 32 bits become the next wider signed type, of 64 bits
/// int64 where the values fit. Throws DataError on objects, structures, text, complex numbers, and
/// on a file that is not exactly as long as its header says.
at::Tensor read_npy(const std::string& path);

/// The members of an archive, stored or deflated, by name without `.npy`. Throws DataError, naming
/// path and member, on damage (every CRC is checked), encryption, names with `/` or `..`, members
/// that overlap, and deflated members of more than `limit` bytes in all.
std::map<std::string, at::Tensor> read_npz(const std::string& path, int64_t limit = kInflatedLimit);

/// Writes as `np.save` does, as a whole or not at all. Throws ValueError for bfloat16, which NumPy
/// does not have.
void write_npy(const std::string& path, const at::Tensor& tensor);

/// Writes as `np.savez` does (stored, not deflated), as a whole or not at all. Throws ValueError on
/// a name given twice, empty, or with `/` or `..`.
void write_npz(const std::string& path,
               const std::vector<std::pair<std::string, at::Tensor>>& arrays);

}  // namespace glow::io
