#include "glow/dynamics/segment_file.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <tuple>

#include "glow/core/console.h"
#include "glow/core/error.h"
#include "glow/core/text.h"
#include "glow/io/safetensors.h"

namespace glow {
namespace {

namespace fs = std::filesystem;

// n1-e5-s3749 → {1, 5, 3749}; empty when it is no such name.
std::vector<int64_t> numbers_of(const std::string& stem) {
  std::vector<int64_t> numbers;
  const std::string letters = "nes";
  const auto parts = split(stem, '-');
  if (parts.size() != letters.size()) return {};
  for (size_t i = 0; i < parts.size(); ++i) {
    int64_t number = 0;
    if (parts[i].empty() || parts[i][0] != letters[i] ||
        !parse_number(std::string_view(parts[i]).substr(1), number)) {
      return {};
    }
    numbers.push_back(number);
  }
  return numbers;
}

int64_t whole(const std::map<std::string, std::string>& metadata, const std::string& key,
              const std::string& path) {
  const auto it = metadata.find(key);
  int64_t value = 0;
  if (it == metadata.end() || !parse_number(it->second, value)) {
    throw DataError("{}: no saved segment: '{}' in its metadata is {}", path, key,
                    it == metadata.end() ? "missing" : "no integer");
  }
  return value;
}

std::vector<int64_t> layer_numbers(const io::TensorFile& file, size_t layers,
                                   const std::string& path) {
  const auto it = file.metadata.find("layers");
  std::vector<int64_t> numbers;
  if (it != file.metadata.end()) {
    for (const auto& text : split(it->second, ',')) {
      int64_t number = 0;
      if (parse_number(text, number)) numbers.push_back(number);
    }
  }
  if (numbers.size() != layers) {
    throw DataError("{}: 'layers' in its metadata does not number its {} layers", path, layers);
  }
  return numbers;
}

}  // namespace

std::string segment_file_name(const SnapshotInfo& info) {
  return fmt::format("n{}-e{}-s{}.safetensors", info.network, info.epoch, info.step);
}

SavedSegment read_segment(const std::string& path) {
  const io::TensorFile file = io::read_safetensors(path);
  SavedSegment out;
  out.info = {whole(file.metadata, "network", path), whole(file.metadata, "epoch", path),
              whole(file.metadata, "step", path), "", ""};
  out.segment.classes = whole(file.metadata, "classes", path);
  for (const auto& [key, target] :
       {std::pair{"on", &out.info.on}, std::pair{"mode", &out.info.mode}}) {
    const auto it = file.metadata.find(key);
    if (it == file.metadata.end()) throw DataError("{}: '{}' is missing", path, key);
    *target = it->second;
  }
  const auto deterministic = file.metadata.find("deterministic");
  out.segment.deterministic =
      deterministic != file.metadata.end() && deterministic->second == "true";
  for (const auto& [name, tensor] : file.tensors) {
    if (tensor.dim() == 0) throw DataError("{}: tensor '{}' is a single number", path, name);
    if (name == "x") {
      out.segment.x = tensor;
    } else if (name == "y") {
      out.segment.y = tensor;
    } else {
      out.segment.layers.push_back({name, tensor, {}, {}, {}});
    }
  }
  if (!out.segment.x.defined() || !out.segment.y.defined() || out.segment.layers.empty()) {
    throw DataError("{}: a saved segment has x, y and at least one layer", path);
  }
  out.numbers = layer_numbers(file, out.segment.layers.size(), path);
  for (const auto& layer : out.segment.layers) {
    if (layer.value.size(0) != out.segment.x.size(0) ||
        layer.value.size(0) != out.segment.y.size(0)) {
      throw DataError("{}: '{}' has {} rows, x has {} and y {}", path, layer.name,
                      layer.value.size(0), out.segment.x.size(0), out.segment.y.size(0));
    }
  }
  return out;
}

std::vector<std::string> list_segments(const std::string& folder) {
  std::vector<std::pair<std::tuple<int64_t, int64_t, int64_t>, std::string>> found;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    if (entry.path().extension() != ".safetensors") continue;
    const auto numbers = numbers_of(entry.path().stem().string());
    if (numbers.empty()) continue;
    found.push_back({{numbers[0], numbers[2], numbers[1]}, entry.path().string()});
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> paths;
  for (auto& [order, path] : found) paths.push_back(std::move(path));
  return paths;
}

int64_t segment_bytes(const Segment& segment) {
  auto bytes = static_cast<int64_t>(segment.x.nbytes() + segment.y.nbytes());
  for (const auto& layer : segment.layers) bytes += static_cast<int64_t>(layer.value.nbytes());
  return bytes;
}

SegmentStore::SegmentStore(std::string folder, int64_t limit)
    : folder_(std::move(folder)), limit_(limit) {
  fs::create_directories(folder_);
}

void SegmentStore::save(const SavedSegment& saved) {
  const auto& [info, segment, numbers] = saved;
  {
    const std::lock_guard lock(mutex_);
    if (full_) return;
    if (written_ + segment_bytes(segment) > limit_) {
      full_ = true;
      warn(
          fmt::format("saved segments reached their limit of {} bytes (save_limit): no more are "
                      "saved, measuring goes on",
                      with_thousands(limit_)));
      return;
    }
    written_ += segment_bytes(segment);
  }
  // safetensors keeps tensors in the order given: layers are read back in the network's order.
  io::TensorFile file;
  file.tensors.emplace_back("x", segment.x.detach());
  for (const auto& layer : segment.layers) {
    file.tensors.emplace_back(layer.name, layer.value.detach());
  }
  file.tensors.emplace_back("y", segment.y.detach());
  file.metadata = {{"epoch", std::to_string(info.epoch)},
                   {"step", std::to_string(info.step)},
                   {"network", std::to_string(info.network)},
                   {"on", info.on},
                   {"mode", info.mode},
                   {"layers", fmt::format("{}", fmt::join(numbers, ","))},
                   {"classes", std::to_string(segment.classes)},
                   {"deterministic", segment.deterministic ? "true" : "false"}};
  io::write_safetensors(folder_ + "/" + segment_file_name(info), file);
}

}  // namespace glow
