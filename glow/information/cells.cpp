#include "glow/information/cells.h"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>

#include "glow/core/error.h"
#include "glow/core/parallel.h"
#include "glow/information/checks.h"

namespace glow {
namespace {

constexpr int64_t kBlock = 2048;     // values coded at a time: their codes stay in L1
constexpr int64_t kGrain = 1 << 20;  // values that are worth a thread
constexpr double kInfinity = std::numeric_limits<double>::infinity();

void check_range(const ColumnRange& range) {
  for (size_t j = 0; j < range.low.size(); ++j) {
    if (std::isfinite(range.high[j] - range.low[j]) && range.low[j] <= range.high[j]) continue;
    throw ValueError("no range: [{}, {}]", range.low[j], range.high[j]);
  }
}

}  // namespace

Ruler Ruler::equal(const ColumnRange& range, int64_t cells) {
  if (cells < 1 || cells > kMostCells) {
    throw ValueError("bins must be between 1 and {}, got {}", kMostCells, cells);
  }
  check_range(range);
  Ruler ruler;
  for (size_t j = 0; j < range.low.size(); ++j) {
    const double low = range.low[j], high = range.high[j];
    const double step = (high - low) / static_cast<double>(cells);
    // A range of one point is one cell; whatever comes to lie below it is in the first.
    const bool point = !(step > 0);
    const double inverse = point ? 0 : 1 / step;
    const double last_edge = point ? high : static_cast<double>(cells) * step + low;
    ruler.steps_.push_back({low, high, std::nextafter(std::min(high, last_edge), -kInfinity),
                            point ? kInfinity : step, inverse, static_cast<int32_t>(cells - 1),
                            0x1.0p-20 + 0x1.0p-51 * std::abs(low) * inverse});
  }
  return ruler;
}

Ruler Ruler::edges(const ColumnRange& range, int64_t edges) {
  if (edges < 2 || edges > kMostCells) {
    throw ValueError("edges must be between 2 and {}, got {}", kMostCells, edges);
  }
  Ruler ruler = equal(range, edges - 1);
  for (auto& steps : ruler.steps_) steps.last = static_cast<int32_t>(edges - 1);
  return ruler;
}

Ruler Ruler::width(double width) {
  if (!(width > 0 && std::isfinite(width))) {
    throw ValueError("width must be a positive number, got {}", width);
  }
  Ruler ruler;
  ruler.kind_ = Kind::width;
  ruler.width_ = width;
  return ruler;
}

Ruler Ruler::levels(const ColumnRange& range, int64_t bits) {
  if (bits < 1 || bits > 20) throw ValueError("bits must be between 1 and 20, got {}", bits);
  check_range(range);
  // The nearest of 2^b levels is the cell of 2^b equal ones that have the levels in their middle.
  const int64_t count = int64_t{1} << bits;
  ColumnRange around = range;
  for (size_t j = 0; j < range.low.size(); ++j) {
    const double half = (range.high[j] - range.low[j]) / static_cast<double>(count - 1) / 2;
    around.low[j] -= half;
    around.high[j] += half;
  }
  return equal(around, count);
}

Ruler Ruler::at(std::vector<std::vector<double>> edges) {
  Ruler ruler;
  ruler.kind_ = Kind::table;
  ruler.table_ = std::move(edges);
  return ruler;
}

// The cells of n values of all columns, or of one row where each column has its own ruler; whether
// any is to be looked at again.
template <class T>
bool Ruler::code(const T* values, int64_t n, uint32_t* codes) const {
  const bool shared = rulers() <= 1;
  bool odd = false;
  if (kind_ == Kind::table) {
    for (int64_t i = 0; i < n; ++i) {
      const auto& edges = table_[shared ? 0 : static_cast<size_t>(i)];
      const auto v = static_cast<double>(values[i]);
      const auto above = std::upper_bound(edges.begin(), edges.end(), v);
      codes[i] = static_cast<uint32_t>(above - edges.begin());
      odd |= !std::isfinite(v);
    }
    return odd;
  }
  vectorized([&](auto) GLOW_INLINE_BODY {
    if (kind_ == Kind::width) {
      odd = cell_codes::apply(cell_codes::Widths{width_}, values, n, codes);
    } else if (shared) {
      odd = cell_codes::apply(steps_[0], values, n, codes);
    } else {
      int32_t any = 0;
      for (int64_t i = 0; i < n; ++i) {
        const auto v = static_cast<double>(values[i]);
        codes[i] = static_cast<uint32_t>(steps_[static_cast<size_t>(i)](v, any));
      }
      odd = any != 0;
    }
  });
  return odd;
}

template <class T>
void Ruler::look(const T* values, int64_t n, Tally& tally) const {
  for (int64_t i = 0; i < n; ++i) {
    const auto v = static_cast<double>(values[i]);
    tally.finite &= std::isfinite(v);
    if (kind_ == Kind::width) {
      tally.numbered &= std::abs(v / width_) < cell_codes::Widths::kFarthest;
    } else if (kind_ == Kind::steps) {
      const auto& steps = steps_[steps_.size() == 1 ? 0 : static_cast<size_t>(i)];
      tally.outside += v < steps.low || v > steps.high ? 1 : 0;
    }
  }
}

template <class T>
Ruler::Tally Ruler::keys(const T* values, int64_t rows, int64_t columns, const RowHash& hash,
                         uint64_t* keys) const {
  Tally tally;
  const int64_t block = std::max<int64_t>(1, kBlock / columns);  // rows
  std::vector<uint32_t> codes(static_cast<size_t>(block * columns));
  for (int64_t i = 0; i < rows; i += block) {
    const int64_t taken = std::min(block, rows - i);
    const int64_t pieces = rulers() <= 1 ? 1 : taken;
    const int64_t n = taken * columns / pieces;
    for (int64_t p = 0; p < pieces; ++p) {
      const T* piece = values + i * columns + p * n;
      if (code(piece, n, codes.data() + p * n)) look(piece, n, tally);
    }
    hash(codes.data(), taken, keys + i);
  }
  return tally;
}

void Ruler::check_columns(int64_t columns, const std::string& name) const {
  const auto own = static_cast<int64_t>(rulers());
  if (own <= 1 || own == columns) return;
  throw ValueError("{} has {} columns, its ranges were taken from {}", name, columns, own);
}

Symbols Ruler::symbols(const Tensor& t, const std::string& name, int64_t* outside) const {
  const Tensor values = t.detach().contiguous();
  const int64_t rows = values.size(0), columns = values.size(1);
  check_columns(columns, name);
  const RowHash hash(columns);
  std::vector<uint64_t> key(static_cast<size_t>(rows));
  const int64_t grain = std::max<int64_t>(1, kGrain / columns);
  std::vector<Tally> tallies(static_cast<size_t>((rows + grain - 1) / grain));
  parallel_for(rows, grain, [&](int64_t begin, int64_t end) {
    uint64_t* out = key.data() + begin;
    const int64_t at = begin * columns, count = end - begin;
    tallies[static_cast<size_t>(begin / grain)] =
        values.scalar_type() == at::kFloat
            ? keys(values.const_data_ptr<float>() + at, count, columns, hash, out)
            : keys(values.const_data_ptr<double>() + at, count, columns, hash, out);
  });
  Tally all;
  for (const Tally& tally : tallies) {
    all.outside += tally.outside;
    all.finite &= tally.finite;
    all.numbered &= tally.numbered;
  }
  if (!all.finite) check_finite(values, name);
  if (!all.numbered) {
    throw ValueError("{} has values too large to number their cells of width {}; take a wider one",
                     name, width_);
  }
  if (outside) *outside = all.outside;
  return number_symbols(key);
}

std::vector<double> equal_mass_edges(std::vector<double>& values, int64_t cells) {
  std::sort(values.begin(), values.end());
  const auto n = static_cast<int64_t>(values.size());
  std::vector<double> edges;
  for (int64_t k = 1; k < cells; ++k) {
    const int64_t first = std::min((k * n + cells - 1) / cells, n - 1);  // of cell k
    edges.push_back(values[static_cast<size_t>(first)]);
  }
  return edges;
}

}  // namespace glow
