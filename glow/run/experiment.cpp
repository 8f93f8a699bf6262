#include "glow/run/experiment.h"

#include <cmath>

#include "glow/core/device.h"
#include "glow/core/spec.h"
#include "glow/datasets/registry.h"
#include "glow/dynamics/tracker.h"
#include "glow/layers/registry.h"
#include "glow/run/toml.h"

namespace glow {
namespace {

// Runs `f`, and gives its ValueError the place of `value` unless it has one.
template <class F>
void at_place(const Table& section, const char* key, F f) {
  const Value* value = find(section, key);
  try {
    f();
  } catch (const ValueError& error) {
    const std::string message = error.what();
    // Values inside this one know their own places.
    const std::string file = value ? value->where.substr(0, value->where.find(':')) : "";
    if (!value || value->where.empty() || message.rfind(file + ":", 0) == 0) throw;
    throw ValueError("{}: {}: {}", value->where, key, message);
  }
}

void require(bool right, const Table& section, const char* key, const std::string& message) {
  at_place(section, key, [&] {
    if (!right) throw ValueError("{}", message);
  });
}

Table section(Table& table, const std::string& name, bool required) {
  Value value;
  if (!take(table, name, value)) {
    if (required) throw ValueError("the experiment has no [{}]", name);
    return {};
  }
  const auto* content = std::get_if<Table>(&value.data);
  if (!content) throw ValueError("{}: [{}] is a table, got {}", value.where, name, kind_of(value));
  return *content;
}

// Keys of the section's own stay in `options`; the rest belongs to the data set.
void fill_data(Experiment& experiment, const Table& table) {
  Table common;
  for (const auto& item : table) {
    const auto fields = describe<DataSection>();
    const bool known = std::any_of(fields.begin(), fields.end(),
                                   [&](const auto& field) { return field.name == item.first; });
    (known ? common : experiment.data_options).push_back(item);
  }
  fill(experiment.data, common, "[data]");
  if (experiment.data.name.empty()) throw ValueError("[data] needs a name: name = \"mnist\"");
  at_place(table, "name", [&] {
    const auto& fields = data_sets().at(experiment.data.name).fields;
    for (const auto& [key, value] : experiment.data_options) {
      std::vector<std::string> known;
      for (const auto& field : describe<DataSection>()) known.push_back(field.name);
      for (const auto& field : fields) known.push_back(field.name);
      if (std::find(known.begin(), known.end(), key) == known.end()) {
        throw ValueError("{}: unknown key '{}' of [data] with name = \"{}\"{}", value.where, key,
                         experiment.data.name, did_you_mean(key, known));
      }
    }
  });
  require(experiment.data.batch_size >= 1, table, "batch_size", "must be at least 1");
  const double split = experiment.data.validation_split;
  require(split >= 0 && split < 1, table, "validation_split", "must be in [0, 1)");
  require(experiment.data.limit.value_or(1) >= 1, table, "limit", "must be at least 1");
}

void check_model(const Experiment& experiment, const Table& table) {
  const ModelSection& model = experiment.model;
  require(!model.input_shape.empty(), table, "input_shape", "[model] needs an input_shape");
  require(!model.layers.empty(), table, "layers", "[model] needs layers");
  at_place(table, "layers", [&] {
    for (const auto& layer : model.layers) layers().make(layer.type, layer.options);
  });
}

void check_training(const Experiment& experiment, const Table& table) {
  const TrainingSection& training = experiment.training;
  at_place(table, "optimizer",
           [&] { optimizers().make(training.optimizer.type, training.optimizer.options); });
  at_place(table, "loss", [&] { losses().at(training.loss); });
  at_place(table, "metrics", [&] {
    check_names(std::vector<Metric>(training.metrics.begin(), training.metrics.end()));
  });
  at_place(table, "device", [&] { parse_device(training.device); });
  require(training.epochs >= 1, table, "epochs", "must be at least 1");
  require(training.networks >= 1, table, "networks", "must be at least 1");
}

void check_dynamics(const Experiment& experiment, const Table& table) {
  const DynamicsSection& dynamics = experiment.dynamics;
  at_place(table, "evaluators", [&] {
    std::vector<EstimatorPtr> evaluators;
    for (const auto& spec : dynamics.evaluators) evaluators.push_back(make_estimator(spec));
    Tracker(std::move(evaluators), {}, {});
  });
  at_place(table, "unit", [&] { parse_unit(dynamics.unit); });
  at_place(table, find(table, "on") ? "on" : "every", [&] {
    TrackerOptions options{.every = dynamics.every, .on = dynamics.on};
    Tracker({}, options, {});
  });
  at_place(table, "snapshots", [&] {
    TrackerOptions options;
    options.snapshots = dynamics.snapshots;
    Tracker({}, options, {});
  });
  require(dynamics.probe.value_or(2) >= 2, table, "probe", "must be at least 2");
}

// What was not given becomes what it is by default, so that the resolved file says everything.
void add_defaults(Table& options, const std::vector<FieldDescription>& fields) {
  for (const auto& field : fields) {
    if (field.default_value.empty() || find(options, field.name)) continue;
    options.push_back(parse_toml(field.name + " = " + field.default_value, field.name).front());
  }
}

template <Described O>
std::string section_text(const std::string& name, const O& options, const Table& more = {}) {
  std::string text = "\n[" + name + "]\n";
  for (const auto& table : {to_table(options), more}) {
    for (const auto& [key, value] : table) {
      const auto* list = std::get_if<List>(&value.data);
      const bool tables = list && !list->empty() && std::holds_alternative<Table>(list->at(0).data);
      if (!tables) {
        text += key + " = " + to_toml(value) + "\n";
        continue;
      }
      text += key + " = [\n";
      for (const auto& item : *list) text += "  " + to_toml(item) + ",\n";
      text += "]\n";
    }
  }
  return text;
}

}  // namespace

void read_value(const Value& in, Part& out) {
  out = {};
  if (const auto* name = std::get_if<std::string>(&in.data)) {
    Spec spec = parse_spec(*name);
    out = {std::move(spec.name), std::move(spec.options)};
    return;
  }
  const auto* table = std::get_if<Table>(&in.data);
  if (!table) detail::throw_wrong_type(in, "a name or a table with `type`");
  out.options = *table;
  Value type;
  if (!take(out.options, "type", type)) {
    throw ValueError("{}: a table here needs a `type`", in.where);
  }
  read_value(type, out.type);
}

Value write_value(const Part& in) {
  Table table{{"type", {in.type}}};
  table.insert(table.end(), in.options.begin(), in.options.end());
  return {table};
}

Experiment parse_experiment(const Table& whole) {
  Table table = whole;
  Experiment experiment;
  if (Value name; take(table, "name", name)) {
    read_field(name, experiment.name, "name");
    if (experiment.name.find_first_not_of('.') == std::string::npos ||
        experiment.name.find('/') != std::string::npos) {
      throw ValueError("{}: a name names the run folder: not empty, no '/', not only dots",
                       name.where);
    }
  }
  const Table data = section(table, "data", true);
  const Table model = section(table, "model", true);
  const Table training = section(table, "training", false);
  const Table dynamics = section(table, "dynamics", false);
  if (!table.empty()) {
    const auto& [key, value] = table.front();
    throw ValueError("{}: unknown key '{}'{}", value.where, key,
                     did_you_mean(key, {"name", "data", "model", "training", "dynamics"}));
  }
  fill_data(experiment, data);
  add_defaults(experiment.data_options, data_sets().at(experiment.data.name).fields);
  fill(experiment.model, model, "[model]");
  check_model(experiment, model);
  for (auto& layer : experiment.model.layers) {
    add_defaults(layer.options, layers().at(layer.type).fields);
  }
  fill(experiment.training, training, "[training]");
  check_training(experiment, training);
  auto& optimizer = experiment.training.optimizer;
  add_defaults(optimizer.options, optimizers().at(optimizer.type).fields);
  fill(experiment.dynamics, dynamics, "[dynamics]");
  check_dynamics(experiment, dynamics);
  return experiment;
}

std::string to_toml(const Experiment& experiment) {
  return "name = " + to_toml(Value{experiment.name}) + "\n" +
         section_text("data", experiment.data, experiment.data_options) +
         section_text("model", experiment.model) + section_text("training", experiment.training) +
         section_text("dynamics", experiment.dynamics);
}

int64_t network_seed(int64_t seed, int64_t network) {
  if (network == 1) return seed;
  // Positive, so that a run's files can say it as any other integer.
  return static_cast<int64_t>(stream_seed(static_cast<uint64_t>(seed), "network", 0, network) >> 2);
}

DataPair load_data(const Experiment& experiment) {
  DataPair data = data_sets().make(experiment.data.name, experiment.data_options);
  if (experiment.data.limit) data.train = take(data.train, *experiment.data.limit);
  return data;
}

Loaders make_loaders(const Experiment& experiment, const DataPair& data, int64_t network) {
  LoadOptions options;
  options.batch_size = experiment.data.batch_size;
  options.validation_split = experiment.data.validation_split;
  options.seed = network_seed(experiment.training.seed, network);
  return make_loaders(data, options);
}

std::unique_ptr<Sequential> make_network(const Experiment& experiment, int64_t network) {
  const TrainingSection& training = experiment.training;
  auto model = std::make_unique<Sequential>(
      experiment.model.input_shape,
      NetworkOptions{training.device, network_seed(training.seed, network)});
  for (const auto& layer : experiment.model.layers) {
    model->add(layers().make(layer.type, layer.options));
  }
  model->compile({optimizers().make(training.optimizer.type, training.optimizer.options),
                  Loss(training.loss),
                  std::vector<Metric>(training.metrics.begin(), training.metrics.end())});
  return model;
}

}  // namespace glow
