// Training, validation and test loaders of one data set.
#pragma once

#include <cstdint>
#include <optional>
#include <tuple>

#include "glow/core/fields.h"
#include "glow/datasets/loader.h"

namespace glow {

/// What the pixels 0 and 255 become. [-1, 1] is PyGlow's (x − 0.5)/0.5.
struct PixelRange {
  double low = -1, high = 1;

  bool operator==(const PixelRange&) const = default;
};
void read_value(const Value& in, PixelRange& out);  // [low, high]
Value write_value(const PixelRange& in);

/// Sets scale and shift of a set of bytes. Throws ValueError unless low < high.
void set_range(Dataset& dataset, const PixelRange& range);

struct LoadOptions {
  int64_t batch_size = 32;
  /// Accepted so that PyGlow's calls work: the sets are in memory, and a batch is gathered faster
  /// than a worker could hand it over.
  int64_t num_workers = 0;
  double validation_split = 0;
  PixelRange range = {};
  std::optional<int64_t> limit = {};
  bool shuffle = true;
  bool drop_last = false;
  int64_t seed = 0;

  static constexpr auto fields() {
    using O = LoadOptions;
    return std::tuple{
        Field{"batch_size", &O::batch_size, "examples of a batch"},
        Field{"num_workers", &O::num_workers, "accepted and not needed: the data is in memory"},
        Field{"validation_split", &O::validation_split,
              "share of the training examples, drawn at random, that validates"},
        Field{"range", &O::range, "what the pixels 0 and 255 become; only for images"},
        Field{"limit", &O::limit,
              "only the first so many training examples, before the validation split"},
        Field{"shuffle", &O::shuffle, "training examples in another order every epoch"},
        Field{"drop_last", &O::drop_last, "leave out a smaller last batch of training"},
        Field{"seed", &O::seed, "of the split and the order"}};
  }
};

/// `auto [train, validation, test] = …`; what there is none of is an empty loader.
struct Loaders {
  Loader train, validation, test;
};

/// Splits the training set and makes the loaders. The validation examples are a random share, a
/// function of the seed alone; both parts share one data set. Validation and test keep their order.
/// Throws ValueError on a split that is negative, 1 or more, or leaves a part without examples, on
/// a batch size, limit or worker count without meaning; DataError where `check` does.
Loaders make_loaders(Dataset train, std::optional<Dataset> test, const LoadOptions& options = {});
Loaders make_loaders(DataPair data, const LoadOptions& options = {});

/// For sets without pixels: throws ValueError when the options ask for a range of them.
void refuse_range(const LoadOptions& options, const std::string& set);

}  // namespace glow
