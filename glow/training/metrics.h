// What is reported beside the loss, over the whole epoch.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "glow/core/fields.h"
#include "glow/core/registry.h"
#include "glow/training/forward.h"

namespace glow {

/// A sum over examples and how many they were: sums can be added over batches and over processes.
struct MetricSum {
  double total = 0;
  double count = 0;
  double mean() const { return total / count; }
  MetricSum& operator+=(const MetricSum& other);
};

/// By name, or a function of (prediction, target) that gives one value an example, (n).
class Metric {
 public:
  using PerExample = std::function<Tensor(const Tensor& prediction, const Tensor& target)>;

  Metric(const char* name) : Metric(std::string(name)) {}  // NOLINT: `.metrics = {"accuracy"}`
  /// A name, or a spec as `top_k_accuracy(k=3)`.
  Metric(const std::string& spec);  // NOLINT
  Metric(std::string name, PerExample per_example);

  const std::string& name() const { return name_; }
  MetricSum operator()(const Forward& forward) const;

 private:
  std::string name_;
  PerExample per_example_;
};

/// Throws ValueError where two have the same name: their columns could not be told apart.
void check_names(const std::vector<Metric>& metrics);

/// accuracy, top_k_accuracy, mse, mae; a program may add its own.
Registry<Metric>& metrics();

struct TopKOptions {
  int64_t k = 5;
  static constexpr auto fields() {
    return std::tuple{Field{"k", &TopKOptions::k, "how many of the likeliest classes count"}};
  }
};

}  // namespace glow
