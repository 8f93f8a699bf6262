// Zip archives as NumPy writes them: the container of .npz.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "glow/io/atomic_file.h"
#include "glow/io/byte_source.h"

namespace glow::io {

/// A member of an archive, as its directory describes it.
struct ZipMember {
  std::string name;
  bool deflated = false;
  int64_t begin = 0;       // of its bytes in the file
  int64_t compressed = 0;  // how many
  int64_t size = 0;        // inflated
  uint32_t crc = 0;
};

/// The members, in the order of the directory. Understands zip64. Throws DataError on anything that
/// is not exactly an archive of stored and deflated members: see `read_npz`.
std::vector<ZipMember> read_zip_directory(const InputFile& file);

/// The inflated bytes of a member; `finish` checks its length and CRC.
std::unique_ptr<ByteSource> open_member(const InputFile& file, const ZipMember& member);

/// Writes an archive of stored members.
class ZipWriter {
 public:
  /// Sizes and offsets from `zip64_from` on are written in zip64's fields.
  explicit ZipWriter(AtomicFile& file, int64_t zip64_from = 0xffffffff)
      : file_(file), zip64_from_(zip64_from) {}

  /// A member whose content is `head` followed by `body`.
  void add(const std::string& name, std::string_view head, std::string_view body);
  /// Writes the directory; the file is left to commit.
  void finish();

 private:
  struct Entry {
    std::string name;
    uint32_t crc;
    int64_t size, offset;
  };

  void write(std::string_view bytes);
  std::string directory_entry(const Entry& entry) const;

  AtomicFile& file_;
  int64_t zip64_from_;
  int64_t position_ = 0;
  std::vector<Entry> entries_;
};

}  // namespace glow::io
