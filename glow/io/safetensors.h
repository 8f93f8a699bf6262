// Named tensors in one file: checkpoints, saved segments, weights. The format of Hugging Face's
// safetensors, which `safetensors.torch.load_file` reads.
#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace glow::io {

struct TensorFile {
  std::vector<std::pair<std::string, at::Tensor>> tensors;
  std::map<std::string, std::string> metadata;

  /// The tensor of that name, or null.
  const at::Tensor* find(const std::string& name) const;
};

/// Writes the file as a whole or not at all. Tensors may be on any device and of any strides: bool,
/// uint8, int8 to int64, half, bfloat16, float, double. `__metadata__` gets the caller's entries, a
/// `crc32.<tensor>` for each tensor and a `crc32` of the header. Throws ValueError on another type,
/// a name given twice or one that the format reserves, Error when it cannot be written.
void write_safetensors(const std::string& path, const TensorFile& file);

/// Reads and verifies: a header of at most 16 MiB that is a JSON object of the right form, known
/// types, sizes that match shapes, no gap, no overlap, no byte too many, and the checksums where
/// there are any (files of other programs have none). Tensors are on the CPU, in the order of the
/// header; the checksums are not in the metadata. Throws DataError with path, tensor and reason,
/// Error when it cannot be read.
TensorFile read_safetensors(const std::string& path);

}  // namespace glow::io
