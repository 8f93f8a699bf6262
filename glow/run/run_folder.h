// The folder of a run: what lies in it, who may write it, what run.json says.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace glow {

/// One layer of the trained network, for reports.
struct LayerRecord {
  std::string name, type, output;
  int64_t parameters = 0;
  bool has_parameters = false;
};

/// run.json.
struct RunRecord {
  std::string name;
  std::string status = "running";  // running, finished, failed, interrupted, recorded
  std::string error = {};          // of a failed run
  std::string glow_version, torch_version, device, command;
  int64_t seed = 0, threads = 0, networks = 0, epochs = 0, batches = 0, parameters = 0;
  std::string started, ended = {};
  double seconds = 0;
  std::vector<std::pair<std::string, std::string>> data;  // file → sha256
  std::vector<LayerRecord> layers;
  std::vector<std::string> warnings;
  /// Of the examples measured, in nats, where they are known exactly: H(X), I(X;Y).
  std::map<std::string, double> limits;
};

/// Paths below one run folder.
class RunFolder {
 public:
  /// An existing one, to read. Throws ValueError when it is none.
  static RunFolder open(const std::string& path);

  /// An existing one, locked against a second process that would write it. Throws ValueError.
  static RunFolder open_to_write(const std::string& path);

  /// A new one, locked against a second process. What an earlier run left there stays until
  /// `clear`; a finished run is no place for another unless `force`. Throws ValueError when it is
  /// kept, holds something else, or another process is writing it; Error when it cannot be written.
  static RunFolder create(const std::string& path, bool force);

  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

  /// Removes what an earlier run has left.
  void clear() const;

  void write_record(const RunRecord& record) const;
  /// Of a folder without one, as IBSequential's save_dynamics makes it, the name and the status
  /// `recorded`. Throws DataError on a run.json that is damaged.
  RunRecord read_record() const;

 private:
  explicit RunFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
  std::shared_ptr<void> lock_;  // held while the run is written
};

}  // namespace glow
