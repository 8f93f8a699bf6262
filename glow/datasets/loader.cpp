#include "glow/datasets/loader.h"

#include <ATen/Functions.h>

#include <algorithm>
#include <numeric>

#include "glow/core/error.h"
#include "glow/core/random.h"

namespace glow {
namespace {

std::vector<int64_t> all_indices(const std::shared_ptr<const Dataset>& dataset) {
  if (!dataset) throw ValueError("a loader needs a data set");
  std::vector<int64_t> indices(static_cast<size_t>(dataset->size()));
  std::iota(indices.begin(), indices.end(), int64_t{0});
  return indices;
}

std::shared_ptr<const Dataset> checked(Dataset dataset) {
  check(dataset);
  return std::make_shared<const Dataset>(std::move(dataset));
}

// values[p[0]], values[p[1]], … for the first `count` of a random permutation p.
std::vector<int64_t> permuted(const std::vector<int64_t>& values, at::Generator generator,
                              size_t count) {
  const Tensor permutation =
      at::randperm(static_cast<int64_t>(values.size()), std::move(generator), at::kLong);
  const auto* p = permutation.const_data_ptr<int64_t>();
  std::vector<int64_t> out(count);
  for (size_t i = 0; i < count; ++i) out[i] = values[static_cast<size_t>(p[i])];
  return out;
}

}  // namespace

Loader::Loader(std::shared_ptr<const Dataset> dataset, const LoaderOptions& options)
    : Loader(dataset, all_indices(dataset), options) {}

Loader::Loader(Dataset dataset, const LoaderOptions& options)
    : Loader(checked(std::move(dataset)), options) {}

Loader::Loader(std::shared_ptr<const Dataset> dataset, std::vector<int64_t> indices,
               const LoaderOptions& options)
    : dataset_(std::move(dataset)), indices_(std::move(indices)), options_(options) {
  if (!dataset_) throw ValueError("a loader needs a data set");
  if (options.batch_size < 1) {
    throw ValueError("batch_size must be at least 1, got {}", options.batch_size);
  }
  for (const int64_t i : indices_) {
    if (i < 0 || i >= dataset_->size()) {
      throw ValueError("{}: example {} of {}", dataset_->name, i, dataset_->size());
    }
  }
  begin_epoch(0);
}

int64_t Loader::batches() const {
  const int64_t whole = size() / options_.batch_size;
  return options_.drop_last || size() % options_.batch_size == 0 ? whole : whole + 1;
}

void Loader::begin_epoch(int64_t epoch) {
  position_ = 0;
  order_ = options_.shuffle ? permuted(indices_, make_generator(options_.seed, "shuffle", epoch),
                                       indices_.size())
                            : indices_;
}

bool Loader::next(Batch& batch) {
  const auto size = static_cast<size_t>(options_.batch_size);
  const size_t left = order_.size() - position_;
  if (left == 0 || (options_.drop_last && left < size)) return false;
  const size_t count = std::min(size, left);
  batch = gather(*dataset_, std::span(order_).subspan(position_, count));
  position_ += count;
  return true;
}

Batch Loader::all(std::optional<int64_t> limit) const {
  if (limit && *limit < 1) throw ValueError("limit must be at least 1, got {}", *limit);
  if (empty()) throw StateError("a loader without examples was asked for them");
  if (!limit || *limit >= size()) return gather(*dataset_, indices_);
  auto chosen = permuted(indices_, make_generator(0, "probe"), static_cast<size_t>(*limit));
  std::sort(chosen.begin(), chosen.end());
  return gather(*dataset_, chosen);
}

const Dataset& Loader::dataset() const {
  if (!dataset_) throw StateError("a loader without examples was asked for its data set");
  return *dataset_;
}

Loader::Epoch Loader::epoch(int64_t number) { return Epoch(this, number); }

}  // namespace glow
