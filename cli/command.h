// What the verbs share.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace glow::cli {

/// Flags that every verb takes.
struct Common {
  bool quiet = false;
  bool json = false;
  int threads = 0;
  std::string command;  // as the user typed it
};

enum ExitCode { kDone = 0, kFailed = 1, kUsage = 2, kBadData = 3 };

/// Each adds its verb to `app`; the verb's callback sets `exit_code`.
void add_demo(CLI::App& app, Common& common, int& exit_code);
void add_train(CLI::App& app, Common& common, int& exit_code);
void add_measure(CLI::App& app, Common& common, int& exit_code);
void add_estimate(CLI::App& app, Common& common, int& exit_code);
void add_report(CLI::App& app, Common& common, int& exit_code);
void add_list(CLI::App& app, Common& common, int& exit_code);
void add_doctor(CLI::App& app, Common& common, int& exit_code);

/// A verb with the common flags and examples under its help.
CLI::App* add_verb(CLI::App& app, Common& common, const std::string& name, const std::string& what,
                   const std::string& examples);

/// A check for options: a whole number that 64 bits hold. (CLI11 makes of a larger one the
/// largest.)
std::string check_whole_number(const std::string& text);

/// Prints to stdout; a closed pipe ends the program quietly.
void print(const std::string& text);

}  // namespace glow::cli
