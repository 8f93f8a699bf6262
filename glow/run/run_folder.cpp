#include "glow/run/run_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "glow/core/error.h"
#include "glow/io/atomic_file.h"
#include "glow/io/input_file.h"

namespace glow {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// Everything that a run writes; nothing else in the folder is touched.
constexpr std::array<const char*, 8> kContents{"experiment.toml", "run.json",   "history.csv",
                                               "plane.csv",       "segments",   "checkpoints",
                                               "figures",         "report.html"};

bool is_file_of(int descriptor, const std::string& path) {
  struct stat opened {
  }, named{};
  return ::fstat(descriptor, &opened) == 0 && ::stat(path.c_str(), &named) == 0 &&
         opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

// The file goes with the lock, and only the owner of the lock may remove it.
std::shared_ptr<void> lock(const std::string& folder) {
  const std::string path = folder + "/run.lock";
  const int descriptor = ::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644);
  if (descriptor < 0) throw Error("cannot write in {}: {}", folder, std::strerror(errno));
  const bool owned = ::flock(descriptor, LOCK_EX | LOCK_NB) == 0;
  // What was locked may have been removed in between: then another process has a new one.
  if (!owned || !is_file_of(descriptor, path)) {
    ::close(descriptor);
    throw ValueError("{} is being written by another process", folder);
  }
  return {nullptr, [descriptor, path](void*) {
            ::unlink(path.c_str());
            ::close(descriptor);
          }};
}

}  // namespace

RunFolder RunFolder::open(const std::string& path) {
  if (!fs::exists(path + "/run.json") && !fs::exists(path + "/plane.csv")) {
    throw ValueError("{} is no run folder: it has neither run.json nor plane.csv", path);
  }
  return RunFolder(path);
}

RunFolder RunFolder::open_to_write(const std::string& path) {
  RunFolder folder = open(path);
  folder.lock_ = lock(path);
  return folder;
}

RunFolder RunFolder::create(const std::string& path, bool force) {
  std::error_code error;
  if (fs::exists(path) && !fs::is_directory(path)) {
    throw ValueError("{} is a file; --out names a folder", path);
  }
  const bool is_run = fs::exists(path + "/run.json");
  if (!is_run && fs::exists(path) && !fs::is_empty(path, error)) {
    throw ValueError("{} holds something that is no run; give another --out", path);
  }
  fs::create_directories(path, error);
  if (error) throw Error("cannot create {}: {}", path, error.message());
  RunFolder folder(path);
  folder.lock_ = lock(path);
  if (is_run && !force) {
    std::string status = "unreadable";
    try {
      status = folder.read_record().status;
    } catch (const DataError&) {
      // It may have been a finished one.
    }
    // A failed one is to be mended and run again; of the others something would be lost.
    if (status != "failed") {
      throw ValueError("{} holds {}; give another --out, or --force to replace it", path,
                       status == "finished"      ? "a finished run"
                       : status == "interrupted" ? "an interrupted run"
                       : status == "running"     ? "a run that was killed"
                                                 : "a run.json that cannot be read");
    }
  }
  return folder;
}

void RunFolder::clear() const {
  for (const char* name : kContents) fs::remove_all(file(name));
  io::remove_stale_temporaries(path_);
}

void RunFolder::write_record(const RunRecord& record) const {
  Json json{{"name", record.name},
            {"status", record.status},
            {"glow", record.glow_version},
            {"torch", record.torch_version},
            {"seed", record.seed},
            {"device", record.device},
            {"threads", record.threads},
            {"command", record.command},
            {"started", record.started},
            {"ended", record.ended.empty() ? Json() : Json(record.ended)},
            {"seconds", record.seconds},
            {"networks", record.networks},
            {"epochs", record.epochs},
            {"batches", record.batches},
            {"parameters", record.parameters}};
  if (!record.error.empty()) json["error"] = record.error;
  json["data"] = Json::object();
  for (const auto& [file, checksum] : record.data) json["data"][file] = checksum;
  json["limits"] = record.limits;
  json["layers"] = Json::array();
  for (const auto& layer : record.layers) {
    json["layers"].push_back({{"name", layer.name},
                              {"type", layer.type},
                              {"output", layer.output},
                              {"parameters", layer.parameters},
                              {"on_plane", layer.has_parameters}});
  }
  json["warnings"] = record.warnings;
  io::write_atomic(file("run.json"),
                   json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

RunRecord RunFolder::read_record() const {
  const std::string path = file("run.json");
  RunRecord record;
  if (!fs::exists(path)) {  // dynamics that a program saved
    record.name = fs::path(path_).lexically_normal().filename().string();
    record.status = "recorded";
    return record;
  }
  try {
    const Json json = Json::parse(io::read_file(path));
    record.name = json.at("name");
    record.status = json.at("status");
    record.error = json.value("error", "");
    record.glow_version = json.at("glow");
    record.torch_version = json.at("torch");
    record.seed = json.at("seed");
    record.device = json.at("device");
    record.threads = json.at("threads");
    record.command = json.at("command");
    record.started = json.at("started");
    if (!json.at("ended").is_null()) record.ended = json.at("ended");
    record.seconds = json.at("seconds");
    record.networks = json.at("networks");
    record.epochs = json.at("epochs");
    record.batches = json.at("batches");
    record.parameters = json.at("parameters");
    for (const auto& [file, checksum] : json.at("data").items()) {
      record.data.emplace_back(file, checksum);
    }
    record.limits = json.at("limits").get<std::map<std::string, double>>();
    for (const auto& layer : json.at("layers")) {
      record.layers.push_back({layer.at("name"), layer.at("type"), layer.at("output"),
                               layer.at("parameters"), layer.at("on_plane")});
    }
    record.warnings = json.at("warnings").get<std::vector<std::string>>();
  } catch (const Json::exception& error) {
    throw DataError("{}: no run.json of glow: {}", path, error.what());
  }
  return record;
}

}  // namespace glow
