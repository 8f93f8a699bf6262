#include "glow/core/console.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <set>
#include <string_view>

#include "glow/core/text.h"

namespace glow {
namespace {

std::mutex mutex;
WarningSink warning_sink;
TalkSink talk_sink;
std::set<std::string> warned;
std::atomic<bool> is_quiet{false};

int64_t now_ns() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

std::string duration_text(double seconds) {
  if (seconds < 100) return fmt::format("{:.0f}s", seconds);
  const auto whole = static_cast<int64_t>(seconds);
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string cut(std::string text, size_t width) {
  while (columns_of(text) > width) {
    while (!text.empty() && (text.back() & 0xC0) == 0x80) text.pop_back();
    if (!text.empty()) text.pop_back();
  }
  return text;
}

size_t terminal_width() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

}  // namespace

void warn(const std::string& message) {
  WarningSink sink;  // called without the lock: a program's own may wait for others that warn
  {
    const std::lock_guard lock(mutex);
    if (!warned.insert(message).second) return;
    sink = warning_sink;
  }
  if (sink) {
    sink(message);
  } else {
    print_warning(message);
  }
}

void print_error_stream(const std::string& text) noexcept {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

void print_warning(const std::string& message) { print_error_stream("warning: " + message + "\n"); }

WarningSink set_warning_sink(WarningSink sink) {
  const std::lock_guard lock(mutex);
  warned.clear();
  return std::exchange(warning_sink, std::move(sink));
}

void say(const std::string& line) {
  if (is_quiet) return;
  TalkSink sink;
  {
    const std::lock_guard lock(mutex);
    sink = talk_sink;
  }
  if (sink) {
    sink(line);
  } else {
    print_error_stream(line + "\n");
  }
}

void set_talk_sink(TalkSink sink) {
  const std::lock_guard lock(mutex);
  std::swap(talk_sink, sink);  // the old one ends after the lock: it may have something to say
}

void set_quiet(bool quiet) { is_quiet = quiet; }
bool quiet() { return is_quiet; }

bool interactive() {
  const char* terminal = std::getenv("TERM");
  return isatty(STDERR_FILENO) && terminal && std::string_view(terminal) != "dumb";
}

bool colour() { return interactive() && !std::getenv("NO_COLOR"); }

ProgressBar::ProgressBar(std::string label, int64_t total)
    : label_(std::move(label)),
      total_(std::max<int64_t>(total, 1)),
      started_(now_ns()),
      on_terminal_(interactive()) {}

ProgressBar::~ProgressBar() {
  if (open_ && drawn_ != 0) print_error_stream("\n");
}

bool ProgressBar::due() const {
  return !is_quiet && on_terminal_ && now_ns() - drawn_ >= 100'000'000;
}

void ProgressBar::update(int64_t done, const std::string& tail) {
  done_ = std::min(done, total_);
  if (due()) draw(tail);
}

void ProgressBar::finish(const std::string& tail) {
  open_ = false;
  done_ = total_;
  if (is_quiet) return;
  draw(tail);
  if (on_terminal_) print_error_stream("\n");
}

void ProgressBar::draw(const std::string& tail) {
  drawn_ = now_ns();
  const double elapsed = static_cast<double>(drawn_ - started_) * 1e-9;
  const double share = static_cast<double>(done_) / static_cast<double>(total_);
  const bool over = done_ == total_;
  const double left = share > 0 ? elapsed * (1 - share) / share : 0;
  const std::string time = over        ? duration_text(elapsed)
                           : share > 0 ? duration_text(left) + " left"
                                       : "";
  const std::string head = label_.empty() ? "" : label_ + " ";
  if (!on_terminal_) {
    print_error_stream(
        fmt::format("{}{}/{} {}{}\n", head, done_, total_, time, tail.empty() ? "" : " - " + tail));
    return;
  }
  constexpr int kWidth = 20;
  const int full = static_cast<int>(share * kWidth + 0.5);
  std::string bar;
  for (int i = 0; i < kWidth; ++i) {
    if (colour() && i == 0 && full > 0) bar += "\x1b[32m";
    if (colour() && i == full) bar += "\x1b[0m\x1b[2m";
    bar += "━";
    if (!colour() && i >= full) bar.replace(bar.size() - std::string_view("━").size(), 3, "─");
  }
  const std::string plain = fmt::format(" {}{}", time, tail.empty() ? "" : " - " + tail);
  const std::string counts = fmt::format("{}{}/{} ", head, done_, total_);
  const size_t used = columns_of(counts) + kWidth;
  const size_t width = terminal_width();
  print_error_stream(fmt::format("\r\x1b[2K{}{}{}{}", counts, used < width ? bar : "",
                                 colour() ? "\x1b[0m" : "",
                                 used < width ? cut(plain, width - used - 1) : ""));
}

}  // namespace glow
