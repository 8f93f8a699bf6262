// Makes the compressed files that the readers are tested with.
#pragma once

#include <zlib.h>

#include <string>

namespace glow::test {

/// `bits`: 31 for gzip, -15 for a raw deflate stream, as in zlib.
inline std::string deflated(const std::string& bytes, int bits) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}
inline std::string gzipped(const std::string& bytes) { return deflated(bytes, 31); }

}  // namespace glow::test
