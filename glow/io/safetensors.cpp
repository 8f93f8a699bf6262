// The format: https://github.com/huggingface/safetensors#format. Eight bytes, the length of the
// header; the header, JSON; the bytes of the tensors without a gap.
#include "glow/io/safetensors.h"

#include <ATen/Functions.h>
#include <fmt/ranges.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <set>
#include <string_view>

#include "glow/core/error.h"
#include "glow/io/atomic_file.h"
#include "glow/io/input_file.h"
#include "glow/io/layout.h"

namespace glow::io {
namespace {

using nlohmann::json;

constexpr int64_t kMostHeader = 16 << 20;
constexpr int kMostDepth = 2;  // the file, a tensor, its shape
constexpr std::string_view kMetadata = "__metadata__";
constexpr std::string_view kChecksum = "crc32";  // of the header; `crc32.<tensor>` of a tensor

struct TypeRow {
  std::string_view name;
  at::ScalarType type;
};
constexpr std::array kTypes = {TypeRow{"BOOL", at::kBool}, TypeRow{"U8", at::kByte},
                               TypeRow{"I8", at::kChar},   TypeRow{"I16", at::kShort},
                               TypeRow{"I32", at::kInt},   TypeRow{"I64", at::kLong},
                               TypeRow{"F16", at::kHalf},  TypeRow{"BF16", at::kBFloat16},
                               TypeRow{"F32", at::kFloat}, TypeRow{"F64", at::kDouble}};

std::string crc32_text(const void* bytes, size_t count) {
  // Of no bytes there may be no pointer to give, which zlib takes for a request to begin anew.
  return fmt::format("{:08x}",
                     count == 0 ? 0 : crc32_z(0, static_cast<const Bytef*>(bytes), count));
}
std::string crc32_text(const at::Tensor& t) { return crc32_text(t.data_ptr(), t.nbytes()); }

std::string crc32_key(const std::string& tensor) { return fmt::format("{}.{}", kChecksum, tensor); }

// Where the digits of the header's own checksum stand; they count as zeros in it.
std::optional<size_t> checksum_place(std::string_view header) {
  const std::string key = fmt::format("\"{}\":\"", kChecksum);
  const size_t found = header.find(key);
  if (found == std::string_view::npos || found + key.size() + 8 > header.size())
    return std::nullopt;
  return found + key.size();
}

std::string header_checksum(std::string header) {
  header.replace(*checksum_place(header), 8, 8, '0');
  return crc32_text(header.data(), header.size());
}

// ---- writing ------------------------------------------------------------------------------------

std::string quoted(const std::string& text) {
  try {
    return json(text).dump();
  } catch (const json::exception&) {
    throw ValueError("'{}' is no UTF-8", text);
  }
}

void check_names(const TensorFile& file) {
  std::set<std::string_view> names;
  for (const auto& [name, tensor] : file.tensors) {
    if (name == kMetadata) throw ValueError("no tensor can be named {}", kMetadata);
    if (!names.insert(name).second) throw ValueError("two tensors are named '{}'", name);
  }
  for (const auto& [key, value] : file.metadata) {
    if (key == kChecksum || key.starts_with(crc32_key(""))) {
      throw ValueError("metadata '{}': keys of checksums are reserved", key);
    }
  }
}

std::string_view type_name(const std::string& name, const at::Tensor& tensor) {
  for (const auto& row : kTypes) {
    if (row.type == tensor.scalar_type()) return row.name;
  }
  throw ValueError("tensor '{}': {} cannot be saved", name, c10::toString(tensor.scalar_type()));
}

// The largest elements first, so that every tensor begins at a multiple of its element.
std::vector<size_t> order_of(const std::vector<at::Tensor>& tensors) {
  std::vector<size_t> order(tensors.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return tensors[a].element_size() > tensors[b].element_size();
  });
  return order;
}

std::string make_header(const TensorFile& file, const std::vector<at::Tensor>& tensors,
                        const std::vector<size_t>& order) {
  std::string header = fmt::format("{{\"{}\":{{\"{}\":\"00000000\"", kMetadata, kChecksum);
  for (size_t i = 0; i < tensors.size(); ++i) {
    header +=
        fmt::format(",{}:\"{}\"", quoted(crc32_key(file.tensors[i].first)), crc32_text(tensors[i]));
  }
  for (const auto& [key, value] : file.metadata) {
    header += fmt::format(",{}:{}", quoted(key), quoted(value));
  }
  header += '}';
  std::vector<size_t> begin(tensors.size());
  size_t end = 0;
  for (const size_t i : order) {
    begin[i] = end;
    end += tensors[i].nbytes();
  }
  for (size_t i = 0; i < tensors.size(); ++i) {
    const auto& name = file.tensors[i].first;
    header +=
        fmt::format(",{}:{{\"dtype\":\"{}\",\"shape\":[{}],\"data_offsets\":[{},{}]}}",
                    quoted(name), type_name(name, tensors[i]), fmt::join(tensors[i].sizes(), ","),
                    begin[i], begin[i] + tensors[i].nbytes());
  }
  header += '}';
  header.append((8 - header.size() % 8) % 8, ' ');
  return header.replace(*checksum_place(header), 8, header_checksum(header));
}

// ---- reading ------------------------------------------------------------------------------------

struct Entry {
  std::string name;
  at::ScalarType type = at::kFloat;
  std::vector<int64_t> shape;
  int64_t begin = 0, end = 0;  // in the bytes after the header
};

class Reader {
 public:
  explicit Reader(const std::string& path) : file_(path) {}

  TensorFile read() {
    read_header();
    const json header = parse();
    read_metadata(header);
    for (const auto& name : names_) {
      if (name != kMetadata) entries_.push_back(read_entry(name, header[name]));
    }
    check_layout();
    check_checksum_keys(header);
    for (const auto& entry : entries_) out_.tensors.emplace_back(entry.name, read_tensor(entry));
    return std::move(out_);
  }

 private:
  template <class... A>
  [[noreturn]] void fail(fmt::format_string<A...> format, A&&... arguments) const {
    throw DataError("{}: {}", file_.path(), fmt::format(format, std::forward<A>(arguments)...));
  }

  void read_header() {
    if (file_.size() < 8) fail("{} bytes: no safetensors file", file_.size());
    uint64_t length = 0;
    file_.read_at(0, &length, 8);
    if (length > kMostHeader) {
      fail("a header of {} bytes, at most {} expected: no safetensors file", length, kMostHeader);
    }
    data_ = 8 + static_cast<int64_t>(length);
    if (data_ > file_.size()) {
      fail("truncated: {} bytes, the header alone ends at {}", file_.size(), data_);
    }
    text_.resize(length);
    file_.read_at(8, text_.data(), static_cast<int64_t>(length));
    if (!text_.starts_with('{')) fail("byte 8: the header is no JSON object");
  }

  // The header, its tensors' names in their order; nothing nested deeper and no key given twice.
  json parse() {
    std::set<std::string> top, inner;
    const auto watch = [&](int depth, json::parse_event_t event, json& value) {
      using Event = json::parse_event_t;
      if ((event == Event::object_start || event == Event::array_start) && depth > kMostDepth) {
        fail("the header is nested too deep");
      }
      if (event == Event::object_start) inner.clear();
      if (event != Event::key) return true;
      const auto& key = value.get_ref<const std::string&>();
      if (!(depth == 1 ? top : inner).insert(key).second) fail("the header has '{}' twice", key);
      if (depth == 1) names_.push_back(key);
      return true;
    };
    try {
      return json::parse(text_, watch);
    } catch (const json::parse_error& error) {
      fail("byte {}: the header is no JSON in UTF-8", 8 + error.byte - 1);
    } catch (const json::exception&) {
      fail("the header has a number that is too large");
    }
  }

  void read_metadata(const json& header) {
    const auto found = header.find(kMetadata);
    if (found == header.end()) return;
    if (!found->is_object()) fail("{} is no object", kMetadata);
    for (const auto& [key, value] : found->items()) {
      if (!value.is_string()) fail("{}: '{}' is no string", kMetadata, key);
      const auto& text = value.get_ref<const std::string&>();
      if (key == kChecksum) {
        if (text.size() != 8 || !checksum_place(text_) || header_checksum(text_) != text) {
          fail("the header is damaged: its checksum differs");
        }
      } else if (key.starts_with(crc32_key(""))) {
        checksums_[key.substr(crc32_key("").size())] = text;
      } else {
        out_.metadata[key] = text;
      }
    }
  }

  int64_t size_in(const json& value, const std::string& tensor) const {
    if (!value.is_number_unsigned() || value.get<uint64_t>() > INT64_MAX) {
      fail("tensor '{}': a size or offset is no whole number of at most 63 bits", tensor);
    }
    return value.get<int64_t>();
  }

  std::vector<int64_t> sizes_in(const json& list, const std::string& tensor) const {
    if (!list.is_array()) fail("tensor '{}': shape and data_offsets must be lists", tensor);
    std::vector<int64_t> out;
    for (const auto& value : list) out.push_back(size_in(value, tensor));
    return out;
  }

  Entry read_entry(const std::string& name, const json& described) const {
    if (!described.is_object() || described.size() != 3 || !described.contains("dtype") ||
        !described.contains("shape") || !described.contains("data_offsets") ||
        !described["dtype"].is_string()) {
      fail("tensor '{}': dtype, shape and data_offsets expected", name);
    }
    Entry entry;
    entry.name = name;
    const auto& type = described["dtype"].get_ref<const std::string&>();
    const auto* row = std::find_if(kTypes.begin(), kTypes.end(),
                                   [&](const TypeRow& known) { return known.name == type; });
    if (row == kTypes.end()) fail("tensor '{}': dtype {} is not known", name, type);
    entry.type = row->type;
    entry.shape = sizes_in(described["shape"], name);
    if (entry.shape.size() > 64) fail("tensor '{}': {} dimensions", name, entry.shape.size());
    const auto offsets = sizes_in(described["data_offsets"], name);
    if (offsets.size() != 2 || offsets[0] > offsets[1]) {
      fail("tensor '{}': data_offsets must be a begin and an end", name);
    }
    entry.begin = offsets[0];
    entry.end = offsets[1];
    const auto itemsize = static_cast<int64_t>(c10::elementSize(entry.type));
    const auto bytes = checked_bytes(entry.shape, itemsize);
    if (!bytes || *bytes != entry.end - entry.begin) {
      fail("tensor '{}': {} of shape {} expected, {} bytes found", name, type,
           shape_text(entry.shape), entry.end - entry.begin);
    }
    return entry;
  }

  // Every byte belongs to exactly one tensor.
  void check_layout() const {
    std::vector<const Entry*> order;
    for (const auto& entry : entries_) order.push_back(&entry);
    std::sort(order.begin(), order.end(), [](const Entry* a, const Entry* b) {
      return std::pair(a->begin, a->end) < std::pair(b->begin, b->end);
    });
    int64_t end = 0;
    for (const Entry* entry : order) {
      if (entry->begin != end) {
        fail("tensor '{}' begins at {}, {} the one before, which ends at {}", entry->name,
             entry->begin, entry->begin < end ? "inside" : "with a gap after", end);
      }
      end = entry->end;
    }
    const int64_t found = file_.size() - data_;
    if (end > found) fail("truncated: {} bytes of tensors expected, {} found", end, found);
    if (end < found) fail("{} bytes after the last tensor", found - end);
  }

  // Ours have all checksums: one that is missing has had its name damaged.
  void check_checksum_keys(const json& header) const {
    if (!checksums_.empty() && !header[kMetadata].contains(kChecksum)) {
      fail("the header is damaged: it has checksums of tensors and none of its own");
    }
    for (const auto& [name, text] : checksums_) {
      if (name == kMetadata || !header.contains(name)) {
        fail("a checksum of '{}', which is no tensor", name);
      }
    }
  }

  at::Tensor read_tensor(const Entry& entry) const {
    at::Tensor out = at::empty(entry.shape, entry.type);
    const int64_t count = entry.end - entry.begin;
    if (count > 0) file_.read_at(data_ + entry.begin, out.data_ptr(), count);
    const auto expected = checksums_.find(entry.name);
    if (expected != checksums_.end() && crc32_text(out) != expected->second) {
      fail("tensor '{}' is damaged: checksum {} expected, {} found", entry.name, expected->second,
           crc32_text(out));
    }
    if (entry.type == at::kBool) {
      const auto* byte = static_cast<const unsigned char*>(out.data_ptr());
      if (std::any_of(byte, byte + count, [](unsigned char b) { return b > 1; })) {
        fail("tensor '{}': a byte that is no boolean", entry.name);
      }
    }
    return out;
  }

  InputFile file_;
  std::string text_;  // the header
  int64_t data_ = 0;  // where the tensors begin
  std::vector<std::string> names_;
  std::map<std::string, std::string> checksums_;
  std::vector<Entry> entries_;
  TensorFile out_;
};

}  // namespace

const at::Tensor* TensorFile::find(const std::string& name) const {
  for (const auto& [known, tensor] : tensors) {
    if (known == name) return &tensor;
  }
  return nullptr;
}

void write_safetensors(const std::string& path, const TensorFile& file) {
  check_names(file);
  std::vector<at::Tensor> tensors;
  for (const auto& [name, tensor] : file.tensors) {
    tensors.push_back(tensor.detach().to(at::kCPU).contiguous());
  }
  const auto order = order_of(tensors);
  const std::string header = make_header(file, tensors, order);
  const uint64_t length = header.size();
  AtomicFile out(path);
  out.write({reinterpret_cast<const char*>(&length), sizeof length});
  out.write(header);
  for (const size_t i : order) {
    out.write({static_cast<const char*>(tensors[i].data_ptr()), tensors[i].nbytes()});
  }
  out.commit();
}

TensorFile read_safetensors(const std::string& path) { return Reader(path).read(); }

}  // namespace glow::io
