// The experiment file: data, model, training and dynamics, in TOML.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "glow/core/fields.h"
#include "glow/datasets/splits.h"
#include "glow/dynamics/schedule.h"
#include "glow/models/sequential.h"

namespace glow {

/// What a registry makes: a name, or a table with `type` and the thing's own keys.
struct Part {
  std::string type;
  Table options = {};
};
void read_value(const Value& in, Part& out);
Value write_value(const Part& in);

/// [data]: the keys of every data set. Those of the named set alone are in
/// Experiment::data_options.
struct DataSection {
  std::string name = {};
  int64_t batch_size = 32;
  double validation_split = 0;
  std::optional<int64_t> limit = {};

  static constexpr auto fields() {
    using O = DataSection;
    return std::tuple{
        Field{"name", &O::name, "which data set, `glow list datasets`"},
        Field{"batch_size", &O::batch_size, "examples of a batch"},
        Field{"validation_split", &O::validation_split, "share of the training set that validates"},
        Field{"limit", &O::limit, "only the first so many training examples, before the split"}};
  }
};

struct ModelSection {
  Shape input_shape = {};
  std::vector<Part> layers = {};

  static constexpr auto fields() {
    using O = ModelSection;
    return std::tuple{Field{"input_shape", &O::input_shape, "of one example: [1, 28, 28]"},
                      Field{"layers", &O::layers, "tables with `type`, `glow list layers`"}};
  }
};

struct TrainingSection {
  Part optimizer = {"SGD"};
  std::string loss = "cross_entropy";
  std::vector<std::string> metrics = {"accuracy"};
  int64_t epochs = 1;
  int64_t networks = 1;
  int64_t seed = 0;
  std::string device = "auto";

  static constexpr auto fields() {
    using O = TrainingSection;
    return std::tuple{
        Field{"optimizer", &O::optimizer, "a name or a table with `type`, `glow list optimizers`"},
        Field{"loss", &O::loss, "`glow list losses`"},
        Field{"metrics", &O::metrics, "`glow list metrics`"},
        Field{"epochs", &O::epochs, "how often every example is seen"},
        Field{"networks", &O::networks, "repeats with other seeds, splits and orders"},
        Field{"seed", &O::seed, "of everything random"},
        Field{"device", &O::device, "auto, cpu or cuda"}};
  }
};

struct DynamicsSection {
  std::vector<std::string> evaluators = {};
  Every every = "batch";
  std::string on = "batch";
  int64_t snapshots = 100;
  std::optional<int64_t> probe = {};
  std::string unit = "nats";
  std::vector<std::string> layers = {};
  Saving save = Saving::last;
  ByteCount save_limit = {2'000'000'000};

  static constexpr auto fields() {
    using O = DynamicsSection;
    return std::tuple{
        Field{"evaluators", &O::evaluators, "specs, `glow list estimators`; none: no tracking"},
        Field{"every", &O::every, "\"batch\", a number of batches, \"epoch\" or \"log\""},
        Field{"on", &O::on, "\"batch\", or a probe of train, validation, test or all"},
        Field{"snapshots", &O::snapshots, "how many, with every = \"log\""},
        Field{"probe", &O::probe, "examples of the probe; all when absent"},
        Field{"unit", &O::unit, "nats or bits"},
        Field{"layers", &O::layers, "names or globs; all layers with parameters when absent"},
        Field{"save", &O::save, "raw segments: true (one an epoch), \"all\" or false"},
        Field{"save_limit", &O::save_limit, "where saving stops: \"2 GB\""}};
  }
};

struct Experiment {
  std::string name = "experiment";
  DataSection data;
  Table data_options;  // keys of the data set itself
  ModelSection model;
  TrainingSection training;
  DynamicsSection dynamics;
};

/// Reads and checks a whole table: unknown keys, types, ranges and names that no registry has are
/// ValueErrors with file, line, column and the nearest key. Makes nothing.
Experiment parse_experiment(const Table& table);

/// The text that `parse_experiment` reads back as the same experiment, every default written out.
std::string to_toml(const Experiment& experiment);

/// The seed of a network of an experiment; that of the first is the experiment's.
int64_t network_seed(int64_t seed, int64_t network);

/// The data set of an experiment.
DataPair load_data(const Experiment& experiment);

/// The loaders of one network.
Loaders make_loaders(const Experiment& experiment, const DataPair& data, int64_t network);

/// One network, compiled.
std::unique_ptr<Sequential> make_network(const Experiment& experiment, int64_t network);

/// The experiments that come with the program, by name: szt-tanh, …
struct BuiltInExperiment {
  std::string name, text;
};
const std::vector<BuiltInExperiment>& built_in_experiments();

}  // namespace glow
