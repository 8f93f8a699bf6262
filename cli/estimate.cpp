#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/command.h"
#include "glow/core/console.h"
#include "glow/core/error.h"
#include "glow/core/spec.h"
#include "glow/core/stop.h"
#include "glow/core/text.h"
#include "glow/information/automatic.h"
#include "glow/information/conditional.h"
#include "glow/information/estimator.h"
#include "glow/information/symbols.h"
#include "glow/information/tasks.h"
#include "glow/io/csv.h"
#include "glow/io/npy.h"

namespace glow::cli {
namespace {

struct EstimateArguments {
  std::vector<std::string> files, estimators;
  std::string x, y, given, task, unit = "nats";
  std::string discrete, continuous;  // which of them: x, y, both
  int64_t n = 10'000, seed = 0;

  bool is_discrete(const char* variable) const {
    return discrete == variable || discrete == "both";
  }
};

struct Variables {
  Tensor x, y;
  Tensor given = {};  // undefined without --given
};

struct Measured {
  Estimate estimate;
  double seconds;
  bool refused = false;  // the data were not for this estimator
};

Tensor member(const std::map<std::string, Tensor>& arrays, const std::string& key,
              const std::string& file, const char* flag) {
  const auto it = arrays.find(key);
  if (it != arrays.end()) return it->second;
  std::vector<std::string> names;
  for (const auto& [name, tensor] : arrays) names.push_back(name);
  throw ValueError("{} has no array '{}'{}; it has {}; choose one with {}", file, key,
                   did_you_mean(key, names), join(names, ", "), flag);
}

Variables read_variables(const EstimateArguments& arguments) {
  if (!arguments.task.empty()) {
    const Sample drawn =
        sample(task(arguments.task), arguments.n, static_cast<uint64_t>(arguments.seed));
    return {drawn.x, drawn.y};
  }
  const auto& files = arguments.files;
  const auto has_ending = [&](size_t i, const char* ending) {
    return std::filesystem::path(files[i]).extension() == ending;
  };
  for (const auto& file : files) {
    if (!std::filesystem::exists(file)) throw ValueError("{}: there is no such file", file);
  }
  if (files.size() == 2 && has_ending(0, ".npy") && has_ending(1, ".npy")) {
    Variables out{io::read_npy(files[0]), io::read_npy(files[1])};
    if (!arguments.given.empty()) out.given = io::read_npy(arguments.given);
    return out;
  }
  if (files.size() == 1 && has_ending(0, ".npz")) {
    const auto arrays = io::read_npz(files[0]);
    Variables out{member(arrays, arguments.x.empty() ? "x" : arguments.x, files[0], "--x"),
                  member(arrays, arguments.y.empty() ? "y" : arguments.y, files[0], "--y")};
    if (!arguments.given.empty()) out.given = member(arrays, arguments.given, files[0], "--given");
    return out;
  }
  if (files.size() == 1 && has_ending(0, ".csv")) {
    const io::CsvTable table = io::read_csv(files[0]);
    const auto names = [](const std::string& given, const char* otherwise) {
      return split(given.empty() ? otherwise : given, ',');
    };
    const auto read = [&](const char* variable, const std::string& given) {
      const auto columns = names(given, variable);
      if (given.empty() &&
          std::find(table.header.begin(), table.header.end(), variable) == table.header.end()) {
        throw ValueError("{} has no column '{}': name columns with --{}; it has {}", files[0],
                         variable, variable, join(table.header, ", "));
      }
      if (arguments.is_discrete(variable)) return io::class_columns(table, columns);
      try {
        return io::columns(table, columns);
      } catch (const DataError& error) {
        throw DataError("{} (words are classes with --discrete {})", error.what(), variable);
      }
    };
    Variables out{read("x", arguments.x), read("y", arguments.y)};
    if (!arguments.given.empty()) out.given = io::columns(table, split(arguments.given, ','));
    return out;
  }
  throw ValueError("give FILE.npz, FILE.csv or X.npy Y.npy, not {}", join(files, " "));
}

// What an array may be wrong in is the file's fault, not the user's words: exit code 3.
void check(const Tensor& array, const std::string& file, const char* name) {
  if (array.dim() == 0 || array.size(0) == 0) {
    throw DataError("{}: {} has no rows", file, name);
  }
  if (array.dim() > 2) {
    throw DataError("{}: {} has {} dimensions; an estimator takes rows of numbers (n, d)", file,
                    name, array.dim());
  }
  if (!array.is_floating_point()) return;
  const Tensor bad = at::isfinite(array).logical_not();
  const auto count = bad.sum().item<int64_t>();
  if (count == 0) return;
  const Tensor first = bad.nonzero()[0];
  throw DataError("{}: {} contains {} non-finite value{}, first at row {}, column {}", file, name,
                  count, count == 1 ? "" : "s", first[0].item<int64_t>(),
                  array.dim() > 1 ? first[1].item<int64_t>() : 0);
}

// Rows as class numbers, which every estimator knows for what they are.
Tensor as_classes(const Tensor& values, const char* name) {
  const Tensor rows = flatten_rows(values);
  if (!rows.is_floating_point()) return rows;
  return at::tensor(value_symbols(rows, name).of_row, at::kLong).unsqueeze(1);
}

// What a spec asks for, of the variables.
struct Question {
  std::string spec;
  std::function<Estimate(const Variables&)> answer;
  // Answers with a standard error that costs further estimates: not timed. Empty where `answer` has
  // it, or the user has said.
  std::function<Estimate(const Variables&)> with_error = {};
};

// `cmi(k=5)`, the one that takes a third variable.
Question conditional(const std::string& spec) {
  const Spec parsed = parse_spec(spec);
  if (parsed.name != "cmi") {
    throw ValueError("with --given the estimator is cmi, not {}", parsed.name);
  }
  CMIOptions options;
  fill(options, parsed.options, "cmi");
  const auto answer = [](const CMIOptions& by) {
    return
        [by](const Variables& v) { return conditional_mutual_information(v.x, v.y, v.given, by); };
  };
  Question out{spec, answer(options)};
  if (!find(parsed.options, "errors")) {
    options.errors = true;
    out.with_error = answer(options);
  }
  return out;
}

bool has_key(const std::string& name, const std::string& key) {
  const auto& fields = estimators().at(name).fields;
  return std::any_of(fields.begin(), fields.end(), [&](const auto& f) { return f.name == key; });
}

std::string with_option(const std::string& spec, const std::string& option) {
  const Spec parsed = parse_spec(spec);
  if (parsed.options.empty()) return parsed.name + "(" + option + ")";
  return spec.substr(0, spec.rfind(')')) + ", " + option + ")";
}

bool takes_classes(const std::string& name) {
  static const std::vector<std::string> all = {"ross",        "mixed_ksg", "plugin", "miller_madow",
                                               "grassberger", "chao_shen", "nsb",    "james_stein",
                                               "binned",      "edge"};
  return std::find(all.begin(), all.end(), name) != all.end();
}

Question question(const std::string& spec, const EstimateArguments& arguments) {
  if (!arguments.given.empty()) {
    if (!(arguments.discrete + arguments.continuous).empty()) {
      throw ValueError("with --given all variables are quantities: leave out --discrete");
    }
    return conditional(spec);
  }
  if (parse_spec(spec).name == "cmi") {
    throw ValueError("cmi is conditional: name the third variable with --given");
  }
  const std::string &discrete = arguments.discrete, &continuous = arguments.continuous;
  const std::string name = parse_spec(spec).name;
  std::string full = spec;
  if (name == "auto") {
    if (!discrete.empty()) full = with_option(full, "discrete=" + discrete);
    if (!continuous.empty()) full = with_option(full, "continuous=" + continuous);
  } else if (!continuous.empty()) {
    throw ValueError("--continuous is for auto, not {}", spec);
  } else if (!discrete.empty() && !takes_classes(name)) {
    throw ValueError("--discrete is for auto and estimators of classes; {} takes quantities", spec);
  }
  const auto answer = [](const EstimatorPtr& estimator) {
    return [estimator](const Variables& v) { return estimator->estimate(v.x, v.y); };
  };
  const EstimatorPtr estimator = make_estimator(full);
  Question out{estimator->spec(), answer(estimator)};
  if (has_key(name, "errors") && !find(parse_spec(full).options, "errors")) {
    out.with_error = answer(make_estimator(with_option(full, "errors=true")));
  }
  return out;
}

std::vector<Measured> measure(const EstimateArguments& arguments) {
  const Unit unit = parse_unit(arguments.unit);
  std::vector<Question> questions;
  for (const auto& spec : arguments.estimators) {
    questions.push_back(question(spec, arguments));
  }
  Variables variables = read_variables(arguments);
  const std::string source = arguments.task.empty() ? arguments.files.front() : arguments.task;
  check(variables.x, source, "x");
  check(variables.y, arguments.task.empty() ? arguments.files.back() : source, "y");
  if (variables.given.defined()) check(variables.given, source, "the given variable");
  if (arguments.is_discrete("x")) variables.x = as_classes(variables.x, "x");
  if (arguments.is_discrete("y")) variables.y = as_classes(variables.y, "y");
  std::vector<Measured> out;
  for (const auto& [spec, answer, with_error] : questions) {
    check_stop();
    const auto started = std::chrono::steady_clock::now();
    try {
      Estimate estimate = answer(variables);
      const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - started;
      if (with_error) estimate.standard_error = with_error(variables).standard_error;
      out.push_back({in_unit(std::move(estimate), unit), taken.count()});
    } catch (const ValueError& error) {
      if (questions.size() == 1) throw DataError("{}: {}: {}", source, spec, error.what());
      // The others may have an answer.
      Estimate none;
      none.estimator = spec;
      none.n = variables.x.size(0);
      none.warnings = {error.what()};
      out.push_back({std::move(none), 0, /*refused=*/true});
    }
  }
  return out;
}

nlohmann::ordered_json to_json(const Measured& measured) {
  using Json = nlohmann::ordered_json;
  const auto number = [](double value) { return std::isfinite(value) ? Json(value) : Json(); };
  const Estimate& e = measured.estimate;
  return {{"estimator", e.estimator},
          {"value", number(e.number())},
          {"unit", to_string(e.unit)},
          {"bound", to_string(e.bound)},
          {"n", e.n},
          {"standard_error", number(e.standard_error)},
          {"ceiling", number(e.ceiling)},
          {"null_mean", number(e.null_mean)},
          {"p_value", nullptr},
          {"seconds", measured.seconds},
          {"warnings", e.warnings}};
}

std::string table(const std::vector<Measured>& all) {
  size_t width = 9;
  for (const auto& m : all) width = std::max(width, m.estimate.estimator.size());
  std::string out =
      fmt::format("{:<{}}  {:>11}  {:>9}  {:<5}  {:>9}  {:>11}  {:>9}  {:>8}\n", "estimator", width,
                  "value", "error", "unit", "ceiling", "null mean", "n", "seconds");
  const auto number = [](double v) { return std::isnan(v) ? "–" : fmt::format("{:.4g}", v); };
  const auto value = [](double v) { return std::isnan(v) ? "–" : fmt::format("{:.6g}", v); };
  for (const auto& [e, seconds, refused] : all) {
    out += fmt::format("{:<{}}  {:>11}  {:>9}  {:<5}  {:>9}  {:>11}  {:>9}  {:>8.2g}\n",
                       e.estimator, width, value(e.number()), number(e.standard_error),
                       e.unit == Unit::none ? "" : to_string(e.unit), number(e.ceiling),
                       number(e.null_mean), e.n, seconds);
  }
  return out;
}

int estimate(const EstimateArguments& arguments, const Common& common) {
  const std::vector<Measured> all = measure(arguments);
  const int code = std::any_of(all.begin(), all.end(), [](const auto& m) { return m.refused; })
                       ? kBadData
                       : kDone;
  std::optional<double> truth;
  if (!arguments.task.empty()) {
    truth = task(arguments.task).truth * unit_factor(Unit::nats, parse_unit(arguments.unit));
  }
  if (common.json) {
    auto list = nlohmann::ordered_json::array();
    for (const auto& one : all) {
      list.push_back(to_json(one));
      if (truth) list.back()["truth"] = *truth;
    }
    print(list.dump(2) + "\n");
    return code;
  }
  print(table(all));
  if (truth) print(fmt::format("truth: {:.6g} {}\n", *truth, arguments.unit));
  for (const auto& measured : all) {
    const Estimate& e = measured.estimate;
    for (const auto& text : e.warnings) {
      warn(text.starts_with(e.estimator) ? text : e.estimator + ": " + text);
    }
  }
  return code;
}

}  // namespace

void add_estimate(CLI::App& app, Common& common, int& exit_code) {
  auto* verb = add_verb(app, common, "estimate", "The dependence of two variables in a file",
                        "Examples:\n"
                        "  glow estimate data.npz --estimator \"hsic(sigma=median)\"\n"
                        "  glow estimate x.npy y.npy --estimator \"binned(bins=10)\" --unit bits\n"
                        "  glow estimate table.csv --x height,weight --y age --json\n"
                        "  glow estimate iris.csv --x petal --y species --discrete y\n"
                        "  glow estimate data.npz --given z\n"
                        "  glow estimate --task 1v1-normal-0.75 --estimator ksg --estimator cca");
  auto arguments = std::make_shared<EstimateArguments>();
  verb->add_option("FILE", arguments->files, "FILE.npz, FILE.csv, or X.npy Y.npy")->expected(1, 2);
  verb->add_option("--x", arguments->x, "Array of an npz, or columns of a csv (x)");
  verb->add_option("--y", arguments->y, "Array of an npz, or columns of a csv (y)");
  verb->add_option("--estimator", arguments->estimators,
                   "What measures; may be given again (auto: what the data ask for)")
      ->type_name("SPEC")
      ->allow_extra_args(false);
  verb->add_option("--discrete", arguments->discrete,
                   "Which of x and y holds classes: words in a csv, or numbers that do not look so")
      ->check(CLI::IsMember({"x", "y", "both"}));
  verb->add_option("--continuous", arguments->continuous,
                   "Which of x and y holds quantities though they are whole numbers (for auto)")
      ->check(CLI::IsMember({"x", "y", "both"}));
  verb->add_option("--given", arguments->given,
                   "The third variable, for I(X;Y|Z): array of an npz, columns of a csv, or Z.npy");
  verb->add_option("--task", arguments->task, "Draws of a task of known truth, not a file");
  auto* n = verb->add_option("--n", arguments->n, "How many draws of the task")
                ->check(CLI::Range(int64_t{1}, int64_t{100'000'000}))
                ->capture_default_str();
  auto* seed = verb->add_option("--seed", arguments->seed, "Of the draws")
                   ->check(check_whole_number)
                   ->capture_default_str();
  verb->add_option("--unit", arguments->unit, "nats or bits")
      ->check(CLI::IsMember({"nats", "bits"}))
      ->capture_default_str();
  verb->callback([arguments, n, seed, &common, &exit_code] {
    if (arguments->files.empty() == arguments->task.empty()) {
      throw ValueError("give a file or a --task");
    }
    if (!arguments->task.empty() && !arguments->given.empty()) {
      throw ValueError("a task has no third variable: leave out --given");
    }
    if (arguments->task.empty() && (n->count() > 0 || seed->count() > 0)) {
      throw ValueError("--n and --seed are for draws of a --task");
    }
    if (arguments->estimators.empty()) {
      arguments->estimators = {arguments->given.empty() ? "auto" : "cmi"};
    }
    exit_code = estimate(*arguments, common);
  });
}

}  // namespace glow::cli
