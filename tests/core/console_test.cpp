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

}  // namespace
}  // namespace glow
