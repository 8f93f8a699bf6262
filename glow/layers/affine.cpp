#include "glow/layers/affine.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "glow/core/vectorized.h"

namespace glow {
namespace {

using at::Tensor;

constexpr int64_t kWidest = 16;         // inputs and outputs
constexpr int64_t kMostWork = 4 << 20;  // products: beyond, a library's threads win
constexpr int64_t kBlock = 512;  // rows summed at a time: the error does not grow with their number

// A row as whole vectors. What lies behind it in memory comes along and is never used; the last
// rows of a matrix have nothing behind them and are copied.
template <int bytes>
struct Row {
  static constexpr int64_t lanes = bytes / 4, parts = kWidest / lanes;
  Vector<float, bytes> part[parts];

  GLOW_INLINE void load(const float* from) {
#pragma GCC unroll 4
    for (int p = 0; p < parts; ++p) __builtin_memcpy(&part[p], from + p * lanes, bytes);
  }
  GLOW_INLINE void load(const float* from, int64_t columns, bool last) {
    if (!last) return load(from);
    float padded[kWidest] = {};
    std::copy_n(from, columns, padded);
    load(padded);
  }
  GLOW_INLINE void store(float* to) const {
#pragma GCC unroll 4
    for (int p = 0; p < parts; ++p) __builtin_memcpy(to + p * lanes, &part[p], bytes);
  }
  GLOW_INLINE void store(float* to, int64_t columns, bool last) const {
    if (!last) return store(to);
    float padded[kWidest];
    store(padded);
    std::copy_n(padded, columns, to);
  }
  GLOW_INLINE void add(float factor, const Row& row) {
#pragma GCC unroll 4
    for (int p = 0; p < parts; ++p) part[p] += factor * row.part[p];
  }
};

// Whether a whole vector from row i on would end behind the matrix.
GLOW_INLINE bool is_last(int64_t i, int64_t rows, int64_t columns) {
  return (rows - i) * columns < kWidest;
}

// out (n, columns) = start + a (n, k) times b (k, 16). Rows are written in order: what a row's
// vectors write behind it, the next one overwrites.
template <int bytes>
GLOW_INLINE void multiply(const float* a, int64_t n, int64_t k, const float* b, const float* start,
                          float* out, int64_t columns) {
  constexpr int64_t kRows = 4;
  for (int64_t i = 0; i < n; i += kRows) {
    const float* row[kRows];
    Row<bytes> sum[kRows];
#pragma GCC unroll 4
    for (int64_t r = 0; r < kRows; ++r) {
      row[r] = a + std::min(i + r, n - 1) * k;
      sum[r].load(start);
    }
    for (int64_t j = 0; j < k; ++j) {
      Row<bytes> right;
      right.load(b + j * kWidest);
#pragma GCC unroll 4
      for (int64_t r = 0; r < kRows; ++r) sum[r].add(row[r][j], right);
    }
#pragma GCC unroll 4
    for (int64_t r = 0; r < kRows; ++r) {
      if (i + r < n) sum[r].store(out + (i + r) * columns, columns, is_last(i + r, n, columns));
    }
  }
}

// out (rows, columns) = Σ_i a_i ⊗ b_i over the n rows of a (n, rows) and b (n, columns).
template <int bytes>
GLOW_INLINE void sum_outer(const float* a, int64_t rows, const float* b, int64_t columns, int64_t n,
                           float* out) {
  constexpr int64_t kRows = 4;
  std::fill_n(out, rows * columns, 0.0F);
  for (int64_t begin = 0; begin < n; begin += kBlock) {
    const int64_t end = std::min(begin + kBlock, n);
    for (int64_t o = 0; o < rows; o += kRows) {
      Row<bytes> sum[kRows] = {};
      for (int64_t i = begin; i < end; ++i) {
        Row<bytes> right;
        right.load(b + i * columns, columns, is_last(i, n, columns));
#pragma GCC unroll 4
        for (int64_t r = 0; r < kRows; ++r) {
          sum[r].add(a[i * rows + std::min(o + r, rows - 1)], right);
        }
      }
      for (int64_t r = 0; r < std::min(kRows, rows - o); ++r) {
        float padded[kWidest];
        sum[r].store(padded);
        for (int64_t c = 0; c < columns; ++c) out[(o + r) * columns + c] += padded[c];
      }
    }
  }
}

// w (rows, columns), or its transpose, padded to rows of 16.
void pad(const Tensor& w, float* to) {
  const int64_t rows = w.size(0), columns = w.size(1);
  const auto in = w.accessor<float, 2>();
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < columns; ++j) to[i * kWidest + j] = in[i][j];
    std::fill(to + i * kWidest + columns, to + (i + 1) * kWidest, 0.0F);
  }
}

// start + a b, a (n, k), b (k, columns).
Tensor product(const Tensor& a, const Tensor& b, const Tensor& start = {}) {
  const int64_t n = a.size(0), k = b.size(0), columns = b.size(1);
  alignas(64) float padded[kWidest * kWidest], bias[kWidest] = {};
  pad(b, padded);
  if (start.defined()) std::copy_n(start.contiguous().const_data_ptr<float>(), columns, bias);
  Tensor out = at::empty({n, columns}, a.options());
  vectorized([&](auto bytes) GLOW_INLINE_BODY {
    multiply<bytes>(a.const_data_ptr<float>(), n, k, padded, bias, out.mutable_data_ptr<float>(),
                    columns);
  });
  return out;
}

// aᵀ b, a (n, rows), b (n, columns).
Tensor product_of_columns(const Tensor& a, const Tensor& b) {
  Tensor out = at::empty({a.size(1), b.size(1)}, a.options());
  vectorized([&](auto bytes) GLOW_INLINE_BODY {
    sum_outer<bytes>(a.const_data_ptr<float>(), a.size(1), b.const_data_ptr<float>(), b.size(1),
                     a.size(0), out.mutable_data_ptr<float>());
  });
  return out;
}

struct NarrowAffine : torch::autograd::Function<NarrowAffine> {
  using Context = torch::autograd::AutogradContext;

  static Tensor forward(Context* context, const Tensor& x, const Tensor& weight,
                        const Tensor& bias) {
    context->save_for_backward({x, weight});
    return product(x, weight.t(), bias);
  }

  static std::vector<Tensor> backward(Context* context, std::vector<Tensor> gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1];
    const Tensor dz = gradients[0].contiguous();
    // Who differentiates again needs a graph of what happens here.
    if (at::GradMode::is_enabled()) return {dz.mm(weight), dz.t().mm(x), dz.sum(0)};
    std::vector<Tensor> out(3);
    if (context->needs_input_grad(0)) out[0] = product(dz, weight);
    if (context->needs_input_grad(1)) out[1] = product_of_columns(dz, x);
    if (context->needs_input_grad(2)) out[2] = dz.sum(0);
    return out;
  }
};

bool is_narrow(const Tensor& x, const Tensor& weight) {
  return weight.size(0) <= kWidest && weight.size(1) <= kWidest && x.dim() == 2 && x.is_cpu() &&
         weight.is_cpu() && x.scalar_type() == at::kFloat && weight.scalar_type() == at::kFloat &&
         x.size(1) == weight.size(1) && x.numel() * weight.size(0) <= kMostWork;
}

}  // namespace

Tensor affine(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  if (!is_narrow(x, weight)) return at::linear(x, weight, bias);
  const Tensor start = bias.defined() ? bias : at::zeros({weight.size(0)}, weight.options());
  return NarrowAffine::apply(x.contiguous(), weight, start);
}

}  // namespace glow
