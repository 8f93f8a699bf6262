#include "glow/datasets/files.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "glow/core/error.h"
#include "glow/core/text.h"
#include "glow/io/csv.h"
#include "glow/io/idx.h"
#include "glow/io/npy.h"
#include "glow/io/sha256.h"

namespace glow::datasets {
namespace {

std::string stem(const std::string& path) { return std::filesystem::path(path).stem().string(); }

void note_checksum(Dataset& data, const std::string& path) {
  data.checksums.emplace_back(std::filesystem::path(path).filename().string(),
                              io::sha256_file(path));
}

void set_x(Dataset& data, const Tensor& x, const std::optional<PixelRange>& range) {
  if (x.dim() == 0) throw DataError("{}: x is one number, (n, ...) expected", data.name);
  const Tensor rows = x.dim() == 1 ? x.unsqueeze(1) : x;
  const bool as_is = x.scalar_type() == at::kByte || x.scalar_type() == at::kFloat ||
                     x.scalar_type() == at::kDouble;
  data.x = as_is ? rows : rows.to(at::kFloat);
  if (!range) return;
  if (x.scalar_type() != at::kByte) {
    throw ValueError("{}: range is for x of bytes, it has {}", data.name,
                     c10::toString(x.scalar_type()));
  }
  set_range(data, *range);
}

// Whole numbers that doubles hold exactly.
bool are_whole(const Tensor& y) {
  constexpr double kExact = 9007199254740992;  // 2^53
  if (!y.is_floating_point()) return true;
  return ((y == y.round()) & (y.abs() <= kExact)).all().item<bool>();
}

// Class numbers or targets, see files.h.
void set_y(Dataset& data, const Tensor& y, std::optional<int64_t> classes) {
  if (y.dim() == 0) throw DataError("{}: y is one number, (n) or (n, d) expected", data.name);
  const Tensor rows = y.dim() == 1 ? y.unsqueeze(1) : y.flatten(1);
  if (classes && *classes < 0) throw ValueError("classes must not be negative, got {}", *classes);
  const bool labels = classes ? *classes > 0 : rows.size(1) == 1 && y.numel() > 0 && are_whole(y);
  if (!labels) {
    data.y = rows.to(at::kFloat).contiguous();
    return;
  }
  if (rows.size(1) != 1 || !are_whole(y)) {
    throw DataError("{}: y is no column of whole numbers, as {} classes need", data.name, *classes);
  }
  data.y = rows.squeeze(1).to(at::kLong).contiguous();
  data.classes = classes ? *classes : data.y.max().item<int64_t>() + 1;
}

// The test set follows the training set where that has targets.
std::optional<int64_t> classes_of_test(const Dataset& train, std::optional<int64_t> given) {
  return train.classes == 0 ? 0 : given;
}

// Counts the classes of both sets: either may lack some of the other's. More of them than examples
// are numbers that only look like classes.
void settle_classes(DataPair& pair, std::optional<int64_t> given) {
  if (pair.test && pair.train.classes > 0 && pair.test->classes > 0) {
    const int64_t classes = std::max(pair.train.classes, pair.test->classes);
    pair.train.classes = pair.test->classes = classes;
  }
  if (!given && pair.train.classes > pair.train.size()) {
    throw ValueError(
        "{}: y has whole numbers up to {} in {} rows: classes = 0 makes them targets, else say how "
        "many classes there are",
        pair.train.name, pair.train.classes - 1, pair.train.size());
  }
}

void require(const std::string& text, const char* set, const char* key) {
  if (text.empty()) throw ValueError("{} needs '{}'", set, key);
}

const Tensor& member(const std::map<std::string, Tensor>& arrays, const std::string& key,
                     const std::string& path) {
  const auto found = arrays.find(key);
  if (found != arrays.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [name, array] : arrays) names.push_back(name);
  throw ValueError("{} has no array '{}'{}; it has: {}", path, key, did_you_mean(key, names),
                   join(names, ", "));
}

using ReadArray = Tensor (*)(const std::string& path);

Dataset load_files(const FilePairOptions& options, const std::string& x, const std::string& y,
                   std::optional<int64_t> classes, ReadArray read) {
  Dataset data;
  data.name = x;  // the path, as long as there may be errors
  set_x(data, read(x), options.range);
  set_y(data, read(y), classes);
  note_checksum(data, x);
  note_checksum(data, y);
  check(data);
  data.name = stem(x);
  return data;
}

DataPair load_pair(const FilePairOptions& options, const char* set, ReadArray read) {
  require(options.x, set, "x");
  require(options.y, set, "y");
  if (options.x_test.has_value() != options.y_test.has_value()) {
    throw ValueError("{}: x_test and y_test go together", set);
  }
  DataPair pair{load_files(options, options.x, options.y, options.classes, read), {}};
  if (options.x_test) {
    pair.test = load_files(options, *options.x_test, *options.y_test,
                           classes_of_test(pair.train, options.classes), read);
  }
  settle_classes(pair, options.classes);
  return pair;
}

Dataset load_table(const CsvOptions& options, const std::string& path,
                   std::optional<int64_t> classes) {
  const io::CsvTable table = io::read_csv(path);
  std::vector<std::string> x = options.x;
  if (x.empty()) {
    std::copy_if(table.header.begin(), table.header.end(), std::back_inserter(x),
                 [&](const std::string& name) {
                   return std::find(options.y.begin(), options.y.end(), name) == options.y.end();
                 });
  }
  Dataset data;
  data.name = path;
  set_x(data, io::columns(table, x), std::nullopt);
  set_y(data, io::columns(table, options.y), classes);
  note_checksum(data, path);
  check(data);
  data.name = stem(path);
  return data;
}

}  // namespace

DataPair load_npz(const NpzOptions& options) {
  require(options.path, "npz", "path");
  const auto arrays = io::read_npz(options.path);
  const auto load = [&](const std::string& x, const std::string& y,
                        std::optional<int64_t> classes) {
    Dataset data;
    data.name = options.path;
    set_x(data, member(arrays, x, options.path), options.range);
    set_y(data, member(arrays, y, options.path), classes);
    check(data);
    data.name = stem(options.path);
    return data;
  };
  DataPair pair{load(options.x, options.y, options.classes), {}};
  if (arrays.contains(options.x_test) || arrays.contains(options.y_test)) {
    pair.test = load(options.x_test, options.y_test, classes_of_test(pair.train, options.classes));
  }
  note_checksum(pair.train, options.path);
  settle_classes(pair, options.classes);
  return pair;
}

DataPair load_npy(const FilePairOptions& options) {
  return load_pair(options, "npy", io::read_npy);
}

DataPair load_idx(const FilePairOptions& options) {
  DataPair pair = load_pair(options, "idx", io::read_idx);
  const auto add_channel = [](Dataset& data) {
    if (data.x.dim() == 3) data.x = data.x.unsqueeze(1);
  };
  add_channel(pair.train);
  if (pair.test) add_channel(*pair.test);
  return pair;
}

DataPair load_csv(const CsvOptions& options) {
  require(options.path, "csv", "path");
  if (options.y.empty()) throw ValueError("csv needs 'y', the names of the label columns");
  DataPair pair{load_table(options, options.path, options.classes), {}};
  if (options.test) {
    pair.test = load_table(options, *options.test, classes_of_test(pair.train, options.classes));
  }
  settle_classes(pair, options.classes);
  return pair;
}

}  // namespace glow::datasets
