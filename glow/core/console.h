// The one place where the library speaks: warnings and progress. Everything goes to stderr, unless
// a program sets a sink of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace glow {

/// Says a warning, once a process for the same text.
void warn(const std::string& message);

/// Text on stderr. One that is closed or full is no reason to fail.
void print_error_stream(const std::string& text) noexcept;

/// A warning on stderr, whatever the sink, quiet or not, and as often as it is said.
void print_warning(const std::string& message);

/// Where warnings go; an empty function restores stderr. Gives the former sink.
using WarningSink = std::function<void(const std::string&)>;
WarningSink set_warning_sink(WarningSink sink);

/// A line of talk ("wrote report.html"), on stderr unless quiet.
void say(const std::string& line);

/// Where talk goes; an empty function restores stderr.
using TalkSink = std::function<void(const std::string&)>;
void set_talk_sink(TalkSink sink);

/// Quiet: no talk and no progress; warnings stay.
void set_quiet(bool quiet);
bool quiet();

/// Whether stderr is a terminal that takes control codes, and whether colour is wanted (NO_COLOR).
bool interactive();
bool colour();

/// A progress bar: redrawn in place on a terminal, at most ten times a second. Elsewhere it draws
/// nothing until `finish`, which prints one line.
class ProgressBar {
 public:
  ProgressBar(std::string label, int64_t total);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// Whether `update` would draw now: spares making a text that nobody sees.
  bool due() const;
  /// `done` of the total, and what to say behind the bar.
  void update(int64_t done, const std::string& tail);
  /// `update` for the last time, and a line break.
  void finish(const std::string& tail);

 private:
  void draw(const std::string& tail);

  std::string label_;
  int64_t total_, done_ = 0;
  int64_t started_, drawn_ = 0;  // steady clock, ns
  bool on_terminal_;
  bool open_ = true;
};

}  // namespace glow
