// The plug-in estimator on binned activations: the information plane of the first papers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "glow/core/fields.h"
#include "glow/information/estimator.h"

namespace glow {

/// The range that is cut into cells: `[-1, 1]`, or that of the values: of the whole `layer`, or of
/// each `neuron` on its own.
struct BinRange {
  enum class Of { fixed, layer, neuron };
  Of of = Of::fixed;
  double low = -1, high = 1;  // of a fixed one

  BinRange() = default;
  BinRange(double from, double to) : low(from), high(to) {}
  BinRange(const char* word) : BinRange(std::string(word)) {}  // NOLINT: so that options read
  BinRange(const std::string& word);                           // NOLINT: `.range = "layer"`
};

void read_value(const Value& in, BinRange& out);
Value write_value(const BinRange& in);

struct BinnedOptions {
  // One of four; 30 bins when none is given.
  std::optional<int64_t> bins = {};
  std::optional<int64_t> edges = {};
  std::optional<double> width = {};
  std::optional<BinRange> range = {};  // [-1, 1]; layer with bits or equal_mass
  std::optional<int64_t> bits = {};
  bool equal_mass = false;
  std::string correction = "none";  // as in the papers
  std::string reference = "snapshot";

  static constexpr auto fields() {
    using O = BinnedOptions;
    return std::tuple{
        Field{"bins", &O::bins, "equal cells over the range, the right end closed (30)", true},
        Field{"edges", &O::edges, "edges of numpy.linspace: edges - 1 cells and the end point"},
        Field{"width", &O::width, "cells floor(value / width), no range"},
        Field{"range", &O::range, "[low, high] ([-1, 1]), or of the values: layer, neuron"},
        Field{"bits", &O::bits, "quantise to 2^bits levels over the range (layer)"},
        Field{"equal_mass", &O::equal_mass,
              "cells with the same share of the values (of the layer)"},
        Field{"correction", &O::correction,
              "none, miller_madow, grassberger, chao_shen, james_stein or nsb"},
        Field{"reference", &O::reference, "what a range is fitted to: first, snapshot or run"}};
  }
};

/// Ĥ(T) in nats of t (n, d), each row coded as one symbol by its columns' cells; n >= 1. Ceiling ln
/// n. Warns of values out of range (they are counted in the end cells), of fewer than two samples
/// an occupied cell (then it tends to ln n whatever the data), and of a constant. O(n d). Throws
/// ValueError on NaN or infinity.
///
/// Shwartz-Ziv & Tishby 2017, arXiv 1703.00810; Saxe et al. 2018, ICLR.
Estimate binned_entropy(const Tensor& t, const BinnedOptions& options = {});

/// Ĥ(X) + Ĥ(Y) − Ĥ(X,Y) in nats of x (n, dx), binned, and y (n, dy); n >= 2. A y that holds whole
/// numbers only, of whatever type, is taken as class numbers: each distinct row is a symbol. Any
/// other y is binned like x. Not clipped. Otherwise as `binned_entropy`.
Estimate binned_mutual_information(const Tensor& x, const Tensor& y,
                                   const BinnedOptions& options = {});

/// Complexity H(T), which is I(X;T) of a deterministic network on distinct inputs; none while the
/// network is not. Generalization H(T) − Σ p(y) H(T|y), the same cells. Class numbers are symbols;
/// targets are treated as y in `binned_mutual_information`.
class Binned : public InformationEstimator {
 public:
  explicit Binned(const BinnedOptions& options = {});

  const BinnedOptions& options() const { return options_; }

  Estimate estimate(const Tensor& x, const Tensor& y) const override;
  using Estimator::evaluate;
  std::vector<Coordinates> evaluate(const Segment& segment, const Fit& fit) const override;
  void fit(const Segment& segment, Fit& fit) const override;
  Reference reference() const override { return parse_reference(options_.reference); }

 private:
  BinnedOptions options_;
};

}  // namespace glow
