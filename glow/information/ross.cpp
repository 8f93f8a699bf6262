#include "glow/information/ross.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <vector>

#include "glow/core/error.h"
#include "glow/core/parallel.h"
#include "glow/information/checks.h"
#include "glow/information/discrete.h"
#include "glow/information/layer_forms.h"
#include "glow/information/neighbour_information.h"
#include "glow/information/neighbours.h"
#include "glow/information/special.h"
#include "glow/information/symbols.h"

namespace glow {
namespace {

struct RossResult {
  double nats = 0, ceiling = 0;
  int64_t used = 0, lowered = 0;  // rows; classes with fewer than k + 1 of them
  int64_t classes = 0;            // with at least two rows
  std::vector<double> distances = {};
};

// The rows of each class that has at least two.
std::vector<std::vector<int64_t>> members(const Symbols& symbols) {
  std::vector<std::vector<int64_t>> all(static_cast<size_t>(symbols.kinds())), out;
  for (size_t i = 0; i < symbols.of_row.size(); ++i) {
    all[static_cast<size_t>(symbols.of_row[i])].push_back(static_cast<int64_t>(i));
  }
  for (auto& rows : all) {
    if (rows.size() > 1) out.push_back(std::move(rows));
  }
  return out;
}

RossResult ross_information(const Tensor& x, const Symbols& symbols, int64_t k) {
  const auto classes = members(symbols);
  RossResult out;
  out.classes = static_cast<int64_t>(classes.size());
  std::vector<int64_t> kept, first;  // the rows, class after class, and where each class begins
  for (const auto& rows : classes) {
    first.push_back(static_cast<int64_t>(kept.size()));
    kept.insert(kept.end(), rows.begin(), rows.end());
  }
  out.used = static_cast<int64_t>(kept.size());
  if (kept.empty()) return out;
  const PointSet all(x.index_select(0, at::tensor(kept, at::kLong)));
  out.distances.resize(kept.size());
  parallel_for(out.classes, 1, [&](int64_t c, int64_t) {
    const auto size = static_cast<int64_t>(classes[static_cast<size_t>(c)].size());
    const int64_t begin = first[static_cast<size_t>(c)];
    const PointSet own(all.points().slice(0, begin, begin + size));
    const Neighbours neighbours = own.nearest(std::min(k, size - 1));
    std::copy(neighbours.distances.begin(), neighbours.distances.end(),
              out.distances.begin() + begin);
  });
  const std::vector<int32_t> nearer = all.nearer(out.distances);
  const DigammaTable psi(out.used);
  double classes_sum = 0, sum = 0;
  for (size_t c = 0; c < classes.size(); ++c) {
    const auto size = static_cast<int64_t>(classes[c].size());
    const int64_t own_k = std::min(k, size - 1);
    out.lowered += own_k < k ? 1 : 0;
    classes_sum += static_cast<double>(size) * psi(size);
    for (int64_t i = first[c]; i < first[c] + size; ++i) {
      sum += psi(own_k) - psi(nearer[static_cast<size_t>(i)] + 1);
    }
  }
  const auto n = static_cast<double>(out.used);
  out.ceiling = psi(out.used) - classes_sum / n;
  out.nats = out.ceiling + sum / n;
  return out;
}

void say_what_was_left_out(Estimate& out, const RossResult& found, int64_t rows, int64_t k) {
  if (const int64_t alone = rows - found.used; alone > 0) {
    out.warnings.push_back(fmt::format("{} row{} alone in {} class left out", alone,
                                       alone == 1 ? " is" : "s are", alone == 1 ? "its" : "their"));
  }
  if (found.lowered > 0) {
    out.warnings.push_back(
        fmt::format("{} class{} at most {} rows: there k is one less than their number",
                    found.lowered, found.lowered == 1 ? " has" : "es have", k));
  }
}

// The rows of `symbols` that a subset takes.
Symbols chosen(const Symbols& symbols, const Tensor& rows) {
  Symbols out;
  out.counts.assign(symbols.counts.size(), 0);
  const int64_t* row = rows.const_data_ptr<int64_t>();
  for (int64_t i = 0; i < rows.numel(); ++i) {
    out.of_row.push_back(symbols.of_row[static_cast<size_t>(row[i])]);
    ++out.counts[static_cast<size_t>(out.of_row.back())];
  }
  return out;
}

Estimate ross_of(const Tensor& x, const std::string& x_name, const Tensor& labels,
                 const std::string& y_name, const RossOptions& options, const std::string& spec) {
  const Scaled variable = scaled(x, x_name, options.standardize, options.jitter);
  check_same_rows(variable.rows, x_name, labels, y_name);
  check_rows(variable.size(), 2, "ross");
  const Symbols symbols = value_symbols(labels, y_name);
  Estimate out = neighbour_estimate(spec, {&variable});
  if (settle_constant(out, {&variable})) return out;
  const RossResult found = ross_information(variable.rows, symbols, options.k);
  if (found.used == 0) {
    throw ValueError("{} has {} classes of one row each: ross needs two rows of a class", y_name,
                     symbols.kinds());
  }
  say_what_was_left_out(out, found, variable.size(), options.k);
  out.n = found.used;
  out.ceiling = found.ceiling;
  if (found.classes == 1) {
    out.value = at::scalar_tensor(0, at::kDouble);
    out.warnings.push_back(fmt::format("{} is constant: the information is 0", y_name));
    return out;
  }
  out.value = at::scalar_tensor(found.nats, at::kDouble);
  warn_of_ties(out, found.distances, variable.grain);
  if (found.nats >= found.ceiling - 1e-9) {
    out.warnings.push_back("saturated: the neighbours of every row are of its class");
  }
  if (options.errors) {
    set_error(out, options.k, [&](const Tensor& rows) {
      return ross_information(variable.rows.index_select(0, rows), chosen(symbols, rows), options.k)
          .nats;
    });
  }
  return out;
}

void check_ross(const RossOptions& options) {
  check_neighbours("ross", options.k);
  check_jitter(options.jitter);
}

}  // namespace

Estimate ross(const Tensor& x, const Tensor& labels, const RossOptions& options) {
  check_ross(options);
  const Tensor classes = continuous(labels, "labels");
  if (labels.is_floating_point() || labels.scalar_type() == at::kBool) {
    throw ValueError("labels must have an integer type, got {}",
                     at::toString(labels.scalar_type()));
  }
  if (classes.size(1) != 1) {
    throw ValueError("labels must be one column of class numbers, got {}", classes.size(1));
  }
  return ross_of(x, "x", labels, "labels", options, spec_text("ross", options));
}

Ross::Ross(const RossOptions& options)
    : NeighbourEstimator(spec_text("ross", options)), options_(options) {
  check_ross(options);
}

Estimate Ross::estimate(const Tensor& x, const Tensor& y) const {
  check_same_rows(continuous(x, "x"), "x", continuous(y, "y"), "y");
  check_finite(x, "x");
  check_finite(y, "y");
  if (is_discrete(y)) return ross_of(x, "x", y, "y", options_, spec());
  if (is_discrete(x)) return ross_of(y, "y", x, "x", options_, spec());
  throw ValueError("ross needs a discrete variable: neither x nor y holds classes; take ksg");
}

std::vector<Coordinates> Ross::evaluate(const Segment& segment, const Fit& fit) const {
  return neighbour_coordinates(segment, fit, *this, std::nullopt, label_options(options_), {});
}

}  // namespace glow
