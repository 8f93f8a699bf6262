// glow: the command line.
#include <c10/util/Exception.h>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

#include "cli/command.h"
#include "glow/core/console.h"
#include "glow/core/error.h"
#include "glow/core/parallel.h"
#include "glow/core/stop.h"
#include "glow/core/text.h"
#include "glow/core/version.h"

namespace glow::cli {
namespace {

// The first signal asks to stop after the batch; a second one has its default effect.
void on_signal(int signal) {
  request_stop(signal);
  std::signal(signal, SIG_DFL);
}

std::string shell_line(int argc, char** argv) {
  std::vector<std::string> words{"glow"};
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const bool plain =
        !word.empty() && word.find_first_of(" '\"$\\*?[](){}<>|&;!#~`\t\n") == std::string::npos;
    std::string quoted = "'";
    for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    words.push_back(plain ? word : quoted + "'");
  }
  return join(words, " ");
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

constexpr const char* kOutOfMemory =
    "out of memory; a smaller network, probe, batch or `limit` needs less";

int fail(const std::string& message, int code) {
  print_error_stream(fmt::format("glow: {}\n", message));
  return code;
}

int usage_error(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  std::vector<std::string> known;
  const CLI::App* verb = &app;
  for (const auto* sub : app.get_subcommands({})) {
    known.push_back(sub->get_name());
    if (app.got_subcommand(const_cast<CLI::App*>(sub))) verb = sub;
  }
  std::string hint;
  std::string problem = first_line(error.what());
  const auto is = [&](CLI::ExitCodes code) {
    return error.get_exit_code() == static_cast<int>(code);
  };
  const bool left_over = is(CLI::ExitCodes::ExtrasError);
  if (verb == &app && (left_over || is(CLI::ExitCodes::RequiredError))) {
    // CLI11 only says that a verb is missing.
    const auto word = std::find_if(argv + 1, argv + argc, [&](const char* one) {
      return std::find(known.begin(), known.end(), one) == known.end();
    });
    if (word == argv + argc) {
      problem = "give one of " + join(known, ", ");
    } else {
      problem = fmt::format("'{}' is none of {}", *word, join(known, ", "));
      hint = did_you_mean(*word, known);
    }
  } else {
    std::vector<std::string> options;
    for (const auto* option : verb->get_options()) {
      for (const auto& name : option->get_lnames()) options.push_back("--" + name);
    }
    for (int i = 1; i < argc; ++i) {
      const std::string word = std::string(argv[i]).substr(0, std::string(argv[i]).find('='));
      if (word.rfind("--", 0) == 0 &&
          std::find(options.begin(), options.end(), word) == options.end()) {
        // CLI11 lists what is left over, the last word first.
        if (left_over) problem = "unknown option '" + word + "'";
        hint = did_you_mean(word, options);
        if (hint.empty() && verb->get_name() == "train") {
          hint = "; what the experiment file holds is set by --set KEY=VALUE";
        }
        break;
      }
    }
  }
  const std::string help = verb == &app ? "glow --help" : "glow " + verb->get_name() + " --help";
  return fail(fmt::format("{}{} ({} says more)", problem, hint, help), kUsage);
}

void add_common_flags(CLI::App& app, Common& common) {
  app.add_flag("-q,--quiet", common.quiet, "No progress and no talk");
  app.add_flag("--json", common.json, "One JSON value on stdout, nothing else there");
  app.add_option("--threads", common.threads, "How many cores to use (all)")
      ->check(CLI::Range(1, 1024));
}

int run_command(int argc, char** argv) {
  CLI::App app{"Watch each layer of a network move through the information plane.", "glow"};
  app.set_version_flag("--version", std::string("glow ") + version());
  app.require_subcommand(1);
  app.footer("Start with: glow demo");
  Common common;
  common.command = shell_line(argc, argv);
  add_common_flags(app, common);
  int exit_code = kDone;
  add_demo(app, common, exit_code);
  add_train(app, common, exit_code);
  add_measure(app, common, exit_code);
  add_estimate(app, common, exit_code);
  add_report(app, common, exit_code);
  add_list(app, common, exit_code);
  add_doctor(app, common, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& call) {
    return app.exit(call);
  } catch (const CLI::CallForAllHelp& call) {
    return app.exit(call);
  } catch (const CLI::CallForVersion& call) {
    return app.exit(call);
  } catch (const CLI::ParseError& error) {
    return usage_error(app, error, argc, argv);
  }
  return exit_code;
}

int guarded(int argc, char** argv) {
  try {
    return run_command(argc, argv);
  } catch (const Interrupted&) {
    print_error_stream("interrupted\n");
    return 128 + (stop_signal() > 0 ? stop_signal() : SIGINT);
  } catch (const DataError& error) {
    return fail(error.what(), kBadData);
  } catch (const ValueError& error) {
    return fail(error.what(), kUsage);
  } catch (const c10::Error& error) {
    const std::string text = first_line(error.what_without_backtrace());
    return fail(text.find("can't allocate memory") == text.npos ? text : kOutOfMemory, kFailed);
  } catch (const std::bad_alloc&) {
    return fail(kOutOfMemory, kFailed);
  } catch (const std::exception& error) {
    return fail(error.what(), kFailed);
  }
}

}  // namespace

CLI::App* add_verb(CLI::App& app, Common& common, const std::string& name, const std::string& what,
                   const std::string& examples) {
  CLI::App* verb = app.add_subcommand(name, what);
  add_common_flags(*verb, common);
  verb->footer(examples);
  verb->parse_complete_callback([&common] {
    set_quiet(common.quiet);
    if (common.threads > 0) set_thread_count(common.threads);
  });
  return verb;
}

std::string check_whole_number(const std::string& text) {
  int64_t number = 0;
  return parse_number(text, number) ? "" : "'" + text + "' is no whole number of 64 bits";
}

void print(const std::string& text) {
  const bool whole = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!whole || std::fflush(stdout) != 0) std::_Exit(141);  // as if SIGPIPE had ended it
}

}  // namespace glow::cli

int main(int argc, char** argv) {
  std::signal(SIGINT, glow::cli::on_signal);
  std::signal(SIGTERM, glow::cli::on_signal);
  std::signal(SIGHUP, glow::cli::on_signal);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file at its limit is an error to tell, as a full disk is
  return glow::cli::guarded(argc, argv);
}
