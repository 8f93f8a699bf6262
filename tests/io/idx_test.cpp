#include "glow/io/idx.h"

#include <ATen/Functions.h>

#include <cstring>

#include "glow/core/error.h"
#include "tests/io/gzip.h"
#include "tests/io/support.h"

namespace glow {
namespace {

using test::gzipped;
using test::spill;
using test::TemporaryFolder;
using testing::HasSubstr;

std::string big_endian(uint32_t value) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
  return out;
}

std::string header(char type, const std::vector<uint32_t>& shape) {
  std::string out = {0, 0, type, static_cast<char>(shape.size())};
  for (const uint32_t size : shape) out += big_endian(size);
  return out;
}

// Two images of 3 × 2.
std::string images() { return header(8, {2, 3, 2}) + "abcdefghijkl"; }

TEST(Idx, ReadsBytesPlainAndPacked) {
  const TemporaryFolder folder;
  const at::Tensor plain = io::read_idx(spill(folder.path("plain"), images()));
  EXPECT_EQ(plain.sizes(), at::IntArrayRef({2, 3, 2}));
  EXPECT_EQ(plain.scalar_type(), at::kByte);
  EXPECT_EQ(plain[1][2][1].item<int>(), 'l');
  EXPECT_TRUE(plain.equal(io::read_idx(spill(folder.path("packed"), gzipped(images())))));
}

TEST(Idx, ReadsEveryTypeBigEndian) {
  const TemporaryFolder folder;
  const auto read = [&](char type, const std::string& bytes) {
    return io::read_idx(spill(folder.path("file"), header(type, {1}) + bytes));
  };
  EXPECT_EQ(read(0x09, "\xfe").item<int8_t>(), -2);
  EXPECT_EQ(read(0x0B, "\x01\x02").item<int16_t>(), 258);
  EXPECT_EQ(read(0x0C, big_endian(70000)).item<int32_t>(), 70000);
  EXPECT_EQ(read(0x0D, big_endian(0x3fc00000)).item<float>(), 1.5f);
  EXPECT_EQ(read(0x0E, big_endian(0xc0040000) + big_endian(0)).item<double>(), -2.5);
}

TEST(Idx, SaysExpectedAndFound) {
  const TemporaryFolder folder;
  const auto problem = [&](const std::string& bytes) {
    const std::string path = spill(folder.path("file"), bytes);
    const std::string message = message_of<DataError>([&] { io::read_idx(path); });
    EXPECT_THAT(message, HasSubstr(path));
    return message;
  };
  EXPECT_THAT(problem("\x89PNG"), HasSubstr("byte 0: an IDX magic number expected"));
  EXPECT_THAT(problem(header(0x0A, {1}) + "a"), HasSubstr("found 00 00 0a 01"));
  EXPECT_THAT(problem(std::string("\0\0\x08\0", 4)), HasSubstr("magic number"));
  EXPECT_THAT(problem(header(8, {0, 28, 28})), HasSubstr("byte 4: dimension 1 is 0"));
  EXPECT_THAT(problem(header(8, {3, 0})), HasSubstr("byte 8: dimension 2 is 0"));
  EXPECT_THAT(problem(images() + "m"),
              HasSubstr("12 bytes expected from byte 16 on, for 2 × 3 × 2; found 13"));
  EXPECT_THAT(problem(images().substr(0, 27)), HasSubstr("12 bytes expected from byte 16 on, for "
                                                         "2 × 3 × 2; found 11"));
  EXPECT_THAT(problem(header(8, {0xffffffff, 0xffffffff, 0xffffffff})), HasSubstr("too large"));
  // Sizes as a little-endian program would have written them.
  EXPECT_THAT(problem(header(8, {2u << 24, 3u << 24}) + "abcdef"), HasSubstr("found 6"));
  EXPECT_THAT(problem(""), HasSubstr("truncated at byte 0"));
}

TEST(Idx, RefusesEveryTruncation) {
  const TemporaryFolder folder;
  for (const std::string& whole : {images(), gzipped(images())}) {
    for (size_t size = 0; size < whole.size(); ++size) {
      EXPECT_THROW(io::read_idx(spill(folder.path("cut"), whole.substr(0, size))), DataError)
          << size;
    }
  }
}

// A header that promises gigabytes is refused before memory is asked for.
TEST(Idx, RefusesBombsAndLies) {
  const TemporaryFolder folder;
  const auto problem = [&](const std::string& bytes) {
    return message_of<DataError>([&] { io::read_idx(spill(folder.path("file"), gzipped(bytes))); });
  };
  EXPECT_THAT(problem(header(8, {2000000000}) + "abc"), HasSubstr("found at most"));
  EXPECT_THAT(problem(images() + std::string(1 << 20, '\0')),
              HasSubstr("more content than the 28 bytes expected"));
  EXPECT_THAT(problem(images().substr(0, 20)), HasSubstr("truncated at byte 20"));
}

// No flipped bit is read as bytes of another shape or content, gzip's checksum permitting.
TEST(Idx, FlippedBitsAreNeverReadAsOtherImages) {
  const TemporaryFolder folder;
  const std::string whole = images();
  for (size_t bit = 0; bit < 8 * 16; ++bit) {
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
    try {
      const at::Tensor read = io::read_idx(spill(folder.path("damaged"), damaged));
      EXPECT_EQ(read.scalar_type(), at::kChar)
          << "only the sign of the type may change, bit " << bit;
    } catch (const DataError&) {
    }
  }
}

}  // namespace
}  // namespace glow
