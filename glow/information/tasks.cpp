#include "glow/information/tasks.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "glow/core/error.h"
#include "glow/core/random.h"
#include "glow/core/text.h"
#include "glow/information/special.h"

namespace glow {
namespace {

using at::Generator;
using std::numbers::pi;

Tensor task_normal(int64_t n, int64_t d, const Generator& generator) {
  return at::randn({n, d}, generator, at::kDouble);
}
Tensor task_uniform(int64_t n, const Generator& generator) {
  return at::rand({n, 1}, generator, at::kDouble);
}

// (X,Y) as the first and the last columns of one matrix.
Sample halves(const Tensor& both) {
  const int64_t d = both.size(1) / 2;
  return {both.slice(1, 0, d).contiguous(), both.slice(1, d).contiguous()};
}

// Mutual information of a Gaussian pair with correlation rho.
double gaussian_pair(double rho) { return -0.5 * std::log1p(-rho * rho); }

// Y is X in its first `pairs` columns, as far as rho goes, and new in the others.
Sample draw_pairs(int64_t n, int64_t d, int64_t pairs, double rho, const Generator& generator) {
  const Tensor x = task_normal(n, d, generator);
  const Tensor y = task_normal(n, d, generator);
  y.slice(1, 0, pairs).mul_(std::sqrt(1 - rho * rho)).add_(x.slice(1, 0, pairs), rho);
  return {x, y};
}

Task normal_task() {
  constexpr double kRho = 0.75;
  return {"1v1-normal-0.75", 1, 1, gaussian_pair(kRho),
          [](int64_t n, const Generator& g) { return draw_pairs(n, 1, 1, kRho, g); }};
}

Task sparse_task(int64_t d) {
  constexpr int64_t kPairs = 2;
  constexpr double kRho = 0.8;  // of the strength 2.0 in the name
  return {fmt::format("multinormal-sparse-{0}-{0}-2-2.0", d), d, d, kPairs * gaussian_pair(kRho),
          [d](int64_t n, const Generator& g) { return draw_pairs(n, d, kPairs, kRho, g); }};
}

// |Σ| = (1−ρ)^(k−1) (1+(k−1)ρ) of k columns that are all correlated by ρ.
Task dense_task(int64_t d) {
  constexpr double kRho = 0.5;
  const auto k = static_cast<double>(d);
  const double truth =
      std::log1p((k - 1) * kRho) - 0.5 * (std::log1p((2 * k - 1) * kRho) + std::log1p(-kRho));
  return {
      fmt::format("multinormal-dense-{0}-{0}-0.5", d), d, d, truth,
      [d](int64_t n, const Generator& g) {
        const Tensor common = task_normal(n, 1, g);
        return halves(std::sqrt(kRho) * common + std::sqrt(1 - kRho) * task_normal(n, 2 * d, g));
      }};
}

// Differential entropy of a Student law in k dimensions with ν degrees of freedom.
double student_entropy(double k, double nu) {
  const double s = (nu + k) / 2;
  return -std::lgamma(s) + std::lgamma(nu / 2) + k / 2 * std::log(nu * pi) +
         s * (digamma(s) - digamma(nu / 2));
}

Task student_task(int64_t d, int64_t degrees) {
  const auto k = static_cast<double>(d), nu = static_cast<double>(degrees);
  return {fmt::format("student-identity-{0}-{0}-{1}", d, degrees), d, d,
          2 * student_entropy(k, nu) - student_entropy(2 * k, nu),
          [d, degrees](int64_t n, const Generator& g) {
            const Tensor chi_squared = task_normal(n, degrees, g).square().sum(1, true);
            const Tensor scale = (static_cast<double>(degrees) / chi_squared).sqrt();
            return halves(task_normal(n, 2 * d, g) * scale);
          }};
}

Task additive_task(double epsilon) {
  const double truth = epsilon <= 0.5 ? epsilon - std::log(2 * epsilon) : 1 / (4 * epsilon);
  return {"1v1-additive-" + number_text(epsilon), 1, 1, truth,
          [epsilon](int64_t n, const Generator& g) {
            const Tensor x = task_uniform(n, g);
            return Sample{x, x + (2 * task_uniform(n, g) - 1) * epsilon};
          }};
}

using Map = Tensor (*)(const Tensor&);

// One map on X and one on Y, each one to one.
Task mapped(const std::string& prefix, const Task& base, Map x_map, Map y_map) {
  Task out = base;
  out.name = prefix + base.name;
  out.draw = [draw = base.draw, x_map, y_map](int64_t n, const Generator& g) {
    const auto [x, y] = draw(n, g);
    return Sample{x_map(x), y_map(y)};
  };
  return out;
}
Task mapped(const std::string& prefix, const Task& base, Map map) {
  return mapped(prefix, base, map, map);
}

Tensor normal_cdf_map(const Tensor& v) { return at::special_ndtr(v); }
Tensor half_cube_map(const Tensor& v) { return v * v.abs().sqrt(); }
Tensor asinh_map(const Tensor& v) { return at::asinh(v); }

Tensor wiggly_x(const Tensor& v) {
  return v + 0.4 * at::sin(v) + 0.2 * at::sin(1.7 * v + 1) + 0.03 * at::sin(3.3 * v - 2.5);
}
Tensor wiggly_y(const Tensor& v) {
  return v - 0.4 * at::sin(0.4 * v) + 0.17 * at::sin(1.3 * v + 3.5) + 0.02 * at::sin(4.3 * v - 2.5);
}

// Rolls (n, 1) into the plane.
Tensor swissroll_map(const Tensor& v) {
  const Tensor t = 1.5 * pi * (1 + 2 * at::special_ndtr(v));
  return at::cat({t * at::cos(t), t * at::sin(t)}, 1) / 21;
}

// Turns each row in one coordinate plane, by the square of its length.
Tensor turned(const Tensor& v, int64_t first, int64_t second) {
  const Tensor angle = v.square().sum(1) / static_cast<double>(v.size(1));
  const Tensor c = at::cos(angle), s = at::sin(angle);
  const Tensor a = v.select(1, first), b = v.select(1, second);
  Tensor out = v.clone();
  out.select(1, first).copy_(c * a - s * b);
  out.select(1, second).copy_(s * a + c * b);
  return out;
}
Tensor spiral_x(const Tensor& v) { return turned(v, 0, 1); }
Tensor spiral_y(const Tensor& v) { return turned(v, 1, 2); }

// F⁻¹(Φ(v)) of F the mixture of two normal laws of variance 1, by bisection.
Tensor to_mixture(const Tensor& v, double weight, double first_mean, double second_mean) {
  constexpr int kSteps = 54;  // of a bracket of a few units, down to the last bit
  const Tensor target = at::special_ndtr(v);
  // A mixture lies between its parts.
  Tensor low = v + first_mean, high = v + second_mean;
  for (int step = 0; step < kSteps; ++step) {
    const Tensor middle = (low + high) / 2;
    const Tensor share = weight * at::special_ndtr(middle - first_mean) +
                         (1 - weight) * at::special_ndtr(middle - second_mean);
    const Tensor below = share < target;
    low = at::where(below, middle, low);
    high = at::where(below, high, middle);
  }
  return (low + high) / 2;
}
Tensor bimodal_x(const Tensor& v) { return to_mixture(v, 0.3, 0, 5); }
Tensor bimodal_y(const Tensor& v) { return to_mixture(v, 0.5, -1, 3); }

Task bimodal_task() {
  Task out = mapped("", normal_task(), bimodal_x, bimodal_y);
  out.name = "1v1-bimodal-0.75";
  return out;
}

Task swissroll_task() {
  Task out = mapped("swissroll_x-normal_cdf-", normal_task(), swissroll_map, normal_cdf_map);
  out.x_columns = 2;
  return out;
}

std::vector<Task> first_suite() {
  const Task normal = normal_task();
  std::vector<Task> out{normal,
                        mapped("normal_cdf-", normal, normal_cdf_map),
                        additive_task(0.1),
                        additive_task(0.75),
                        bimodal_task(),
                        mapped("wiggly-", normal, wiggly_x, wiggly_y),
                        mapped("half_cube-", normal, half_cube_map),
                        student_task(1, 1),
                        mapped("asinh-", student_task(1, 1), asinh_map),
                        swissroll_task()};
  for (const int64_t d : {2, 3, 5, 25, 50}) out.push_back(dense_task(d));
  for (const int64_t d : {2, 3, 5, 25}) out.push_back(sparse_task(d));
  const std::vector<std::pair<int64_t, int64_t>> students{{2, 1}, {2, 2}, {3, 2},
                                                          {3, 3}, {5, 2}, {5, 3}};
  for (const auto& [d, degrees] : students) out.push_back(student_task(d, degrees));
  const auto of_sparse = [&](const std::string& prefix, Map x_map, Map y_map) {
    for (const int64_t d : {3, 5, 25}) out.push_back(mapped(prefix, sparse_task(d), x_map, y_map));
  };
  of_sparse("normal_cdf-", normal_cdf_map, normal_cdf_map);
  of_sparse("half_cube-", half_cube_map, half_cube_map);
  of_sparse("spiral-", spiral_x, spiral_y);
  of_sparse(
      "spiral-normal_cdf-", [](const Tensor& v) { return spiral_x(normal_cdf_map(v)); },
      [](const Tensor& v) { return spiral_y(normal_cdf_map(v)); });
  for (const auto& [d, degrees] : {students[0], students[2], students[4]}) {
    out.push_back(mapped("asinh-", student_task(d, degrees), asinh_map));
  }
  return out;
}

}  // namespace

const std::vector<Task>& tasks() {
  static const std::vector<Task> all = first_suite();
  return all;
}

const Task& task(const std::string& name) {
  std::vector<std::string> names;
  for (const Task& one : tasks()) {
    if (one.name == name) return one;
    names.push_back(one.name);
  }
  throw ValueError("unknown task '{}'{}; `glow list tasks` names them all", name,
                   did_you_mean(name, names));
}

Sample sample(const Task& task, int64_t n, uint64_t seed) {
  if (n < 1) throw ValueError("a sample needs at least one row, got {}", n);
  return task.draw(n, make_generator(seed, task.name));
}

}  // namespace glow
