#include "glow/information/entropies.h"

#include <string>

#include "glow/information/automatic.h"
#include "glow/information/binned.h"
#include "glow/information/discrete.h"
#include "glow/information/gaussian.h"
#include "glow/information/kl_entropy.h"
#include "glow/information/renyi.h"

namespace glow {
namespace {

struct NoEntropyKeys {
  static constexpr auto fields() { return std::tuple{}; }
};

template <Described O, class F>
void add(Registry<EntropyFunction>& registry, const std::string& name, const std::string& doc,
         F function) {
  registry.add({name, doc, describe<O>(), [name, function](const Table& table) -> EntropyFunction {
                  O options;
                  fill(options, table, name);
                  return [function, options](const Tensor& x) { return function(x, options); };
                }});
}

Estimate automatic_entropy(const Tensor& x) {
  const bool classes = choose_estimator(x, x).x_discrete;
  Estimate out = classes ? discrete_entropy(x, EntropyCorrection::grassberger) : kl_entropy(x);
  out.warnings.insert(out.warnings.begin(),
                      fmt::format("auto took {}: x is {}", out.estimator,
                                  classes ? "discrete" : "continuous, the entropy differential"));
  return out;
}

Registry<EntropyFunction> built_in_entropies() {
  Registry<EntropyFunction> registry("entropy estimator");
  add<NoEntropyKeys>(registry, "auto", "grassberger for classes, kl for quantities",
                     [](const Tensor& x, const NoEntropyKeys&) { return automatic_entropy(x); });
  for (const auto& name : correction_names()) {
    const EntropyCorrection correction = parse_correction(name);
    const bool plain = correction == EntropyCorrection::none;
    add<NoEntropyKeys>(registry, plain ? "plugin" : name,
                       plain ? "discrete, frequencies as probabilities"
                             : "discrete, the plug-in entropy corrected",
                       [correction](const Tensor& x, const NoEntropyKeys&) {
                         return discrete_entropy(x, correction);
                       });
  }
  add<BinnedOptions>(registry, "binned", "discrete, of the cells that values fall into",
                     &binned_entropy);
  add<KLOptions>(registry, "kl", "differential, nearest neighbours", &kl_entropy);
  add<WeightedKLOptions>(registry, "weighted_kl", "differential, the same, bias cancelled",
                         &weighted_kl_entropy);
  add<GaussianOptions>(registry, "gaussian", "differential, of a Gaussian of this covariance",
                       &gaussian_entropy);
  add<RenyiOptions>(registry, "renyi", "matrix-based, of order alpha", &renyi_entropy);
  return registry;
}

}  // namespace

Registry<EntropyFunction>& entropies() {
  static Registry<EntropyFunction> registry = built_in_entropies();
  return registry;
}

}  // namespace glow
