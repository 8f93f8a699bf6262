// A user's own files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "glow/datasets/splits.h"

namespace glow::datasets {

// In all of them: y of one column of whole numbers from 0 is class numbers, `classes` = largest + 1
// unless given; other y are targets, and so are whole numbers with `classes = 0`. `range` is for x
// of bytes: what 0 and 255 become; without it they stay 0 to 255. Throws Error when a file cannot
// be read, DataError on its content, ValueError on a key or column that it does not have.

struct NpzOptions {
  std::string path = {};
  std::string x = "x", y = "y";
  std::string x_test = "x_test", y_test = "y_test";
  std::optional<int64_t> classes = {};
  std::optional<PixelRange> range = {};

  static constexpr auto fields() {
    using O = NpzOptions;
    return std::tuple{Field{"path", &O::path, "the .npz file"},
                      Field{"x", &O::x, "name of the inputs in it"},
                      Field{"y", &O::y, "name of the labels or targets"},
                      Field{"x_test", &O::x_test, "name of the test inputs, where there are any"},
                      Field{"y_test", &O::y_test, "name of the test labels"},
                      Field{"classes", &O::classes, "number of classes; 0: y are targets"},
                      Field{"range", &O::range, "what bytes 0 and 255 become"}};
  }
};
DataPair load_npz(const NpzOptions& options);

/// Two files, and two more where there is a test set: .npy, or IDX (.gz or not).
struct FilePairOptions {
  std::string x = {}, y = {};
  std::optional<std::string> x_test = {}, y_test = {};
  std::optional<int64_t> classes = {};
  std::optional<PixelRange> range = {};

  static constexpr auto fields() {
    using O = FilePairOptions;
    return std::tuple{Field{"x", &O::x, "file of the inputs"},
                      Field{"y", &O::y, "file of the labels or targets"},
                      Field{"x_test", &O::x_test, "file of the test inputs"},
                      Field{"y_test", &O::y_test, "file of the test labels"},
                      Field{"classes", &O::classes, "number of classes; 0: y are targets"},
                      Field{"range", &O::range, "what bytes 0 and 255 become"}};
  }
};
DataPair load_npy(const FilePairOptions& options);
/// Images without channels, (n, h, w), become (n, 1, h, w).
DataPair load_idx(const FilePairOptions& options);

struct CsvOptions {
  std::string path = {};
  std::optional<std::string> test = {};
  std::vector<std::string> x = {}, y = {};
  std::optional<int64_t> classes = {};

  static constexpr auto fields() {
    using O = CsvOptions;
    return std::tuple{Field{"path", &O::path, "the .csv file, with a header line"},
                      Field{"test", &O::test, "file of the test set, with the same columns"},
                      Field{"x", &O::x, "names of the input columns; all but y when absent"},
                      Field{"y", &O::y, "names of the label or target columns"},
                      Field{"classes", &O::classes, "number of classes; 0: y are targets"}};
  }
};
DataPair load_csv(const CsvOptions& options);

}  // namespace glow::datasets
