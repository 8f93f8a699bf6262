#include "glow/information/estimator.h"

#include <algorithm>

#include "glow/core/error.h"
#include "glow/core/spec.h"
#include "glow/information/automatic.h"
#include "glow/information/binned.h"
#include "glow/information/checks.h"
#include "glow/information/cka.h"
#include "glow/information/conditional.h"
#include "glow/information/discrete.h"
#include "glow/information/distance_correlation.h"
#include "glow/information/edge.h"
#include "glow/information/gaussian.h"
#include "glow/information/hsic.h"
#include "glow/information/kde.h"
#include "glow/information/kernel_mi.h"
#include "glow/information/kl_entropy.h"
#include "glow/information/ksg.h"
#include "glow/information/lnc.h"
#include "glow/information/mixed_ksg.h"
#include "glow/information/nhsic.h"
#include "glow/information/renyi.h"
#include "glow/information/ross.h"

namespace glow {
namespace {

double only(const std::vector<double>& list, const std::string& key) {
  if (list.size() != 1) throw StateError("'{}' was fitted to lists of numbers, not to one", key);
  return list[0];
}

template <class Combine>
std::vector<double> each(const std::vector<std::vector<double>>& lists, Combine combine) {
  std::vector<double> out = lists[0];
  for (size_t s = 1; s < lists.size(); ++s) {
    std::transform(out.begin(), out.end(), lists[s].begin(), out.begin(), combine);
  }
  return out;
}

template <class E, Described O>
Registry<EstimatorPtr>::Entry entry(const std::string& name, const std::string& doc) {
  return {name, doc, describe<O>(), [name](const Table& table) {
            O options;
            fill(options, table, name);
            return std::make_shared<E>(options);
          }};
}

struct NoKeys {
  static constexpr auto fields() { return std::tuple{}; }
};

void add_discrete(Registry<EstimatorPtr>& registry) {
  const std::vector<std::tuple<const char*, EntropyCorrection, const char*>> all = {
      {"plugin", EntropyCorrection::none, "discrete variables, frequencies as probabilities"},
      {"miller_madow", EntropyCorrection::miller_madow, "plugin, first-order bias taken off"},
      {"grassberger", EntropyCorrection::grassberger, "digamma-corrected entropies"},
      {"chao_shen", EntropyCorrection::chao_shen, "coverage-adjusted entropies"},
      {"james_stein", EntropyCorrection::james_stein, "frequencies shrunk towards uniform"},
      {"nsb", EntropyCorrection::nsb, "posterior mean of Nemenman, Shafee and Bialek"}};
  for (const auto& [name, correction, doc] : all) {
    registry.add({name, doc, describe<NoKeys>(),
                  [name = std::string(name), correction = correction](const Table& table) {
                    NoKeys none;
                    fill(none, table, name);
                    return std::make_shared<Discrete>(correction);
                  }});
  }
}

Registry<EstimatorPtr> built_in() {
  Registry<EstimatorPtr> registry("estimator");
  registry.add(entry<Auto, AutoOptions>("auto", "what types, ties and dimensions ask for"));
  add_discrete(registry);
  registry.add(entry<Binned, BinnedOptions>("binned", "plug-in information of binned activations"));
  registry.add(entry<KSG, KSGOptions>("ksg", "k nearest neighbours, continuous variables"));
  registry.add(entry<LNC, LNCOptions>("lnc", "ksg for strong dependence"));
  registry.add(entry<Ross, RossOptions>("ross", "nearest neighbours, continuous and discrete"));
  registry.add(
      entry<MixedKSG, MixedKSGOptions>("mixed_ksg", "nearest neighbours, mixtures and ties"));
  registry.add(entry<KL, KLOptions>("kl", "three Kozachenko-Leonenko entropies"));
  registry.add(entry<WeightedKL, WeightedKLOptions>("weighted_kl", "the same, bias cancelled"));
  registry.add(entry<MultiInformation, MultiInformationOptions>(
      "multi_information", "total correlation of all columns by nearest neighbours"));
  registry.add(entry<HSIC, HSICOptions>("hsic", "Hilbert-Schmidt independence criterion"));
  registry.add(entry<NHSIC, NHSICOptions>("nhsic", "normalised HSIC"));
  registry.add(entry<CKA, CKAOptions>("cka", "centred kernel alignment"));
  registry.add(entry<Dcor, DcorOptions>("dcor", "distance correlation"));
  registry.add(entry<Renyi, RenyiOptions>("renyi", "matrix-based information of order alpha"));
  registry.add(entry<KDE, KDEOptions>("kde", "bounds on noise-added layers"));
  registry.add(entry<KernelMI, KernelMIOptions>("kernel_mi", "kernel density estimates"));
  registry.add(entry<Gaussian, GaussianOptions>("gaussian", "covariances of Gaussian variables"));
  registry.add(entry<CCA, GaussianOptions>("cca", "canonical correlations"));
  registry.add(
      entry<GaussianCopula, GaussianOptions>("gaussian_copula", "gaussian of normal scores"));
  registry.add(entry<Edge, EdgeOptions>("edge", "hashed variables, in linear time"));
  return registry;
}

std::string value_text(const Value& value) {
  if (const auto* word = std::get_if<std::string>(&value.data)) return *word;
  if (const auto* number = std::get_if<double>(&value.data)) return number_text(*number);
  if (const auto* list = std::get_if<List>(&value.data)) {
    std::vector<std::string> items;
    for (const auto& item : *list) items.push_back(value_text(item));
    return "[" + join(items, ", ") + "]";
  }
  return to_toml(value);
}

}  // namespace

Reference parse_reference(const std::string& text) {
  if (text == "first") return Reference::first;
  if (text == "snapshot") return Reference::snapshot;
  if (text == "run") return Reference::run;
  throw ValueError("unknown reference '{}'{}; known: first, snapshot, run", text,
                   did_you_mean(text, {"first", "snapshot", "run"}));
}

std::string to_string(Reference reference) {
  return reference == Reference::first      ? "first"
         : reference == Reference::snapshot ? "snapshot"
                                            : "run";
}

void Fit::add(const std::string& key, std::vector<double> list) {
  auto& lists = values_[key];
  if (!lists.empty() && lists[0].size() != list.size()) {
    throw ValueError("'{}' was fitted to {} numbers, now to {}", key, lists[0].size(), list.size());
  }
  lists.push_back(std::move(list));
}

const std::vector<std::vector<double>>& Fit::at(const std::string& key) const {
  const auto found = values_.find(key);
  if (found == values_.end()) {
    throw StateError("'{}' was not fitted: call fit with a reference snapshot first", key);
  }
  return found->second;
}

std::vector<double> Fit::means(const std::string& key) const {
  const auto& lists = at(key);
  std::vector<double> out = each(lists, std::plus<>());
  for (double& value : out) value /= static_cast<double>(lists.size());
  return out;
}
std::vector<double> Fit::minima(const std::string& key) const {
  return each(at(key), [](double a, double b) { return std::min(a, b); });
}
std::vector<double> Fit::maxima(const std::string& key) const {
  return each(at(key), [](double a, double b) { return std::max(a, b); });
}
double Fit::mean(const std::string& key) const { return only(means(key), key); }
double Fit::smallest(const std::string& key) const { return only(minima(key), key); }
double Fit::largest(const std::string& key) const { return only(maxima(key), key); }

std::vector<Coordinates> Estimator::evaluate(const Segment& segment, const Fit&) const {
  const Tensor x = flatten_rows(segment.x);
  const Tensor y = label_matrix(segment, x);
  std::vector<Coordinates> out;
  for (const auto& layer : segment.layers) {
    const Tensor t = flatten_rows(layer.value);
    out.push_back({estimate(t, x), estimate(t, y)});
  }
  return out;
}

std::vector<Coordinates> Estimator::evaluate(const Segment& segment) const {
  Fit own;
  fit(segment, own);
  return evaluate(segment, own);
}

Estimate Criterion::estimate(const Tensor& x, const Tensor& y) const {
  const Tensor first = continuous(x, "x"), second = continuous(y, "y");
  check_same_rows(first, "x", second, "y");
  Estimate out;
  out.estimator = spec();
  out.unit = unit();
  out.n = first.size(0);
  out.value = criterion(first, second);
  if (!out.value.defined() || out.value.numel() != 1) {
    throw ValueError("criterion '{}' must give one number, a 0-d tensor", spec());
  }
  out.value = out.value.reshape({});
  if (out.value.isnan().item<bool>()) {
    check_finite(first, "x");
    check_finite(second, "y");
    out.warnings.push_back(fmt::format("criterion '{}' gave nan", spec()));
  }
  return out;
}

Registry<EstimatorPtr>& estimators() {
  static Registry<EstimatorPtr> registry = built_in();
  return registry;
}

EstimatorPtr make_estimator(const std::string& name, const Table& options) {
  const auto& entry = estimators().at(name);
  EstimatorPtr estimator = entry.make(options);
  if (options.empty()) return estimator;
  std::vector<std::string> given;
  for (const auto& field : entry.fields) {
    const Value* value = find(options, field.name);
    if (value) given.push_back(field.name + "=" + value_text(*value));
  }
  estimator->set_spec(name + "(" + join(given, ", ") + ")");
  return estimator;
}

EstimatorPtr make_estimator(const std::string& spec) try {
  const Spec parsed = parse_spec(spec);
  return make_estimator(parsed.name, parsed.options);
} catch (const ValueError& error) {
  const std::string message = error.what();
  if (message.find(spec) != std::string::npos) throw;
  throw ValueError("{}: {}", spec, message);
}

}  // namespace glow
