#include "glow/report/markup.h"

#include <gtest/gtest.h>

namespace glow::report {
namespace {

using namespace std::string_literals;

TEST(Escape, LeavesNothingThatMarkupReads) {
  EXPECT_EQ(escape("<script>alert('x' & \"y\")</script>"),
            "&lt;script&gt;alert(&#39;x&#39; &amp; &quot;y&quot;)&lt;/script&gt;");
  EXPECT_EQ(escape("σ² ≥ 0 → 𝛼\n\t"), "σ² ≥ 0 → 𝛼\n\t");
  EXPECT_EQ(escape(""), "");
}

TEST(Escape, ReplacesControlCharacters) {
  EXPECT_EQ(escape("a\0b\x1b[31m\x7f"s), "a\uFFFDb\uFFFD[31m\uFFFD");
}

TEST(ValidUtf8, ReplacesEachByteThatIsNone) {
  EXPECT_EQ(valid_utf8("a\xFF"
                       "b"),
            "a\uFFFDb");
  EXPECT_EQ(valid_utf8("\xC3"), "\uFFFD");                                // cut short
  EXPECT_EQ(valid_utf8("\xC0\xBC"), "\uFFFD\uFFFD");                      // '<', overlong
  EXPECT_EQ(valid_utf8("\xE0\x80\xBC"), "\uFFFD\uFFFD\uFFFD");            // the same in three bytes
  EXPECT_EQ(valid_utf8("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");            // a surrogate
  EXPECT_EQ(valid_utf8("\xF4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD");  // beyond Unicode
  EXPECT_EQ(valid_utf8("\xF0\x9F\x98\x80"), "😀");
}

}  // namespace
}  // namespace glow::report
