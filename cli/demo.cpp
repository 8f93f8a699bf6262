#include "cli/command.h"
#include "cli/outcome.h"
#include "glow/core/error.h"
#include "glow/run/experiment.h"
#include "glow/run/toml.h"

namespace glow::cli {
namespace {

struct DemoArguments {
  std::string out = "runs/demo";
  int64_t seed = 0, networks = 6, epochs = 8000;
  bool force = false;
};

int demo(const DemoArguments& arguments, const Common& common) {
  Table table;
  for (const auto& experiment : built_in_experiments()) {
    if (experiment.name == "szt-tanh") table = parse_toml(experiment.text, "szt-tanh.toml");
  }
  set_value(table, "name", {std::string("demo")});
  set_value(table, "training.seed", {arguments.seed});
  set_value(table, "training.networks", {arguments.networks});
  set_value(table, "training.epochs", {arguments.epochs});
  set_value(table, "dynamics.save", {false});
  // The demo's own folder may always be made anew; another one is the user's to give up.
  const bool own = arguments.out == DemoArguments{}.out;
  const bool force = own || arguments.force;
  return show(run(parse_experiment(table), {arguments.out, force, common.command}), common);
}

}  // namespace

void add_demo(CLI::App& app, Common& common, int& exit_code) {
  auto* verb = add_verb(app, common, "demo",
                        "The information plane of Shwartz-Ziv and Tishby, in about a minute",
                        "Examples:\n"
                        "  glow demo\n"
                        "  glow demo --networks 2 --epochs 1000 --out runs/quick");
  auto arguments = std::make_shared<DemoArguments>();
  verb->add_option("--out", arguments->out, "The run folder")->capture_default_str();
  verb->add_option("--seed", arguments->seed, "Of everything random")
      ->check(check_whole_number)
      ->capture_default_str();
  verb->add_option("--networks", arguments->networks, "How many networks")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  verb->add_option("--epochs", arguments->epochs, "How long each trains")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  verb->add_flag("--force", arguments->force, "Replace a run (runs/demo is made anew without)");
  verb->callback([arguments, &common, &exit_code] { exit_code = demo(*arguments, common); });
}

}  // namespace glow::cli
