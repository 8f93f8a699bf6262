#include "glow/dynamics/plane_file.h"

#include <algorithm>
#include <filesystem>
#include <set>

namespace glow {

PlaneFile::PlaneFile(const std::string& path) : file_(path) {
  if (file_.size() == 0) file_.append_line(plane_header());
}

void PlaneFile::append(const std::vector<PlaneRow>& rows) {
  if (rows.empty()) return;
  std::string lines;
  for (const auto& row : rows) lines += (lines.empty() ? "" : "\n") + to_csv(row);
  const std::lock_guard lock(mutex_);
  file_.append_line(lines);
}

void PlaneFile::close() {
  const std::lock_guard lock(mutex_);
  file_.close();
}

void replace_rows(const std::string& path, const std::vector<PlaneRow>& rows) {
  std::set<std::string> evaluators;
  for (const auto& row : rows) evaluators.insert(row.evaluator);
  std::string text = plane_header() + "\n";
  if (std::filesystem::exists(path)) {
    for (const auto& row : read_plane(path)) {
      if (evaluators.count(row.evaluator) == 0) text += to_csv(row) + "\n";
    }
  }
  for (const auto& row : rows) text += to_csv(row) + "\n";
  io::write_atomic(path, text);
}

}  // namespace glow
