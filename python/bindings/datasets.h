// Data on its way from Python into the training loop.
#pragma once

#include "glow/datasets/loader.h"
#include "python/bindings/bindings.h"

namespace glow::python {

/// Any iterable of (x, y) as batches: a torch DataLoader for one. `begin` gives an iterator of an
/// epoch of pairs of tensors, x float32 and y int64 (n) or float32 (n, d).
class PythonSource : public BatchSource {
 public:
  PythonSource(py::object begin, int64_t batches, int64_t size, int64_t classes)
      : begin_(std::move(begin)), batches_(batches), size_(size), classes_(classes) {}

  int64_t batches() const override { return batches_; }
  int64_t size() const override { return size_; }
  int64_t classes() const override { return classes_; }
  void begin_epoch(int64_t epoch) override;
  bool next(Batch& batch) override;

 private:
  Held begin_;
  std::optional<Held> iterator_;
  int64_t batches_, size_, classes_;
};

}  // namespace glow::python
