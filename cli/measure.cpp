#include "glow/run/measure.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "cli/command.h"
#include "glow/core/console.h"
#include "glow/core/stop.h"
#include "glow/run/run_report.h"

namespace glow::cli {
namespace {

struct MeasureArguments {
  std::string run, unit;
  std::vector<std::string> estimators;
};

int measure(const MeasureArguments& arguments, const Common& common) {
  std::optional<ProgressBar> bar;
  int64_t segments = 0;
  const auto rows = measure_run(arguments.run, arguments.estimators, arguments.unit,
                                [&](int64_t done, int64_t total) {
                                  segments = total;
                                  if (!bar) bar.emplace("segments", total);
                                  bar->update(done, "");
                                });
  if (bar) bar->finish("");
  write_run_report(arguments.run);
  if (common.json) {
    print(nlohmann::ordered_json{{"folder", arguments.run},
                                 {"segments", segments},
                                 {"rows", rows.size()},
                                 {"report", arguments.run + "/report.html"}}
              .dump(2) +
          "\n");
    return kDone;
  }
  say(fmt::format("measured {} segments, {} rows in {}/plane.csv", segments, rows.size(),
                  arguments.run));
  if (!common.quiet) print(plane_table(read_run(arguments.run)));
  print(arguments.run + "/report.html\n");
  return kDone;
}

}  // namespace

void add_measure(CLI::App& app, Common& common, int& exit_code) {
  auto* verb = add_verb(
      app, common, "measure", "Put a run's saved segments on the plane with other estimators",
      "Examples:\n"
      "  glow measure runs/szt-relu --estimator \"binned(bins=100, range=layer)\"\n"
      "  glow measure runs/mnist-hsic --estimator \"hsic(sigma=median)\" --estimator "
      "hsic(kernel=linear)");
  auto arguments = std::make_shared<MeasureArguments>();
  verb->add_option("RUN", arguments->run, "The run folder")->required();
  verb->add_option("--estimator", arguments->estimators, "What measures; may be given again")
      ->type_name("SPEC")
      ->required();
  verb->add_option("--unit", arguments->unit, "nats or bits (as the run)")
      ->check(CLI::IsMember({"nats", "bits"}));
  verb->callback([arguments, &common, &exit_code] { exit_code = measure(*arguments, common); });
}

}  // namespace glow::cli
