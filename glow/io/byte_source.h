// Bytes in order, out of a file as it is or inflated on the way: what the parsers of IDX and npy
// read.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "glow/io/input_file.h"

namespace glow::io {

class ByteSource {
 public:
  explicit ByteSource(std::string name) : name_(std::move(name)) {}
  virtual ~ByteSource() = default;

  /// Exactly `count` bytes. Throws DataError where the source ends before, naming the offset.
  void read(void* to, int64_t count);
  /// Throws DataError unless everything was read and what was read carries the right checksum.
  virtual void finish() = 0;

  /// What messages call the source: the path, or `path: member`.
  const std::string& name() const { return name_; }
  /// Bytes read so far.
  int64_t position() const { return position_; }
  /// Bytes in all where that is known beforehand, else -1.
  virtual int64_t size() const { return -1; }
  /// What can come at most: a header that promises more is refused before memory is asked for.
  virtual int64_t most() const = 0;

 protected:
  /// Reads up to `count` bytes; fewer only at the end.
  virtual int64_t read_some(void* to, int64_t count) = 0;

 private:
  std::string name_;
  int64_t position_ = 0;
};

/// The bytes [begin, begin + count) of a file, which must outlive the source. A `crc` that is not
/// negative is compared with the crc32 of what was read.
std::unique_ptr<ByteSource> stored_bytes(const InputFile& file, std::string name, int64_t begin,
                                         int64_t count, int64_t crc = -1);

/// As above, of bytes that are a raw deflate stream of `size` bytes once inflated.
std::unique_ptr<ByteSource> deflated_bytes(const InputFile& file, std::string name, int64_t begin,
                                           int64_t count, int64_t size, int64_t crc);

/// A whole file: inflated when it begins as gzip does, else as it is. Nothing is inflated beyond
/// what is asked for, so a reader that knows how much it needs is safe from bombs. `finish` refuses
/// a truncated stream, a wrong CRC, longer content and bytes after the end.
std::unique_ptr<ByteSource> open_plain_or_gzip(const InputFile& file);

}  // namespace glow::io
