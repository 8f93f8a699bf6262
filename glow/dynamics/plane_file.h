// plane.csv on disk.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "glow/dynamics/plane.h"
#include "glow/io/atomic_file.h"

namespace glow {

/// Appends rows while networks train, from any thread: readable at any time, whole lines only.
class PlaneFile {
 public:
  explicit PlaneFile(const std::string& path);
  void append(const std::vector<PlaneRow>& rows);
  void close();

 private:
  std::mutex mutex_;
  io::AppendFile file_;
};

/// Rewrites plane.csv: the rows of the same evaluators go, these come.
void replace_rows(const std::string& path, const std::vector<PlaneRow>& rows);

}  // namespace glow
