// What the tests of this room share.
#pragma once

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "glow/core/error.h"
#include "glow/core/parallel.h"
#include "glow/core/random.h"
#include "glow/information/segment.h"
#include "tests/message_of.h"
#include "tests/vector_limit.h"

namespace glow {

/// What NumPy gave: see make_vectors.py.
inline const nlohmann::json& vectors() {
  static const nlohmann::json loaded =
      nlohmann::json::parse(std::ifstream(GLOW_SOURCE_DIR "/tests/information/vectors.json"));
  return loaded;
}

inline Tensor matrix(const nlohmann::json& rows) {
  std::vector<Tensor> out;
  for (const auto& row : rows)
    out.push_back(at::tensor(row.get<std::vector<double>>(), at::kDouble));
  return at::stack(out);
}

/// Standard normal float64 numbers, the same for the same name.
inline Tensor normal(at::IntArrayRef sizes, const std::string& name) {
  return at::randn(sizes, make_generator(0, name), at::TensorOptions().dtype(at::kDouble));
}

/// Class numbers (n) of [0, classes).
inline Tensor labels(int64_t n, int64_t classes, const std::string& name) {
  return at::randint(0, classes, {n}, make_generator(0, name),
                     at::TensorOptions().dtype(at::kLong));
}

/// A network of two layers that depend on x, labels that depend on it too.
inline Segment small_segment(int64_t n = 24, int64_t classes = 3) {
  Segment segment;
  segment.x = normal({n, 1, 2, 3}, "x");
  const Tensor x = segment.x.flatten(1);
  const Tensor hidden = at::tanh(x.mm(normal({6, 4}, "w1")));
  segment.layers = {{.name = "conv2d_1", .value = hidden.view({n, 1, 2, 2})},
                    {.name = "dense_1", .value = at::softmax(hidden.mm(normal({4, 3}, "w2")), 1)}};
  segment.y = labels(n, classes, "y");
  segment.classes = classes;
  return segment;
}

/// While it lives, parallel_for has `count` threads.
class Threads {
 public:
  explicit Threads(int count) : before_(thread_count()) { set_thread_count(count); }
  ~Threads() { set_thread_count(before_); }

 private:
  int before_;
};

/// The same numbers, laid out in other ways: what an estimator must not notice.
inline std::vector<Tensor> disguises(const Tensor& x) {
  const int64_t rows = x.size(0), columns = x.size(1);
  Tensor wide = at::full({rows, 2 * columns}, 77, x.options());
  wide.slice(1, 0, 2 * columns, 2).copy_(x);
  return {x.clone(), x.t().contiguous().t(), wide.slice(1, 0, 2 * columns, 2),
          at::cat({x, x}).slice(0, rows), x.clone().requires_grad_(true)};
}

}  // namespace glow
