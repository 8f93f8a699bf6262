#include "glow/datasets/store.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "glow/core/console.h"
#include "glow/core/error.h"
#include "glow/core/stop.h"
#include "glow/core/text.h"
#include "glow/io/sha256.h"

extern char** environ;

namespace glow::datasets {
namespace {

namespace fs = std::filesystem;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::string path_of(const std::string& set, const std::string& file) {
  return (fs::path(data_dir()) / set / file).string();
}

bool fetch(const std::string& url, const std::string& to) {
  say(fmt::format("downloading {}", url));
  const bool bar = interactive() && !quiet();
  std::vector<std::string> command = {"curl", "--fail", "--location", "--connect-timeout", "15"};
  // A server that answers and then falls silent is given up after half a minute.
  for (const char* option : {"--speed-limit", "1000", "--speed-time", "30"}) {
    command.emplace_back(option);
  }
  if (bar) command.emplace_back("--progress-bar");
  if (!bar) command.insert(command.end(), {"--silent", "--show-error"});
  command.insert(command.end(), {"--output", to, url});
  return run_program(command) == 0;
}

// Downloads to `path`; gives what went wrong, nothing when nothing did.
std::string download(const RemoteFile& file, const std::string& path) {
  std::error_code error;
  fs::create_directories(fs::path(path).parent_path(), error);
  if (error) return error.message();
  const std::string temporary = fmt::format("{}.{}.part", path, ::getpid());
  struct Removal {
    const std::string& path;
    ~Removal() {
      std::error_code ignored;
      fs::remove(path, ignored);
    }
  } const removal{temporary};
  std::string problem = "no mirror is known";
  for (const auto& url : file.mirrors) {
    const bool fetched = fetch(url, temporary);
    check_stop();
    if (!fetched) {
      problem = "the download failed";
      continue;
    }
    if (const std::string found = io::sha256_file(temporary); found != file.sha256) {
      problem = fmt::format("{} has sha256 {}, expected {}", url, found, file.sha256);
      continue;
    }
    fs::rename(temporary, path, error);
    return error ? error.message() : "";
  }
  return problem;
}

}  // namespace

std::string data_dir() {
  if (const auto given = environment("GLOW_DATA_DIR"); !given.empty()) return given;
  if (const auto cache = environment("XDG_CACHE_HOME"); !cache.empty()) {
    return (fs::path(cache) / "glow" / "datasets").string();
  }
  if (const auto home = environment("HOME"); !home.empty()) {
    return (fs::path(home) / ".cache" / "glow" / "datasets").string();
  }
  throw Error("no folder for data sets: set GLOW_DATA_DIR, or HOME");
}

std::optional<std::string> find_file(const std::string& set, const std::string& file) {
  std::string path = path_of(set, file);
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return std::nullopt;
  return path;
}

StoredFile require_file(const std::string& set, const RemoteFile& file) {
  if (const auto path = find_file(set, file.name)) {
    const std::string found = io::sha256_file(*path);
    if (found != file.sha256) {
      warn(fmt::format("{} is not the published file: sha256 {}, expected {}", *path, found,
                       file.sha256));
    }
    return {*path, found};
  }
  const std::string path = path_of(set, file.name);
  if (const std::string problem = download(file, path); !problem.empty()) {
    throw Error("{}: {} is not there and cannot be had ({}); put {} into {}, from {}", set, path,
                problem, file.name, fs::path(path).parent_path().string(),
                join(file.mirrors, " or "));
  }
  return {path, file.sha256};
}

int run_program(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  // What a program says belongs to the talk: on stderr, as stdout is for results.
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  pid_t child = 0;
  const int error =
      posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return 127;
  int status = 0;
  bool told = false;
  for (;;) {
    const pid_t ended = waitpid(child, &status, WNOHANG);
    if (ended == child) break;
    if (ended < 0 && errno != EINTR) return 127;
    if (stop_requested() && !told) told = ::kill(child, SIGTERM) == 0;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace glow::datasets
