#include "glow/datasets/szt.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include <array>
#include <bit>
#include <cmath>

#include "glow/core/error.h"
#include "glow/core/random.h"
#include "glow/core/text.h"
#include "glow/io/sha256.h"

namespace glow::datasets {
namespace {

constexpr int64_t kPatterns = 4096, kInputs = 12;
constexpr int kThreshold = 99;  // of s

// The icosahedron: five neighbours of each vertex, and the vertex opposite.
constexpr std::array<std::array<int, 5>, 12> kAdjacent = {{{1, 3, 5, 10, 11},
                                                           {0, 2, 3, 4, 11},
                                                           {1, 3, 4, 8, 9},
                                                           {0, 1, 2, 8, 10},
                                                           {1, 2, 6, 9, 11},
                                                           {0, 6, 7, 10, 11},
                                                           {4, 5, 7, 9, 11},
                                                           {5, 6, 8, 9, 10},
                                                           {2, 3, 7, 9, 10},
                                                           {2, 4, 6, 7, 8},
                                                           {0, 3, 5, 7, 8},
                                                           {0, 1, 4, 5, 6}}};
constexpr std::array<int, 12> kOpposite = {9, 7, 5, 6, 10, 2, 3, 1, 11, 0, 4, 8};

// The coefficients of g1 and g2, and the same for g1 as whole numbers: it is a linear threshold.
constexpr std::array<std::array<double, 12>, 3> kCoefficients = {
    {{.1, .4, .3, .5, .3, .7, .1, .2, .4, .3, .5, .25},
     {.4, .7, .7, .4, .6, .6, .3, .1, .15, .25, .45, .05},
     {.4, .2, .3, .6, .1, .65, .55, .25, .1, .25, .7, .15}}};
constexpr std::array<int, 12> kWeights = {18, 26, 26, 30, 20, 39, 19, 11, 13, 16, 33, 9};

// Input 0 is the highest bit.
bool input(int64_t pattern, int i) { return pattern >> (kInputs - 1 - i) & 1; }

int score_of(int64_t pattern) {
  const int ones = std::popcount(static_cast<uint64_t>(pattern));
  int adjacent = 0, opposite = 0;  // counted from both ends
  for (int i = 0; i < kInputs; ++i) {
    if (!input(pattern, i)) continue;
    for (const int j : kAdjacent[static_cast<size_t>(i)]) adjacent += input(pattern, j);
    opposite += input(pattern, kOpposite[static_cast<size_t>(i)]);
  }
  adjacent /= 2;
  opposite /= 2;
  const int middle = ones * (ones - 1) / 2 - adjacent - opposite;
  return 23 * ones + adjacent - 5 * middle - 8 * opposite;
}

bool var_u(int64_t pattern) { return score_of(pattern) >= kThreshold; }

bool g1(int64_t pattern) {
  int sum = 0;
  for (int i = 0; i < kInputs; ++i) {
    if (input(pattern, i)) sum += kWeights[static_cast<size_t>(i)];
  }
  return sum >= 130;
}

// Rows of coefficients divided by their sums, each through a steep sigmoid.
bool g2(int64_t pattern) {
  double sum = 0;
  for (const auto& row : kCoefficients) {
    double whole = 0, part = 0;
    for (int i = 0; i < kInputs; ++i) {
      whole += row[static_cast<size_t>(i)];
      if (input(pattern, i)) part += row[static_cast<size_t>(i)];
    }
    sum += 1 / (1 + std::exp(-7 * (part / whole - .41)));
  }
  return sum > 1.945;
}

using Rule = bool (*)(int64_t);

Rule rule_of(const std::string& name) {
  if (name == "var_u") return var_u;
  if (name == "g1") return g1;
  if (name == "g2") return g2;
  throw ValueError("unknown rule '{}'{}; known: var_u, g1, g2", name,
                   did_you_mean(name, {"var_u", "g1", "g2"}));
}

Tensor labels_of(const szt::SZTOptions& options) {
  const Rule rule = rule_of(options.rule);
  if (options.stochastic) {
    if (rule != &var_u) throw ValueError("stochastic labels are those of var_u");
    const auto generator = make_generator(static_cast<uint64_t>(options.seed), "szt");
    return at::bernoulli(szt::probability(options.gamma), generator).to(at::kLong);
  }
  Tensor y = at::empty({kPatterns}, at::kLong);
  for (int64_t r = 0; r < kPatterns; ++r) y.data_ptr<int64_t>()[r] = rule(r);
  return y;
}

}  // namespace

DataPair szt::load(const SZTOptions& options) {
  Dataset data;
  data.name = "szt";
  data.x = at::empty({kPatterns, kInputs}, at::kFloat);
  auto* x = data.x.data_ptr<float>();
  for (int64_t r = 0; r < kPatterns; ++r) {
    for (int i = 0; i < kInputs; ++i) *x++ = input(r, i) ? 1.0f : 0.0f;
  }
  data.y = labels_of(options);
  data.classes = 2;
  std::string bytes;
  for (int64_t r = 0; r < kPatterns; ++r) {
    bytes.push_back(static_cast<char>(data.y.const_data_ptr<int64_t>()[r]));
  }
  data.checksums.emplace_back(spec_text("szt", options), io::sha256(bytes));
  return {std::move(data), std::nullopt};
}

Loaders szt::load_data(const LoadOptions& options, const SZTOptions& set) {
  refuse_range(options, "szt");
  return make_loaders(load(set), options);
}

Tensor szt::score() {
  Tensor s = at::empty({kPatterns}, at::kDouble);
  for (int64_t r = 0; r < kPatterns; ++r) s.data_ptr<double>()[r] = score_of(r);
  return s;
}

Tensor szt::probability(double gamma) {
  if (!(gamma > 0)) throw ValueError("gamma must be above 0, got {}", gamma);
  return ((score() - (kThreshold - .5)) * gamma).sigmoid();
}

}  // namespace glow::datasets
