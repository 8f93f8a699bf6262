#include "glow/run/data_limits.h"

#include <ATen/ATen.h>

#include <cmath>
#include <numeric>
#include <string_view>
#include <unordered_map>

#include "glow/core/random.h"

namespace glow {
namespace {

double entropy(const auto& counts, double n) {
  double sum = 0;
  for (const auto& [symbol, count] : counts) {
    const double p = static_cast<double>(count) / n;
    sum -= p * std::log(p);
  }
  return sum;
}

}  // namespace

std::map<std::string, double> data_limits(const Batch& examples) {
  const Tensor x = examples.x.contiguous().reshape({examples.x.size(0), -1});
  const auto row_bytes = static_cast<size_t>(x.size(1)) * x.element_size();
  const auto n = static_cast<size_t>(x.size(0));
  const auto* bytes = static_cast<const char*>(x.const_data_ptr());
  const bool labels = examples.y.scalar_type() == at::kLong && examples.y.dim() == 1;
  const Tensor y = labels ? examples.y.contiguous() : Tensor();
  std::unordered_map<std::string_view, int64_t> rows;
  std::map<int64_t, int64_t> classes;
  std::map<std::pair<std::string_view, int64_t>, int64_t> pairs;
  for (size_t i = 0; i < n; ++i) {
    const std::string_view row(bytes + i * row_bytes, row_bytes);
    ++rows[row];
    if (!labels) continue;
    const int64_t label = y.const_data_ptr<int64_t>()[i];
    ++classes[label];
    ++pairs[{row, label}];
  }
  const auto total = static_cast<double>(n);
  std::map<std::string, double> limits{{"H(X)", entropy(rows, total)}};
  if (labels) {
    limits["I(X;Y)"] = entropy(rows, total) + entropy(classes, total) - entropy(pairs, total);
  }
  return limits;
}

Batch joined(const std::vector<const Dataset*>& parts, std::optional<int64_t> limit) {
  std::vector<Tensor> x, y;
  for (const auto* part : parts) {
    std::vector<int64_t> every(static_cast<size_t>(part->size()));
    std::iota(every.begin(), every.end(), int64_t{0});
    Batch batch = gather(*part, every);
    x.push_back(std::move(batch.x));
    y.push_back(std::move(batch.y));
  }
  Batch all{at::cat(x), at::cat(y)};
  if (!limit || *limit >= all.x.size(0)) return all;
  const Tensor chosen = std::get<0>(
      at::randperm(all.x.size(0), make_generator(0, "probe")).slice(0, 0, *limit).sort());
  return {all.x.index_select(0, chosen), all.y.index_select(0, chosen)};
}

}  // namespace glow
