#include "glow/core/console.h"

#include <gmock/gmock.h>

namespace glow {
namespace {

TEST(Console, AWarningIsSaidOnce) {
  std::vector<std::string> heard;
  const WarningSink before = set_warning_sink([&](const std::string& w) { heard.push_back(w); });
  warn("a");
  warn("a");
  warn("b");
  set_warning_sink(before);
  EXPECT_THAT(heard, testing::ElementsAre("a", "b"));
}

TEST(Console, WithoutATerminalABarIsOneLine) {
  testing::internal::CaptureStderr();
  {
    ProgressBar bar("Epoch 1/2", 10);
    bar.update(5, "loss: 1");
    bar.finish("loss: 0.5");
  }
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_EQ(text, "Epoch 1/2 10/10 0s - loss: 0.5\n");
}

TEST(Console, QuietMeansSilence) {
  testing::internal::CaptureStderr();
  set_quiet(true);
  say("talk");
  ProgressBar("x", 1).finish("");
  set_quiet(false);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(Console, TalkGoesToASinkUnlessQuiet) {
  std::vector<std::string> heard;
  set_talk_sink([&](const std::string& line) { heard.push_back(line); });
  say("a");
  set_quiet(true);
  say("b");
  set_quiet(false);
  set_talk_sink({});
  EXPECT_EQ(heard, (std::vector<std::string>{"a"}));
}

TEST(Console, AWarningSinkMayWarn) {
  std::vector<std::string> heard;
  const WarningSink before = set_warning_sink([&](const std::string& w) {
    heard.push_back(w);
    if (w == "outer") warn("inner");
  });
  warn("outer");
  set_warning_sink(before);
  EXPECT_EQ(heard, (std::vector<std::string>{"outer", "inner"}));
}

}  // namespace
}  // namespace glow
