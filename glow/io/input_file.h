// A file open for reading, every read of which is checked.
#pragma once

#include <cstdint>
#include <string>

namespace glow::io {

/// Positional reads of a regular file. Throws Error when it cannot be opened ("cannot read PATH: No
/// such file or directory") or is a folder.
class InputFile {
 public:
  explicit InputFile(const std::string& path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  const std::string& path() const { return path_; }
  int64_t size() const { return size_; }

  /// Exactly `count` bytes from `offset`. Throws DataError where the file ends before.
  void read_at(int64_t offset, void* to, int64_t count) const;

 private:
  std::string path_;
  int descriptor_ = -1;
  int64_t size_ = 0;
};

/// The whole file. Throws DataError when it has more than `limit` bytes.
std::string read_file(const std::string& path, int64_t limit = int64_t{1} << 30);

}  // namespace glow::io
