#include "glow/report/drawing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdint>
#include <cstring>

namespace glow::report {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Drawing sample() {
  Drawing drawing{"a <title>", 144, 72};
  drawing.add(Line{{{10, 10}, {50, 20}}, {{1, 0, 0}, 0.5, {3, 2}}});
  drawing.add(Area{{{10, 10}, {20, 10}, {20, 20}}, {0, 0, 1, 0.25}});
  drawing.add(Circle{{100, 40}, 8, {1, 1, 1}, {{0, 0, 0}, 1}});
  drawing.add(Text{{20, 60}, "dense_1 <b> & σ²", {.size = 8, .align = TextStyle::Align::centre}});
  drawing.add(Text{{30, 60}, "I(T;Y) [bits]", {.upwards = true}});
  return drawing;
}

/// Every compressed stream of a PDF file, unpacked, one after the other.
std::string pdf_streams(const std::string& pdf) {
  std::string out;
  for (size_t at = 0; (at = pdf.find("stream\n", at)) != std::string::npos;) {
    at += std::strlen("stream\n");
    std::string plain(1 << 20, '\0');
    auto size = static_cast<uLongf>(plain.size());
    const auto* bytes = reinterpret_cast<const Bytef*>(pdf.data() + at);
    if (uncompress(reinterpret_cast<Bytef*>(plain.data()), &size, bytes,
                   static_cast<uLong>(pdf.find("endstream", at) - at)) == Z_OK) {
      out.append(plain, 0, size);
    }
  }
  return out;
}

TEST(Drawing, SvgHasTextAsText) {
  const std::string svg = to_svg(sample());
  EXPECT_THAT(svg, StartsWith("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"144.00pt\""));
  EXPECT_THAT(svg, HasSubstr(">dense_1 &lt;b&gt; &amp; σ²</text>"));
  EXPECT_THAT(svg, HasSubstr("text-anchor=\"middle\""));
  EXPECT_THAT(svg, HasSubstr("transform=\"rotate(-90 30.00 60.00)\""));
  EXPECT_THAT(svg, HasSubstr("<title>a &lt;title&gt;</title>"));
  EXPECT_THAT(svg, HasSubstr("stroke-dasharray=\"3 2\""));
  EXPECT_THAT(svg, HasSubstr("fill-opacity=\"0.25\""));
  EXPECT_THAT(svg, Not(HasSubstr("<b>")));
}

TEST(Drawing, PngHasTheAskedResolution) {
  const std::string png = to_png(sample(), 300);
  ASSERT_GT(png.size(), 24u);
  EXPECT_EQ(png.substr(0, 8), "\x89PNG\r\n\x1a\n");
  const auto big_endian = [&](size_t at) {
    uint32_t value = 0;
    for (size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<uint8_t>(png[at + i]);
    return value;
  };
  EXPECT_EQ(big_endian(16), 600u);
  EXPECT_EQ(big_endian(20), 300u);
}

TEST(Drawing, PdfHasTextAsText) {
  const std::string pdf = to_pdf(sample());
  EXPECT_THAT(pdf, StartsWith("%PDF-"));
  EXPECT_THAT(pdf, HasSubstr("/Font"));
  // The map from glyphs to characters is what makes text searchable.
  const std::string streams = pdf_streams(pdf);
  EXPECT_THAT(streams, HasSubstr("begincmap"));
  EXPECT_THAT(streams, HasSubstr("<03c3>"));  // σ
}

TEST(Text, GrowsWithItsSizeAndLength) {
  EXPECT_NEAR(text_width("dense_1", 14), 2 * text_width("dense_1", 7), 0.05);
  EXPECT_GT(text_width("dense_10", 7), text_width("dense_1", 7));
  EXPECT_GT(text_width("dense_1", 7, true), text_width("dense_1", 7));
  EXPECT_EQ(text_width("", 7), 0);
}

TEST(Text, IsElidedInTheMiddle) {
  EXPECT_EQ(elide("dense_1", 100, 7), "dense_1");
  const std::string shorter = elide("a_layer_with_a_long_nāme_1", 60, 7);
  EXPECT_LE(text_width(shorter, 7), 60);
  EXPECT_THAT(shorter, StartsWith("a_"));
  EXPECT_THAT(shorter, testing::EndsWith("_1"));
  EXPECT_THAT(shorter, HasSubstr("…"));
  EXPECT_EQ(elide("dense_1", 1, 7), "…");
}

TEST(Text, IsWrappedAtSpaces) {
  const std::string text = "Mean of 6 networks, n = 4096; bars and bands: one standard error.";
  const auto lines = wrap(text, 100, 7);
  EXPECT_GT(lines.size(), 1u);
  std::string joined;
  for (const auto& line : lines) {
    EXPECT_LE(text_width(line, 7), 100) << line;
    joined += (joined.empty() ? "" : " ") + line;
  }
  EXPECT_EQ(joined, text);
  EXPECT_TRUE(wrap("", 100, 7).empty());
}

}  // namespace
}  // namespace glow::report
