#include "glow/training/metrics.h"

#include <ATen/ATen.h>

#include "glow/core/spec.h"
#include "glow/training/targets.h"

namespace glow {
namespace {

// One output is a probability (of a sigmoid): above a half it says class 1.
Tensor accuracy(const Tensor& prediction, const Tensor& target) {
  if (prediction.dim() < 2 || prediction.size(1) == 1) {
    return prediction.reshape({-1}).gt(0.5).eq(target.reshape({-1}).gt(0.5));
  }
  return prediction.argmax(1).eq(classes_of_target(target));
}

Tensor top_k_accuracy(const Tensor& prediction, const Tensor& target, int64_t k) {
  if (prediction.dim() < 2 || prediction.size(1) < k) {
    throw ValueError("top_k_accuracy(k={}) needs at least {} outputs, got ({})", k, k,
                     fmt::join(prediction.sizes(), ", "));
  }
  const Tensor best = std::get<1>(prediction.topk(k, 1));
  return best.eq(classes_of_target(target).unsqueeze(1)).any(1);
}

Tensor difference(const Tensor& prediction, const Tensor& target) {
  Tensor y = target;
  if (!y.is_floating_point() && prediction.dim() == 2 && prediction.size(1) > 1) {
    y = at::one_hot(y, prediction.size(1));
  }
  return (prediction - y.reshape(prediction.sizes())).reshape({prediction.size(0), -1});
}

Tensor squared_error(const Tensor& prediction, const Tensor& target) {
  return difference(prediction, target).square().mean(1);
}
Tensor absolute_error(const Tensor& prediction, const Tensor& target) {
  return difference(prediction, target).abs().mean(1);
}

template <class O>
O filled(const Table& table, const char* of) {
  O options;
  fill(options, table, of);
  return options;
}

struct NoOptions {
  static constexpr auto fields() { return std::tuple<>{}; }
};

}  // namespace

MetricSum& MetricSum::operator+=(const MetricSum& other) {
  total += other.total;
  count += other.count;
  return *this;
}

Metric::Metric(const std::string& spec) {
  const Spec parsed = parse_spec(spec);
  *this = metrics().make(parsed.name, parsed.options);
  if (!parsed.options.empty()) name_ = spec;  // top_k_accuracy(k=3) beside top_k_accuracy(k=5)
}

Metric::Metric(std::string name, PerExample per_example)
    : name_(std::move(name)), per_example_(std::move(per_example)) {}

void check_names(const std::vector<Metric>& metrics) {
  for (size_t i = 0; i < metrics.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (metrics[i].name() == metrics[j].name()) {
        throw ValueError("metric '{}' is given twice", metrics[i].name());
      }
    }
  }
}

MetricSum Metric::operator()(const Forward& forward) const {
  const at::NoGradGuard no_grad;
  const Tensor values = per_example_(forward.prediction.detach(), forward.segment.y);
  const auto n = forward.prediction.size(0);
  if (values.dim() != 1 || values.size(0) != n) {
    throw ValueError("metric '{}' gives one value an example, ({}), but got ({})", name_, n,
                     fmt::join(values.sizes(), ", "));
  }
  const Tensor sum = values.scalar_type() == at::kBool ? values.sum() : values.sum(at::kDouble);
  return {sum.item<double>(), static_cast<double>(n)};
}

Registry<Metric>& metrics() {
  static Registry<Metric> registry = [] {
    Registry<Metric> built_in("metric");
    auto add = [&](const char* name, const char* doc, Tensor (*of)(const Tensor&, const Tensor&)) {
      built_in.add({name, doc, {}, [name, of](const Table& table) {
                      filled<NoOptions>(table, name);
                      return Metric(std::string(name), of);
                    }});
    };
    add("accuracy", "share of examples whose likeliest class is the true one", accuracy);
    built_in.add({"top_k_accuracy", "share of examples whose true class is among the k likeliest",
                  describe<TopKOptions>(), [](const Table& table) {
                    const auto k = filled<TopKOptions>(table, "top_k_accuracy").k;
                    if (k < 1) throw ValueError("top_k_accuracy: k must be at least 1, got {}", k);
                    return Metric("top_k_accuracy", [k](const Tensor& p, const Tensor& y) {
                      return top_k_accuracy(p, y, k);
                    });
                  }});
    add("mse", "mean squared error", squared_error);
    add("mae", "mean absolute error", absolute_error);
    return built_in;
  }();
  return registry;
}

}  // namespace glow
