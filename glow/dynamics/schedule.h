// When the dynamics are measured.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "glow/core/value.h"

namespace glow {

/// "batch", a number of batches, "epoch" or "log": log-spaced epochs.
struct Every {
  enum class Kind { batches, epoch, log };
  Kind kind = Kind::batches;
  int64_t batches = 1;

  Every() = default;
  Every(const char* word) : Every(std::string(word)) {}  // NOLINT: `.every = "epoch"`
  Every(const std::string& word);                        // NOLINT
  Every(int64_t batches);                                // NOLINT
};
void read_value(const Value& in, Every& out);
Value write_value(const Every& in);
std::string to_string(const Every& every);

/// 0, 1, …, `epochs`: about `snapshots` distinct epochs, evenly spaced in their logarithm as far as
/// whole numbers allow; all of them when there are fewer.
std::set<int64_t> log_spaced_epochs(int64_t epochs, int64_t snapshots);

/// "true" (one an epoch, its last measured), "all" (every measured one) or "false".
enum class Saving { none, last, all };
void read_value(const Value& in, Saving& out);
Value write_value(const Saving& in);

/// A number of bytes: 2000000000, "2 GB", "500 MB", "1 GiB".
struct ByteCount {
  int64_t bytes = 0;
};
void read_value(const Value& in, ByteCount& out);
Value write_value(const ByteCount& in);
/// "1.4 GB".
std::string bytes_text(int64_t bytes);

}  // namespace glow
