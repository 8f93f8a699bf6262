// Batches out of memory.
#pragma once

#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <vector>

#include "glow/datasets/dataset.h"

namespace glow {

/// Whatever gives batches epoch by epoch; `Loader` is the one of this library.
class BatchSource {
 public:
  virtual ~BatchSource() = default;

  /// Batches of an epoch; -1 when only running through them tells.
  virtual int64_t batches() const = 0;
  /// Examples of an epoch; -1 when not known.
  virtual int64_t size() const = 0;
  /// Of the data set, not of a batch; 0 for targets or when not known.
  virtual int64_t classes() const = 0;
  /// Goes to the first batch of that epoch.
  virtual void begin_epoch(int64_t epoch) = 0;
  /// The next batch; false at the end of the epoch.
  virtual bool next(Batch& batch) = 0;
};

struct LoaderOptions {
  int64_t batch_size = 32;
  bool shuffle = false;    // another order every epoch
  bool drop_last = false;  // leave out a last batch that is smaller than the others
  uint64_t seed = 0;       // of the order
};

/// Some examples of a data set, in batches. The order is a function of (seed, epoch) alone. A
/// loader without examples is allowed: a run without a test set has one. Copies share the data set.
class Loader : public BatchSource {
 public:
  Loader() = default;
  /// All examples. Throws ValueError on a batch size below 1.
  explicit Loader(std::shared_ptr<const Dataset> dataset, const LoaderOptions& options = {});
  /// The examples of these numbers.
  Loader(std::shared_ptr<const Dataset> dataset, std::vector<int64_t> indices,
         const LoaderOptions& options);
  /// Checks the data set and keeps it.
  explicit Loader(Dataset dataset, const LoaderOptions& options = {});

  int64_t size() const override { return static_cast<int64_t>(indices_.size()); }
  int64_t batches() const override;
  int64_t classes() const override { return dataset_ ? dataset_->classes : 0; }
  bool empty() const { return indices_.empty(); }

  void begin_epoch(int64_t epoch) override;
  /// Every batch is made of fresh tensors: it may be kept.
  bool next(Batch& batch) override;

  /// Another seed of the order, from the next `begin_epoch` on.
  void reseed(uint64_t seed) { options_.seed = seed; }

  /// All examples as one batch, in the order of their numbers; with a limit, a random choice of so
  /// many, the same every time and for every seed: what probes are made of.
  Batch all(std::optional<int64_t> limit = {}) const;

  /// Throws StateError when there is none.
  const Dataset& dataset() const;
  const std::vector<int64_t>& indices() const { return indices_; }
  const LoaderOptions& options() const { return options_; }

  /// `for (const Batch& batch : loader.epoch(1))`.
  class Epoch;
  Epoch epoch(int64_t number);

 private:
  std::shared_ptr<const Dataset> dataset_;
  std::vector<int64_t> indices_;  // the examples of this loader
  std::vector<int64_t> order_;    // the same as this epoch goes through them
  size_t position_ = 0;           // in order_
  LoaderOptions options_;
};

/// The batches of one epoch as a range.
class Loader::Epoch {
 public:
  class Iterator {
   public:
    explicit Iterator(Loader* loader) : loader_(loader) { ++*this; }
    const Batch& operator*() const { return batch_; }
    Iterator& operator++() {
      if (!loader_->next(batch_)) loader_ = nullptr;
      return *this;
    }
    bool operator==(std::default_sentinel_t) const { return loader_ == nullptr; }

   private:
    Loader* loader_;
    Batch batch_;
  };

  Epoch(Loader* loader, int64_t number) : loader_(loader) { loader_->begin_epoch(number); }
  Iterator begin() const { return Iterator(loader_); }
  std::default_sentinel_t end() const { return {}; }

 private:
  Loader* loader_;
};

}  // namespace glow
