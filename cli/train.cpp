#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/outcome.h"
#include "glow/core/error.h"
#include "glow/core/spec.h"
#include "glow/run/experiment.h"
#include "glow/run/run.h"
#include "glow/run/toml.h"

namespace glow::cli {
namespace {

struct TrainArguments {
  std::string experiment, out, device;
  std::vector<std::string> settings;
  int64_t seed = 0;
  bool force = false, has_seed = false;
};

// A file, or the name of a built-in experiment.
Table experiment_table(const std::string& name) {
  if (!std::filesystem::exists(name)) {
    for (const auto& experiment : built_in_experiments()) {
      if (experiment.name == name) return parse_toml(experiment.text, name);
    }
  }
  Table table = read_toml(name);
  for (const char* section : {"data", "model"}) {
    if (!find(table, section)) throw ValueError("{} has no [{}]", name, section);
  }
  // Runs of files that give no name would all go to one folder.
  if (!find(table, "name")) {
    set_value(table, "name", {std::filesystem::path(name).stem().string()});
  }
  return table;
}

int train(const TrainArguments& arguments, const Common& common) {
  Table table = experiment_table(arguments.experiment);
  for (const auto& setting : arguments.settings) set_value(table, setting);
  if (arguments.has_seed) set_value(table, "training.seed", {arguments.seed});
  if (!arguments.device.empty()) set_value(table, "training.device", {arguments.device});
  const Experiment experiment = parse_experiment(table);
  return show(run(experiment, {arguments.out, arguments.force, common.command}), common);
}

}  // namespace

void add_train(CLI::App& app, Common& common, int& exit_code) {
  auto* verb = add_verb(
      app, common, "train", "Run an experiment file",
      "Examples:\n"
      "  glow train experiments/mnist-hsic.toml\n"
      "  glow train szt-relu                        # built in: glow list experiments\n"
      "  glow train experiments/szt-relu.toml --set training.epochs=1000 --out runs/short");
  auto arguments = std::make_shared<TrainArguments>();
  verb->add_option("EXPERIMENT", arguments->experiment,
                   "The TOML file, or the name of a built-in one")
      ->required();
  verb->add_option("--set", arguments->settings, "KEY=VALUE over the file: training.epochs=5")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  verb->add_option("--out", arguments->out, "The run folder (runs/NAME)");
  auto* seed = verb->add_option("--seed", arguments->seed, "Of everything random")
                   ->check(check_whole_number);
  verb->add_option("--device", arguments->device, "auto, cpu or cuda");
  verb->add_flag("--force", arguments->force, "Replace a run that finished or was interrupted");
  verb->callback([arguments, seed, &common, &exit_code] {
    arguments->has_seed = seed->count() > 0;
    exit_code = train(*arguments, common);
  });
}

}  // namespace glow::cli
