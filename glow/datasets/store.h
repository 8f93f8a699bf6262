// Where data sets live on this machine, and how they get there.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace glow::datasets {

/// $GLOW_DATA_DIR, else $XDG_CACHE_HOME/glow/datasets, else ~/.cache/glow/datasets.
std::string data_dir();

/// The path of a file of a set, `find_file("mnist", "train-labels-idx1-ubyte.gz")`; none when it is
/// not there.
std::optional<std::string> find_file(const std::string& set, const std::string& file);

/// A file as its publisher has it.
struct RemoteFile {
  std::string name;
  std::string sha256;
  std::vector<std::string> mirrors;  // whole URLs, tried in order
};

/// A file of this machine and what is in it.
struct StoredFile {
  std::string path;
  std::string sha256;
};

/// The file, downloaded by the `curl` program when it is not there; nothing that has
/// not the right checksum gets its name. A file that is there and has another checksum is used,
/// with a warning. Throws Error that says which file to put where when it cannot be had,
/// Interrupted on Ctrl-C.
StoredFile require_file(const std::string& set, const RemoteFile& file);

/// Runs a program without a shell, its output on our stderr; gives its exit status, 127 when there
/// is none of that name. Ends it when a stop is requested. none.
int run_program(const std::vector<std::string>& command);

}  // namespace glow::datasets
