#include <nlohmann/json.hpp>
#include <optional>

#include "cli/command.h"
#include "glow/datasets/registry.h"
#include "glow/information/conditional.h"
#include "glow/information/estimator.h"
#include "glow/information/tasks.h"
#include "glow/layers/activations.h"
#include "glow/layers/registry.h"
#include "glow/run/experiment.h"
#include "glow/training/losses.h"
#include "glow/training/metrics.h"
#include "glow/training/optimizers.h"

namespace glow::cli {
namespace {

struct Item {
  std::string name, doc;
  std::vector<FieldDescription> fields;
  std::optional<double> truth = {};  // of a task
};

template <class Product>
std::vector<Item> items(const Registry<Product>& registry) {
  std::vector<Item> out;
  for (const auto& entry : registry.entries()) out.push_back({entry.name, entry.doc, entry.fields});
  return out;
}

std::vector<Item> experiment_items() {
  std::vector<Item> out;
  for (const auto& experiment : built_in_experiments()) {
    // Its first line is a comment that says what it is.
    const std::string line = experiment.text.substr(0, experiment.text.find('\n'));
    out.push_back({experiment.name, line.substr(std::min<size_t>(2, line.size())), {}});
  }
  return out;
}

std::vector<Item> task_items() {
  std::vector<Item> out;
  for (const auto& task : tasks()) {
    out.push_back(
        {task.name,
         fmt::format("{} + {} columns, {:.6g} nats", task.x_columns, task.y_columns, task.truth),
         {},
         task.truth});
  }
  return out;
}

std::vector<Item> list(const std::string& kind) {
  if (kind == "estimators") {
    std::vector<Item> all = items(estimators());
    all.push_back(
        {"cmi", "conditional information, for `glow estimate --given`", describe<CMIOptions>()});
    return all;
  }
  if (kind == "layers") return items(layers());
  if (kind == "losses") return items(losses());
  if (kind == "optimizers") return items(optimizers());
  if (kind == "metrics") return items(metrics());
  if (kind == "datasets") return items(data_sets());
  if (kind == "experiments") return experiment_items();
  if (kind == "tasks") return task_items();
  std::vector<Item> out;
  for (const auto& name : activation_names()) out.push_back({name, "", {}});
  return out;
}

std::string text(const std::vector<Item>& items) {
  std::string out;
  for (const auto& item : items) {
    out += item.name + (item.doc.empty() ? "" : ": " + item.doc) + "\n";
    for (const auto& field : item.fields) {
      const std::string key =
          field.name + (field.default_value.empty() ? "" : " = " + field.default_value);
      out += fmt::format("  {:<34} {}\n", key, field.doc);
    }
  }
  return out;
}

nlohmann::ordered_json json(const std::vector<Item>& items) {
  auto out = nlohmann::ordered_json::array();
  for (const auto& item : items) {
    auto keys = nlohmann::ordered_json::array();
    for (const auto& field : item.fields) {
      keys.push_back({{"name", field.name}, {"default", field.default_value}, {"doc", field.doc}});
    }
    out.push_back({{"name", item.name}, {"doc", item.doc}, {"keys", keys}});
    if (item.truth) out.back()["truth"] = *item.truth;
  }
  return out;
}

}  // namespace

void add_list(CLI::App& app, Common& common, int& exit_code) {
  auto* verb = add_verb(app, common, "list", "What there is, with its keys and defaults",
                        "Example:\n  glow list estimators");
  auto kind = std::make_shared<std::string>();
  verb->add_option(
          "KIND", *kind,
          "estimators, layers, activations, losses, optimizers, metrics, datasets, tasks or "
          "experiments")
      ->required()
      ->check(CLI::IsMember({"estimators", "layers", "activations", "losses", "optimizers",
                             "metrics", "datasets", "tasks", "experiments"}));
  verb->callback([kind, &common, &exit_code] {
    const auto found = list(*kind);
    print(common.json ? json(found).dump(2) + "\n" : text(found));
    exit_code = kDone;
  });
}

}  // namespace glow::cli
