// The format: NumPy Enhancement Proposal 1, and numpy.lib.format.
#include "glow/io/npy.h"

#include <ATen/Functions.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <string_view>

#include "glow/core/error.h"
#include "glow/core/text.h"
#include "glow/io/atomic_file.h"
#include "glow/io/byte_source.h"
#include "glow/io/layout.h"
#include "glow/io/npy_header.h"
#include "glow/io/zip.h"

namespace glow::io {
namespace {

// Unsigned integers wider than a byte: torch computes with none of them.
template <class Narrow, class Wide>
at::Tensor widen(const at::Tensor& raw, at::ScalarType type, const std::string& name) {
  at::Tensor out = at::empty(raw.sizes(), type);
  const auto* from = static_cast<const Narrow*>(raw.data_ptr());
  auto* to = out.data_ptr<Wide>();
  for (int64_t i = 0; i < raw.numel(); ++i) {
    if (from[i] > static_cast<uint64_t>(std::numeric_limits<Wide>::max())) {
      throw DataError("{}: element {} is {}, more than int64 holds", name, i, from[i]);
    }
    to[i] = static_cast<Wide>(from[i]);
  }
  return out;
}

at::Tensor in_signed_type(const at::Tensor& raw, char kind, const std::string& name) {
  if (kind != 'u' || raw.element_size() == 1) return raw;
  switch (raw.element_size()) {
    case 2:
      return widen<uint16_t, int32_t>(raw, at::kInt, name);
    case 4:
      return widen<uint32_t, int64_t>(raw, at::kLong, name);
    default:
      return widen<uint64_t, int64_t>(raw, at::kLong, name);
  }
}

// Any byte but 0 and 1 is no value of the type.
void check_booleans(const at::Tensor& t, const std::string& name) {
  const auto* byte = static_cast<const unsigned char*>(t.data_ptr());
  for (int64_t i = 0; i < t.numel(); ++i) {
    if (byte[i] > 1) throw DataError("{}: element {} is {}, no boolean", name, i, byte[i]);
  }
}

at::Tensor read_array(ByteSource& source) {
  const NpyHeader header = read_npy_header(source);
  const auto bytes = checked_bytes(header.shape, header.itemsize);
  const int64_t found = source.size() - source.position();
  if (!bytes || *bytes != found) {
    throw DataError("{}: {} of {} bytes each expected after the header, found {} bytes",
                    source.name(), shape_text(header.shape), header.itemsize, found);
  }
  if (*bytes > source.most()) {
    throw DataError("{}: {} bytes cannot come out of so few compressed ones", source.name(),
                    *bytes);
  }
  std::vector<int64_t> shape = header.shape;
  if (header.fortran_order) std::reverse(shape.begin(), shape.end());
  at::Tensor raw = at::empty(shape, header.type);
  if (*bytes > 0) source.read(raw.data_ptr(), *bytes);
  source.finish();
  if (header.big_endian) swap_bytes(raw.data_ptr(), raw.numel(), header.itemsize);
  if (header.type == at::kBool) check_booleans(raw, source.name());
  at::Tensor out = in_signed_type(raw, header.kind, source.name());
  if (header.fortran_order && shape.size() > 1) {
    std::vector<int64_t> axes(shape.size());
    for (size_t i = 0; i < axes.size(); ++i) axes[i] = static_cast<int64_t>(axes.size() - 1 - i);
    out = out.permute(axes).contiguous();
  }
  return out;
}

// The tensor as it is written, and its bytes.
at::Tensor plain(const at::Tensor& tensor) {
  return tensor.detach().to(at::kCPU).contiguous().resolve_conj().resolve_neg();
}
std::string_view bytes_of(const at::Tensor& plain) {
  return {static_cast<const char*>(plain.data_ptr()), plain.nbytes()};
}

}  // namespace

at::Tensor read_npy(const std::string& path) {
  const InputFile file(path);
  const auto source = stored_bytes(file, path, 0, file.size());
  return read_array(*source);
}

std::map<std::string, at::Tensor> read_npz(const std::string& path, int64_t limit) {
  const InputFile file(path);
  const auto members = read_zip_directory(file);
  int64_t inflated = 0;
  for (const auto& member : members) {
    if (member.deflated && (member.size > limit || (inflated += member.size) > limit)) {
      throw DataError("{}: its deflated members have more than {} bytes in all", path, limit);
    }
  }
  std::map<std::string, at::Tensor> arrays;
  for (const auto& member : members) {
    if (!member.name.ends_with(".npy")) {
      throw DataError("{}: member '{}' is no .npy file", path, member.name);
    }
    const auto source = open_member(file, member);
    arrays[member.name.substr(0, member.name.size() - 4)] = read_array(*source);
  }
  return arrays;
}

void write_npy(const std::string& path, const at::Tensor& tensor) {
  const at::Tensor array = plain(tensor);
  AtomicFile file(path);
  file.write(npy_header(array));
  file.write(bytes_of(array));
  file.commit();
}

void write_npz(const std::string& path,
               const std::vector<std::pair<std::string, at::Tensor>>& arrays) {
  std::set<std::string> names;
  for (const auto& [name, tensor] : arrays) {
    if (name.empty() || name.find_first_of("/\\") != std::string::npos ||
        name.find("..") != std::string::npos) {
      throw ValueError("an array of {} is named '{}': no name, or / or .. in it", path, name);
    }
    if (!names.insert(name).second) throw ValueError("two arrays of {} are named '{}'", path, name);
  }
  AtomicFile file(path);
  ZipWriter archive(file);
  for (const auto& [name, tensor] : arrays) {
    const at::Tensor array = plain(tensor);
    archive.add(name + ".npy", npy_header(array), bytes_of(array));
  }
  archive.finish();
  file.commit();
}

}  // namespace glow::io
