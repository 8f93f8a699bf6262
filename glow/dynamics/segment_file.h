// Saved segments: the raw activations of a snapshot, to be measured again later.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "glow/information/segment.h"

namespace glow {

/// When and where a segment was taken; as in plane.csv.
struct SnapshotInfo {
  int64_t network = 1;
  int64_t epoch = 0;
  int64_t step = 0;
  std::string on;
  std::string mode;
};

struct SavedSegment {
  SnapshotInfo info;
  Segment segment;
  std::vector<int64_t> numbers;  // of its layers in the network, from 1: not all may be tracked
};

/// n1-e5-s3749.safetensors
std::string segment_file_name(const SnapshotInfo& info);

/// Reads one back; `classes`, of the data set, is in the file. Throws DataError.
SavedSegment read_segment(const std::string& path);

/// The saved segments of a folder, ordered by network and step; none when it does not exist.
std::vector<std::string> list_segments(const std::string& folder);

/// Bytes that the tensors of a segment take.
int64_t segment_bytes(const Segment& segment);

/// Writes segments into a folder until they take `limit` bytes; then warns once and writes no more.
/// For all networks of a run, from any thread.
class SegmentStore {
 public:
  SegmentStore(std::string folder, int64_t limit);
  void save(const SavedSegment& saved);
  int64_t limit() const { return limit_; }

 private:
  std::string folder_;
  int64_t limit_;
  std::mutex mutex_;
  int64_t written_ = 0;
  bool full_ = false;
};

}  // namespace glow
