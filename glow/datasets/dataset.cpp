#include "glow/datasets/dataset.h"

#include <ATen/Functions.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "glow/core/error.h"
#include "glow/core/text.h"

// The widest vectors that the machine has, without a build for each. Only those without fused
// multiply-add, which rounds otherwise: a pixel is then the same number everywhere.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define GLOW_VECTORIZED __attribute__((target_clones("avx2", "default")))
#else
#define GLOW_VECTORIZED
#endif

namespace glow {
namespace {

GLOW_VECTORIZED void scale_bytes(const uint8_t* from, float* to, int64_t n, float scale,
                                 float shift) {
  for (int64_t i = 0; i < n; ++i) to[i] = static_cast<float>(from[i]) * scale + shift;
}
GLOW_VECTORIZED void scale_floats(const float* from, float* to, int64_t n, float scale,
                                  float shift) {
  for (int64_t i = 0; i < n; ++i) to[i] = from[i] * scale + shift;
}

// Rows come in random order, which the processor cannot foresee: asked for a few rows ahead, they
// are in the cache when their turn comes.
constexpr size_t kRowsAhead = 4;

void prefetch(const void* row, int64_t bytes) {
#if defined(__GNUC__)
  constexpr int64_t kLine = 64, kMost = 4096;
  for (int64_t i = 0; i < std::min(bytes, kMost); i += kLine) {
    __builtin_prefetch(static_cast<const char*>(row) + i);
  }
#endif
}

template <class T>
void gather_scaled(const Dataset& data, std::span<const int64_t> indices, float* to,
                   void (*scale_row)(const T*, float*, int64_t, float, float)) {
  const auto* from = data.x.const_data_ptr<T>();
  const int64_t width = data.x.numel() / data.x.size(0);
  const auto scale = static_cast<float>(data.scale), shift = static_cast<float>(data.shift);
  for (size_t i = 0; i < indices.size(); ++i, to += width) {
    if (i + kRowsAhead < indices.size()) {
      prefetch(from + indices[i + kRowsAhead] * width, width * static_cast<int64_t>(sizeof(T)));
    }
    scale_row(from + indices[i] * width, to, width, scale, shift);
  }
}

// The rows of x, scaled; false when its type or strides need torch.
bool gather_rows(const Dataset& data, std::span<const int64_t> indices, float* to) {
  if (!data.x.is_contiguous() || !data.x.is_cpu()) return false;
  if (data.x.scalar_type() == at::kByte) {
    gather_scaled<uint8_t>(data, indices, to, scale_bytes);
  } else if (data.x.scalar_type() == at::kFloat) {
    gather_scaled<float>(data, indices, to, scale_floats);
  } else {
    return false;
  }
  return true;
}

Tensor index_tensor(std::span<const int64_t> indices) {
  Tensor out = at::empty({static_cast<int64_t>(indices.size())}, at::kLong);
  std::copy(indices.begin(), indices.end(), out.data_ptr<int64_t>());
  return out;
}

std::span<const int64_t> index_span(const Tensor& indices) {
  return {indices.const_data_ptr<int64_t>(), static_cast<size_t>(indices.numel())};
}

Tensor plain_indices(const Tensor& indices) {
  if (indices.dim() != 1 || indices.scalar_type() != at::kLong) {
    throw ValueError("indices must be a vector of int64");
  }
  return indices.to(at::kCPU).contiguous();
}

void check_range(const Dataset& data, std::span<const int64_t> indices) {
  for (const int64_t i : indices) {
    if (i < 0 || i >= data.size()) {
      throw ValueError("{}: example {} of {}", data.name, i, data.size());
    }
  }
}

// Where numbers are not finite as the network would get them: how many, and the first.
void check_finite(const Dataset& data, const Tensor& t, const char* what) {
  if (!t.is_floating_point()) return;
  const Tensor finite = t.to(at::kFloat).isfinite();
  if (finite.all().item<bool>()) return;
  const Tensor bad = finite.reshape({t.size(0), -1}).logical_not();
  const int64_t first = bad.flatten().to(at::kByte).argmax().item<int64_t>();
  throw DataError(
      "{}: {} has {} values that are not finite in float32, the first in row {}, column {}",
      data.name, what, bad.sum().item<int64_t>(), first / bad.size(1), first % bad.size(1));
}

void check_labels(const Dataset& data) {
  if (data.y.dim() != 1 || data.y.scalar_type() != at::kLong) {
    throw DataError("{}: class numbers must be a vector of int64", data.name);
  }
  const Tensor y = data.y.to(at::kCPU).contiguous();
  const auto labels = index_span(y);
  const auto bad = std::find_if(labels.begin(), labels.end(),
                                [&](int64_t label) { return label < 0 || label >= data.classes; });
  if (bad != labels.end()) {
    throw DataError("{}: row {} has label {}, expected 0 to {}", data.name, bad - labels.begin(),
                    *bad, data.classes - 1);
  }
}

}  // namespace

int64_t Dataset::size() const { return x.defined() && x.dim() > 0 ? x.size(0) : 0; }

std::vector<int64_t> Dataset::shape() const {
  return size() == 0 ? std::vector<int64_t>{} : x.sizes().slice(1).vec();
}

Dataset dataset_of(const Tensor& x, const Tensor& y) {
  Dataset data;
  data.name = "the given tensors";
  data.x = x.detach();
  data.y = y.detach();
  if (at::isIntegralType(x.scalar_type(), /*includeBool=*/true) && x.scalar_type() != at::kByte) {
    data.x = data.x.to(at::kFloat);
  }
  const bool column = y.dim() == 1 || (y.dim() == 2 && y.size(1) == 1);
  if (column && at::isIntegralType(y.scalar_type(), /*includeBool=*/true)) {
    data.y = data.y.reshape({-1}).to(at::kLong);
    data.classes = y.numel() > 0 ? data.y.max().item<int64_t>() + 1 : 0;
  } else {
    data.y = data.y.to(at::kFloat);  // targets, or one-hot classes
    if (y.dim() == 1) data.y = data.y.unsqueeze(1);
  }
  return data;
}

void check(const Dataset& data) {
  if (data.size() == 0) throw DataError("{}: there are no examples", data.name);
  if (data.x.dim() < 2) {
    throw DataError("{}: x must be (n, ...), got a tensor of {} dimension", data.name,
                    data.x.dim());
  }
  if (data.x.numel() == 0) throw DataError("{}: an example has no values", data.name);
  if (data.x.scalar_type() != at::kByte && !data.x.is_floating_point()) {
    throw DataError("{}: x must be bytes or floats, got {}", data.name,
                    c10::toString(data.x.scalar_type()));
  }
  if (!data.y.defined() || data.y.dim() == 0 || data.y.size(0) != data.size()) {
    throw DataError("{}: x has {} rows, y {}", data.name, data.size(),
                    data.y.defined() && data.y.dim() > 0 ? data.y.size(0) : 0);
  }
  if (data.classes < 0) throw DataError("{}: {} classes", data.name, data.classes);
  if (data.classes > 0) {
    check_labels(data);
  } else if (data.y.dim() != 2 || data.y.scalar_type() != at::kFloat) {
    throw DataError("{}: targets must be a float32 matrix (n, d)", data.name);
  }
  check_finite(data, data.x, "x");
  check_finite(data, data.y, "y");
}

Batch gather(const Dataset& data, std::span<const int64_t> indices) {
  check_range(data, indices);
  std::vector<int64_t> shape = data.shape();
  shape.insert(shape.begin(), static_cast<int64_t>(indices.size()));
  Batch batch{at::empty(shape, at::kFloat), {}};
  if (!gather_rows(data, indices, batch.x.data_ptr<float>())) {
    const Tensor rows = data.x.index_select(0, index_tensor(indices).to(data.x.device()));
    batch.x.copy_(rows.to(at::kDouble).mul_(data.scale).add_(data.shift));
  }
  batch.y = data.y.index_select(0, index_tensor(indices).to(data.y.device())).to(at::kCPU);
  return batch;
}

Batch gather(const Dataset& data, const Tensor& indices) {
  const Tensor plain = plain_indices(indices);
  return gather(data, index_span(plain));
}

Dataset take(const Dataset& data, int64_t n) {
  if (n < 1) throw ValueError("take: at least 1 example expected, got {}", n);
  Dataset out = data;
  if (n < data.size()) {
    out.x = data.x.narrow(0, 0, n);
    out.y = data.y.narrow(0, 0, n);
  }
  return out;
}

Dataset subset(const Dataset& data, const Tensor& indices) {
  const Tensor plain = plain_indices(indices);
  check_range(data, index_span(plain));
  Dataset out = data;
  out.x = data.x.index_select(0, plain.to(data.x.device()));
  out.y = data.y.index_select(0, plain.to(data.y.device()));
  return out;
}

std::string describe(const Dataset& data) {
  std::vector<std::string> sizes;
  for (const int64_t size : data.shape()) sizes.push_back(std::to_string(size));
  const std::string head = fmt::format("{}: {} examples of {}", data.name,
                                       with_thousands(data.size()), join(sizes, " × "));
  if (data.classes == 0) return fmt::format("{}, {} targets", head, data.y.size(1));
  const Tensor counts = data.y.bincount({}, data.classes);
  return fmt::format("{}, {} classes of {} to {}", head, data.classes,
                     with_thousands(counts.min().item<int64_t>()),
                     with_thousands(counts.max().item<int64_t>()));
}

}  // namespace glow
