#include "glow/information/covariance.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "glow/core/parallel.h"
#include "glow/information/gram_loops.h"

namespace glow {
namespace {

constexpr int64_t kCovarianceTile = 32;
constexpr int64_t kCovarianceWorthThreads = 20'000'000;  // products
constexpr int64_t kWholeVectors = 8;                     // float64 numbers of the widest vector

bool by_torch(const Tensor& t) {
  return !t.is_cpu() || (at::GradMode::is_enabled() && t.requires_grad());
}

int64_t whole(int64_t n, int64_t step) { return (n + step - 1) / step * step; }

}  // namespace

Tensor covariance(const Tensor& rows) {
  const int64_t n = rows.size(0), d = rows.size(1);
  const auto freedom = static_cast<double>(n - 1);
  if (by_torch(rows)) return at::mm(rows.t(), rows) / freedom;
  // Column by column, padded with zeros to whole vectors and blocks.
  const int64_t padded = whole(d, 4), stride = whole(n, kWholeVectors);
  const Tensor columns = at::zeros({padded, stride}, at::kDouble);
  columns.slice(0, 0, d).slice(1, 0, n).copy_(rows.detach().t());
  const double* column = columns.const_data_ptr<double>();
  Tensor out = at::empty({d, d}, at::kDouble);
  double* entry = out.mutable_data_ptr<double>();
  std::vector<std::pair<int64_t, int64_t>> tiles;
  for (int64_t i = 0; i < padded; i += kCovarianceTile) {
    for (int64_t j = i; j < padded; j += kCovarianceTile) tiles.emplace_back(i, j);
  }
  std::optional<SerialScope> serial;
  if (n * d * d / 2 < kCovarianceWorthThreads) serial.emplace();
  parallel_for(static_cast<int64_t>(tiles.size()), 1, [&](int64_t begin, int64_t) {
    const auto [i, j] = tiles[static_cast<size_t>(begin)];
    const int64_t height = std::min(kCovarianceTile, padded - i);
    const int64_t width = std::min(kCovarianceTile, padded - j);
    double products[kCovarianceTile * kCovarianceTile];
    vectorized([&, i = i, j = j](auto bytes) GLOW_INLINE_BODY {
      gram_loops::inner_products<double, bytes>(column + i * stride, height, column + j * stride,
                                                width, stride, i == j, products);
    });
    for (int64_t r = i; r < std::min(d, i + height); ++r) {
      for (int64_t c = j; c < std::min(d, j + width); ++c) {
        entry[r * d + c] = entry[c * d + r] = products[(r - i) * width + c - j] / freedom;
      }
    }
  });
  return out;
}

Tensor cholesky_factor(const Tensor& matrix) {
  if (by_torch(matrix)) {
    const auto [factor, info] = at::linalg_cholesky_ex(matrix);
    return info.item<int>() == 0 ? factor : Tensor();
  }
  const int64_t d = matrix.size(0), stride = whole(d, kWholeVectors);
  Tensor factor = at::zeros({stride, stride}, at::kDouble);
  const Tensor full = matrix.detach().contiguous();
  double* l = factor.mutable_data_ptr<double>();
  for (int64_t i = 0; i < d; ++i) {  // at::tril would start threads, however small the matrix
    const double* row = full.const_data_ptr<double>() + i * d;
    std::copy(row, row + i + 1, l + i * stride);
  }
  bool positive = true;
  vectorized([&](auto bytes) GLOW_INLINE_BODY {
    for (int64_t i = 0; i < d && positive; ++i) {
      double* row = l + i * stride;
      for (int64_t j = 0; j <= i; j += 4) {
        // Four entries at once, of what lies left of them; then of each other.
        double dots[4] = {};
        for (int64_t k = 0; k + kWholeVectors <= j; k += 512) {
          gram_loops::add_block<double, bytes, 1, 4>(
              row + k, l + j * stride + k, stride,
              std::min<int64_t>(512, j / kWholeVectors * kWholeVectors - k), dots, 4);
        }
        for (int64_t c = j; c < std::min(j + 4, i + 1); ++c) {
          const double* other = l + c * stride;
          double rest = row[c] - dots[c - j];
          for (int64_t k = j / kWholeVectors * kWholeVectors; k < c; ++k) rest -= row[k] * other[k];
          if (c < i) {
            row[c] = rest / other[c];
          } else {
            positive = rest > 0;  // not so for NaN either
            row[c] = std::sqrt(rest);
          }
        }
      }
    }
  });
  return positive ? factor.slice(0, 0, d).slice(1, 0, d) : Tensor();
}

Tensor solve_lower(const Tensor& factor, const Tensor& b) {
  if (by_torch(factor) || by_torch(b)) return at::linalg_solve_triangular(factor, b, false);
  const Tensor left = factor.detach().contiguous();
  Tensor out = b.detach().clone(at::MemoryFormat::Contiguous);
  const int64_t d = out.size(0), m = out.size(1);
  const double* l = left.const_data_ptr<double>();
  double* rows = out.mutable_data_ptr<double>();
  vectorized([&](auto) GLOW_INLINE_BODY {
    for (int64_t i = 0; i < d; ++i) {
      double* row = rows + i * m;
      for (int64_t k = 0; k < i; ++k) {
        const double share = l[i * d + k];
        const double* above = rows + k * m;
        for (int64_t c = 0; c < m; ++c) row[c] -= share * above[c];
      }
      for (int64_t c = 0; c < m; ++c) row[c] /= l[i * d + i];
    }
  });
  return out;
}

}  // namespace glow
