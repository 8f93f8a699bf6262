// Files that are never half written, and logs that only grow by whole lines.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace glow::io {

/// A file that appears under its name only when it is complete: written to a temporary file in the
/// same folder, flushed to the disk, then renamed. Without `commit` the temporary file is removed
/// and what stood under the name before stays. Throws Error: "cannot write PATH: No space left on
/// device".
class AtomicFile {
 public:
  explicit AtomicFile(const std::string& path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::string_view bytes);
  void commit();

 private:
  [[noreturn]] void fail(int error);

  std::string path_, temporary_;
  int descriptor_ = -1;
};

/// The whole content of a file at once.
void write_atomic(const std::string& path, std::string_view bytes);

/// Removes what killed processes left behind: temporary files in `folder` whose process is gone.
void remove_stale_temporaries(const std::string& folder);

/// A log (CSV) that grows by whole lines, each with one write(2), so that a reader of the live file
/// sees no half line and a killed run leaves at most one: an incomplete last line that is found
/// when the file is opened is cut off, with a warning.
class AppendFile {
 public:
  /// Creates the file where it is missing. Throws Error.
  explicit AppendFile(const std::string& path);
  ~AppendFile();
  AppendFile(AppendFile&& other) noexcept;
  AppendFile& operator=(AppendFile&& other) noexcept;

  /// Writes `line` and a line break; `line` may hold several lines. When the disk is full the file
  /// stays as it was before the call. Throws Error, StateError after `close`.
  void append_line(std::string_view line);
  /// Flushes to the disk and closes; throws Error where that fails. The destructor closes in
  /// silence.
  void close();

  /// Bytes in the file: 0 means that it needs its header line.
  int64_t size() const;

 private:
  void cut_incomplete_line();

  std::string path_;
  int descriptor_ = -1;
};

}  // namespace glow::io
