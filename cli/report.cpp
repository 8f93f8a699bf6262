#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "glow/core/console.h"
#include "glow/run/run_report.h"

namespace glow::cli {
namespace {

struct ReportArguments {
  std::vector<std::string> runs;
  std::string out;
};

int report(const ReportArguments& arguments, const Common& common) {
  std::string page = arguments.out;
  const auto ending = std::filesystem::path(page).extension();
  if (!page.empty() && ending != ".html" && ending != ".htm") {
    throw ValueError("--out is the page, a file that ends with .html, not {}", page);
  }
  for (const auto& run : arguments.runs) read_run(run);  // before anything is written
  if (arguments.runs.size() == 1 && page.empty()) {
    write_run_report(arguments.runs[0]);
    page = arguments.runs[0] + "/report.html";
  } else {
    if (page.empty()) page = "report.html";
    write_comparison(arguments.runs, page);
  }
  if (common.json) {
    print(nlohmann::ordered_json{{"report", page}, {"runs", arguments.runs}}.dump(2) + "\n");
  } else {
    print(page + "\n");
  }
  return kDone;
}

}  // namespace

void add_report(CLI::App& app, Common& common, int& exit_code) {
  auto* verb = add_verb(app, common, "report", "Rebuild a report, or put several runs in one page",
                        "Examples:\n"
                        "  glow report runs/demo\n"
                        "  glow report runs/szt-tanh runs/szt-relu --out debate.html");
  auto arguments = std::make_shared<ReportArguments>();
  verb->add_option("RUN", arguments->runs, "Run folders, finished or not")->required();
  verb->add_option("--out", arguments->out,
                   "The page (RUN/report.html; report.html for several runs)");
  verb->callback([arguments, &common, &exit_code] { exit_code = report(*arguments, common); });
}

}  // namespace glow::cli
