#include <fmt/format.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/outcome.h"
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

int train(const TrainArguments& arguments, const Common& common) {
  Table table = read_toml(arguments.experiment);
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
      "  glow train experiments/szt-relu.toml --set training.epochs=1000 --out runs/short");
  auto arguments = std::make_shared<TrainArguments>();
  verb->add_option("EXPERIMENT", arguments->experiment, "The TOML file")->required();
  verb->add_option("--set", arguments->settings, "KEY=VALUE over the file: training.epochs=5")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  verb->add_option("--out", arguments->out, "The run folder (runs/NAME)");
  auto* seed = verb->add_option("--seed", arguments->seed, "Of everything random")
                   ->check(check_whole_number);
  verb->add_option("--device", arguments->device, "auto, cpu or cuda");
  verb->add_flag("--force", arguments->force, "Replace a finished run");
  verb->callback([arguments, seed, &common, &exit_code] {
    arguments->has_seed = seed->count() > 0;
    exit_code = train(*arguments, common);
  });
}

}  // namespace glow::cli
