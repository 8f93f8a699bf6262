#include "glow/datasets/splits.h"

#include <ATen/Functions.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "glow/core/error.h"
#include "glow/core/random.h"

namespace glow {
namespace {

void check_options(const LoadOptions& options) {
  if (!(options.validation_split >= 0 && options.validation_split < 1)) {
    throw ValueError("validation_split must be at least 0 and below 1, got {}",
                     options.validation_split);
  }
  if (options.limit && *options.limit < 1) {
    throw ValueError("limit must be at least 1, got {}", *options.limit);
  }
  if (options.num_workers < 0) {
    throw ValueError("num_workers must be at least 0, got {}", options.num_workers);
  }
}

struct Split {
  std::vector<int64_t> train, validation;
};

Split split(int64_t n, const LoadOptions& options) {
  const auto count = std::llround(options.validation_split * static_cast<double>(n));
  if (options.validation_split > 0 && (count == 0 || count == n)) {
    throw ValueError("validation_split = {} of {} examples leaves none to {}",
                     options.validation_split, n, count == 0 ? "validate" : "train");
  }
  std::vector<int64_t> order(static_cast<size_t>(n));
  std::iota(order.begin(), order.end(), int64_t{0});
  if (count > 0) {
    const auto generator = make_generator(static_cast<uint64_t>(options.seed), "split");
    const Tensor permutation = at::randperm(n, generator, at::kLong);
    std::copy_n(permutation.const_data_ptr<int64_t>(), n, order.begin());
  }
  const auto middle = order.begin() + count;
  Split out{{middle, order.end()}, {order.begin(), middle}};
  // The order of a loader is its own business, and memory is read faster forwards.
  std::sort(out.train.begin(), out.train.end());
  std::sort(out.validation.begin(), out.validation.end());
  return out;
}

void check_same_kind(const Dataset& train, const Dataset& test) {
  if (train.shape() != test.shape() || train.classes != test.classes) {
    throw DataError("{}: the test set differs in kind from the training set: {}; {}", train.name,
                    describe(test), describe(train));
  }
}

}  // namespace

void read_value(const Value& in, PixelRange& out) {
  std::vector<double> ends;
  read_value(in, ends);
  if (ends.size() != 2) throw ValueError("expected [low, high], got {}", to_toml(in));
  out = {ends[0], ends[1]};
}

Value write_value(const PixelRange& in) {
  return write_value(std::vector<double>{in.low, in.high});
}

void set_range(Dataset& dataset, const PixelRange& range) {
  if (!(range.low < range.high) || !std::isfinite(range.high - range.low)) {
    throw ValueError("range must be [low, high] with low below high, got [{}, {}]", range.low,
                     range.high);
  }
  dataset.scale = (range.high - range.low) / 255;
  dataset.shift = range.low;
}

Loaders make_loaders(Dataset train, std::optional<Dataset> test, const LoadOptions& options) {
  check_options(options);
  check(train);
  if (test) {
    check(*test);
    check_same_kind(train, *test);
  }
  if (options.limit) train = take(train, *options.limit);
  const auto data = std::make_shared<const Dataset>(std::move(train));
  Split parts = split(data->size(), options);
  const LoaderOptions plain{.batch_size = options.batch_size,
                            .seed = static_cast<uint64_t>(options.seed)};
  LoaderOptions training = plain;
  training.shuffle = options.shuffle;
  training.drop_last = options.drop_last;
  Loaders out;
  out.train = Loader(data, std::move(parts.train), training);
  if (!parts.validation.empty()) out.validation = Loader(data, std::move(parts.validation), plain);
  if (test) out.test = Loader(std::make_shared<const Dataset>(std::move(*test)), plain);
  return out;
}

Loaders make_loaders(DataPair data, const LoadOptions& options) {
  return make_loaders(std::move(data.train), std::move(data.test), options);
}

void refuse_range(const LoadOptions& options, const std::string& set) {
  if (options.range != PixelRange{}) {
    throw ValueError("range is for images, {} has none", set);
  }
}

}  // namespace glow
