#include "glow/io/npy_header.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "glow/core/error.h"
#include "glow/core/text.h"

namespace glow::io {
namespace {

constexpr int64_t kMostNpyHeader = 64 << 10;
constexpr std::string_view kMagic = "\x93NUMPY";

// The little of Python's syntax that NumPy writes:
// {'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }
class HeaderParser {
 public:
  HeaderParser(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  struct Dictionary {
    std::optional<std::string> descr;
    std::optional<bool> fortran_order;
    std::optional<std::vector<int64_t>> shape;
  };

  Dictionary dictionary() {
    Dictionary out;
    expect('{');
    while (!accept('}')) {
      const std::string key = string();
      expect(':');
      if (key == "descr" && !out.descr) {
        out.descr = descr();
      } else if (key == "fortran_order" && !out.fortran_order) {
        out.fortran_order = boolean();
      } else if (key == "shape" && !out.shape) {
        out.shape = tuple();
      } else {
        fail("unknown or repeated key '" + key + "'");
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skip_space();
    if (next_ != text_.size()) fail("text after the dictionary");
    if (!out.descr || !out.fortran_order || !out.shape) {
      fail("descr, fortran_order and shape expected");
    }
    return out;
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const {
    throw DataError("{}: header: {}", name_, problem);
  }

  void skip_space() {
    while (next_ < text_.size() && (text_[next_] == ' ' || text_[next_] == '\n')) ++next_;
  }
  bool accept(char c) {
    skip_space();
    if (next_ >= text_.size() || text_[next_] != c) return false;
    ++next_;
    return true;
  }
  void expect(char c) {
    if (!accept(c)) fail(fmt::format("'{}' expected at its byte {}", c, next_));
  }

  std::string string() {
    skip_space();
    const char quote = next_ < text_.size() ? text_[next_] : ' ';
    if (quote != '\'' && quote != '"') fail(fmt::format("a string expected at its byte {}", next_));
    const size_t end = text_.find(quote, next_ + 1);
    if (end == std::string_view::npos) fail("a string without an end");
    std::string out(text_.substr(next_ + 1, end - next_ - 1));
    next_ = end + 1;
    return out;
  }

  std::string descr() {
    skip_space();
    if (next_ < text_.size() && text_[next_] == '[') {
      fail("a structured array; plain arrays of numbers are read");
    }
    return string();
  }

  bool boolean() {
    skip_space();
    for (const auto& [word, value] : {std::pair{"True", true}, std::pair{"False", false}}) {
      if (text_.substr(next_).starts_with(word)) {
        next_ += std::string_view(word).size();
        return value;
      }
    }
    fail("fortran_order: True or False expected");
  }

  std::vector<int64_t> tuple() {
    std::vector<int64_t> sizes;
    expect('(');
    while (!accept(')')) {
      skip_space();
      const size_t end = std::min(text_.find_first_not_of("0123456789", next_), text_.size());
      int64_t size = 0;
      if (!parse_number(text_.substr(next_, end - next_), size)) fail("shape: a size expected");
      sizes.push_back(size);
      next_ = end;
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    if (sizes.size() > 64) fail(fmt::format("{} dimensions, at most 64 expected", sizes.size()));
    return sizes;
  }

  std::string_view text_;
  const std::string& name_;
  size_t next_ = 0;
};

struct NpyType {
  std::string_view code;  // kind and size
  at::ScalarType type;
};
// The types of the same bits; unsigned ones have to be widened after reading.
constexpr std::array kNpyTypes = {
    NpyType{"b1", at::kBool},  NpyType{"u1", at::kByte},  NpyType{"i1", at::kChar},
    NpyType{"i2", at::kShort}, NpyType{"i4", at::kInt},   NpyType{"i8", at::kLong},
    NpyType{"f2", at::kHalf},  NpyType{"f4", at::kFloat}, NpyType{"f8", at::kDouble},
    NpyType{"u2", at::kShort}, NpyType{"u4", at::kInt},   NpyType{"u8", at::kLong}};

void read_type(const std::string& descr, const std::string& name, NpyHeader& header) {
  const std::string code = descr.empty() ? "" : descr.substr(1);
  const auto* row = std::find_if(kNpyTypes.begin(), kNpyTypes.end(),
                                 [&](const NpyType& known) { return known.code == code; });
  const char order = descr.empty() ? ' ' : descr[0];
  if (row == kNpyTypes.end() || std::string_view("<>|=").find(order) == std::string_view::npos ||
      (order == '|' && code[1] != '1')) {
    const char kind = code.empty() ? ' ' : code[0];
    throw DataError(
        "{}: elements of type '{}'{}; booleans, integers and floats of at most 64 bits "
        "are read",
        name, descr,
        kind == 'O'                  ? ", Python objects, which would have to be executed"
        : kind == 'U' || kind == 'S' ? ", text"
        : kind == 'c'                ? ", complex numbers"
                                     : "");
  }
  header.kind = code[0];
  header.itemsize = code[1] - '0';
  header.type = row->type;
  header.big_endian = order == '>';
}

}  // namespace

NpyHeader read_npy_header(ByteSource& source) {
  std::array<char, 8> magic{};
  source.read(magic.data(), magic.size());
  if (std::string_view(magic.data(), 6) != kMagic) {
    throw DataError("{}: byte 0: no .npy file", source.name());
  }
  const int version = magic[6];
  if (version < 1 || version > 3 || magic[7] != 0) {
    throw DataError("{}: byte 6: format version {}.{}; 1.0 to 3.0 are read", source.name(), version,
                    static_cast<int>(magic[7]));
  }
  std::array<unsigned char, 4> size{};
  source.read(size.data(), version == 1 ? 2 : 4);
  const int64_t length = size[0] | size[1] << 8 | size[2] << 16 | int64_t{size[3]} << 24;
  if (length > kMostNpyHeader) {
    throw DataError("{}: a header of {} bytes, at most {} expected", source.name(), length,
                    kMostNpyHeader);
  }
  std::string text(static_cast<size_t>(length), '\0');
  source.read(text.data(), length);
  const auto dictionary = HeaderParser(text, source.name()).dictionary();
  NpyHeader header;
  read_type(*dictionary.descr, source.name(), header);
  header.fortran_order = *dictionary.fortran_order;
  header.shape = *dictionary.shape;
  return header;
}

std::string npy_header(const at::Tensor& tensor) {
  const auto* row = std::find_if(kNpyTypes.begin(), kNpyTypes.end(), [&](const NpyType& known) {
    return known.type == tensor.scalar_type();
  });
  if (row == kNpyTypes.end()) {
    throw ValueError("NumPy has no {}: convert the tensor to float32 first",
                     c10::toString(tensor.scalar_type()));
  }
  std::string shape;
  for (const int64_t size : tensor.sizes()) shape += fmt::format("{}, ", size);
  // A tuple of one has a comma, of more it needs none at the end.
  if (tensor.dim() == 1) shape.pop_back();
  if (tensor.dim() > 1) shape.resize(shape.size() - 2);
  std::string text = fmt::format("{{'descr': '{}{}', 'fortran_order': False, 'shape': ({}), }}",
                                 row->code[1] == '1' ? '|' : '<', row->code, shape);
  // The array begins at a multiple of 64 bytes.
  constexpr size_t kBefore = 10;
  text.append(63 - (text.size() + kBefore) % 64, ' ');
  text += '\n';
  std::string header(kMagic);
  header += {1, 0, static_cast<char>(text.size() & 0xff), static_cast<char>(text.size() >> 8)};
  return header + text;
}

}  // namespace glow::io
