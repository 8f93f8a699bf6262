#include "glow/datasets/cifar10.h"

#include <ATen/Functions.h>
#include <unistd.h>

#include <filesystem>

#include "glow/core/console.h"
#include "glow/core/error.h"
#include "glow/datasets/store.h"
#include "glow/io/input_file.h"
#include "glow/io/sha256.h"

namespace glow::datasets {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolder = "cifar-10";
constexpr const char* kInner = "cifar-10-batches-bin";       // as the archive has it
constexpr int64_t kExamples = 10000, kPixels = 3 * 32 * 32;  // of a file; of an example

std::optional<std::string> find_batch(const std::string& name) {
  const auto path = find_file(kFolder, name);
  return path ? path : find_file(kFolder, std::string(kInner) + "/" + name);
}

// Unpacks beside its place and renames, so that a killed `tar` leaves no half file under its name.
void unpack(const std::string& archive) {
  const fs::path folder = fs::path(archive).parent_path();
  const fs::path part = folder / fmt::format("unpacking.{}.part", ::getpid());
  std::error_code error;
  fs::create_directories(part, error);
  say(fmt::format("unpacking {}", archive));
  const int status = run_program({"tar", "-xzf", archive, "-C", part.string()});
  if (status == 0) fs::rename(part / kInner, folder / kInner, error);
  std::error_code ignored;
  fs::remove_all(part, ignored);
  if (status != 0 || error) {
    throw Error(
        "cannot unpack {} with tar: put its data_batch_1.bin to data_batch_5.bin and "
        "test_batch.bin into {}",
        archive, folder.string());
  }
  fs::remove(archive, ignored);
}

std::string require_batch(const std::string& name) {
  if (const auto path = find_batch(name)) return *path;
  const StoredFile archive =
      require_file(kFolder, {"cifar-10-binary.tar.gz",
                             "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
                             {"https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"}});
  unpack(archive.path);
  if (const auto path = find_batch(name)) return *path;
  throw Error("{} has no {}", archive.path, name);
}

// A byte of label, then the red, green and blue plane, example after example.
void read_batch(const std::string& name, uint8_t* pixels, int64_t* labels, Dataset& data) {
  const std::string path = require_batch(name);
  const io::InputFile file(path);
  constexpr int64_t kBytes = kExamples * (1 + kPixels);
  if (file.size() != kBytes) {
    throw DataError("{}: {} bytes expected, found {}", path, kBytes, file.size());
  }
  const std::string bytes = io::read_file(path);
  data.checksums.emplace_back(name, io::sha256(bytes));
  for (int64_t i = 0; i < kExamples; ++i) {
    const char* record = bytes.data() + i * (1 + kPixels);
    labels[i] = static_cast<unsigned char>(record[0]);
    if (labels[i] > 9) {
      throw DataError("{}: byte {}: label {}, expected 0 to 9", path, i * (1 + kPixels), labels[i]);
    }
    std::copy_n(record + 1, kPixels, reinterpret_cast<char*>(pixels) + i * kPixels);
  }
}

Dataset read_set(const std::vector<std::string>& names, const PixelRange& range) {
  const auto files = static_cast<int64_t>(names.size());
  Dataset data;
  data.name = "cifar10";
  data.x = at::empty({files * kExamples, 3, 32, 32}, at::kByte);
  data.y = at::empty({files * kExamples}, at::kLong);
  data.classes = 10;
  set_range(data, range);
  for (int64_t i = 0; i < files; ++i) {
    read_batch(names[static_cast<size_t>(i)], data.x.data_ptr<uint8_t>() + i * kExamples * kPixels,
               data.y.data_ptr<int64_t>() + i * kExamples, data);
  }
  return data;
}

}  // namespace

DataPair cifar10::load(const ImageOptions& options) {
  return {read_set({"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin",
                    "data_batch_5.bin"},
                   options.range),
          read_set({"test_batch.bin"}, options.range)};
}

Loaders cifar10::load_data(const LoadOptions& options) {
  return make_loaders(load({.range = options.range}), options);
}

}  // namespace glow::datasets
