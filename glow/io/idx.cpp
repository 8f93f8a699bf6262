#include "glow/io/idx.h"

#include <ATen/Functions.h>

#include <array>
#include <optional>
#include <vector>

#include "glow/core/error.h"
#include "glow/io/byte_source.h"
#include "glow/io/layout.h"

namespace glow::io {
namespace {

// The third byte of the magic number.
std::optional<at::ScalarType> type_of(unsigned char code) {
  switch (code) {
    case 0x08:
      return at::kByte;
    case 0x09:
      return at::kChar;
    case 0x0B:
      return at::kShort;
    case 0x0C:
      return at::kInt;
    case 0x0D:
      return at::kFloat;
    case 0x0E:
      return at::kDouble;
    default:
      return std::nullopt;
  }
}

// Two zero bytes, the type, the number of dimensions, then each size as 32 bits, big-endian.
std::pair<at::ScalarType, std::vector<int64_t>> read_header(ByteSource& source) {
  std::array<unsigned char, 4> magic{};
  source.read(magic.data(), 4);
  const auto type = type_of(magic[2]);
  if (magic[0] != 0 || magic[1] != 0 || !type || magic[3] == 0) {
    throw DataError(
        "{}: byte 0: an IDX magic number expected (00 00 08 03 for images, 00 00 08 01 for "
        "labels), "
        "found {:02x} {:02x} {:02x} {:02x}",
        source.name(), magic[0], magic[1], magic[2], magic[3]);
  }
  std::vector<int64_t> shape;
  for (int i = 0; i < magic[3]; ++i) {
    std::array<unsigned char, 4> size{};
    source.read(size.data(), 4);
    shape.push_back(int64_t{size[0]} << 24 | size[1] << 16 | size[2] << 8 | size[3]);
    if (shape.back() == 0) {
      throw DataError("{}: byte {}: dimension {} is 0, at least 1 expected", source.name(),
                      source.position() - 4, i + 1);
    }
  }
  return {*type, shape};
}

}  // namespace

at::Tensor read_idx(const std::string& path) {
  const InputFile file(path);
  const auto source = open_plain_or_gzip(file);
  const auto [type, shape] = read_header(*source);
  const auto itemsize = static_cast<int64_t>(c10::elementSize(type));
  const auto bytes = checked_bytes(shape, itemsize);
  if (!bytes) {
    throw DataError("{}: byte 4: the sizes {} are too large", path, shape_text(shape));
  }
  const int64_t begin = source->position();
  const bool wrong = source->size() >= 0 && source->size() != begin + *bytes;
  if (wrong || *bytes > source->most() - begin) {
    throw DataError("{}: {} bytes expected from byte {} on, for {}; found {}{}", path, *bytes,
                    begin, shape_text(shape), wrong ? "" : "at most ",
                    (wrong ? source->size() : source->most()) - begin);
  }
  at::Tensor out = at::empty(shape, type);
  source->read(out.data_ptr(), *bytes);
  source->finish();
  swap_bytes(out.data_ptr(), out.numel(), itemsize);
  return out;
}

}  // namespace glow::io
