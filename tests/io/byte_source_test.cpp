#include "glow/io/byte_source.h"

#include "glow/core/error.h"
#include "tests/io/gzip.h"
#include "tests/io/support.h"

namespace glow {
namespace {

using test::gzipped;
using test::spill;
using test::TemporaryFolder;
using testing::HasSubstr;

std::string text(int size) {
  std::string out;
  for (int i = 0; i < size; ++i) out.push_back(static_cast<char>(i * i % 251));
  return out;
}

// Reads `count` bytes of a file, in pieces, and finishes.
std::string read_through(const std::string& path, int64_t count, int64_t piece = 7) {
  const io::InputFile file(path);
  const auto source = io::open_plain_or_gzip(file);
  std::string out(static_cast<size_t>(count), ' ');
  for (int64_t at = 0; at < count; at += piece) {
    source->read(out.data() + at, std::min(piece, count - at));
  }
  EXPECT_EQ(source->position(), count);
  source->finish();
  return out;
}

TEST(ByteSource, ReadsPlainAndGzipAlike) {
  const TemporaryFolder folder;
  const std::string bytes = text(200000);  // several buffers of compressed bytes
  EXPECT_EQ(read_through(spill(folder.path("plain"), bytes), 200000, 1000), bytes);
  EXPECT_EQ(read_through(spill(folder.path("packed"), gzipped(bytes)), 200000, 1000), bytes);
  EXPECT_EQ(read_through(spill(folder.path("none"), gzipped("")), 0), "");
}

TEST(ByteSource, SaysWhereAFileEnds) {
  const TemporaryFolder folder;
  const std::string plain = spill(folder.path("plain"), text(10));
  EXPECT_EQ(message_of<DataError>([&] { read_through(plain, 12); }),
            plain + ": truncated at byte 10, 2 more expected");
  EXPECT_EQ(message_of<DataError>([&] { read_through(plain, 9); }),
            plain + ": 1 bytes too many, from byte 9");
  const std::string packed = spill(folder.path("packed"), gzipped(text(10)));
  EXPECT_EQ(message_of<DataError>([&] { read_through(packed, 12); }),
            packed + ": truncated at byte 10, 2 more expected");
  EXPECT_EQ(message_of<DataError>([&] { read_through(packed, 9); }),
            packed + ": more content than the 9 bytes expected");
}

TEST(ByteSource, RefusesEveryTruncationOfGzip) {
  const TemporaryFolder folder;
  const std::string whole = gzipped(text(100));
  for (size_t size = 2; size < whole.size(); ++size) {
    const std::string path = spill(folder.path("cut"), whole.substr(0, size));
    EXPECT_THAT(message_of<DataError>([&] { read_through(path, 100); }),
                HasSubstr("breaks off at byte " + std::to_string(size)));
  }
}

// The time, the system and a few unused bits may be anything; what is read may not change.
TEST(ByteSource, FlippedBitsOfGzipNeverChangeWhatIsRead) {
  const TemporaryFolder folder;
  const std::string bytes = text(100), whole = gzipped(bytes);
  size_t refused = 0;
  for (size_t bit = 16; bit < 8 * whole.size(); ++bit) {
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
    try {
      EXPECT_EQ(read_through(spill(folder.path("damaged"), damaged), 100), bytes);
    } catch (const DataError&) {
      ++refused;
    }
  }
  EXPECT_GE(refused, 8 * (bytes.size() + 8)) << "every bit of the content and of the trailer";
}

TEST(ByteSource, NamesWrongCrcAndTrailingBytes) {
  const TemporaryFolder folder;
  std::string wrong_crc = gzipped(text(100));
  wrong_crc[wrong_crc.size() - 8] ^= 1;
  EXPECT_THAT(
      message_of<DataError>([&] { read_through(spill(folder.path("crc"), wrong_crc), 100); }),
      HasSubstr("incorrect data check"));
  EXPECT_THAT(message_of<DataError>([&] {
                read_through(spill(folder.path("tail"), gzipped(text(100)) + "abc"), 100);
              }),
              HasSubstr("3 bytes after the end of the compressed stream"));
}

// A bomb costs what the reader asks for, not what it would inflate to.
TEST(ByteSource, InflatesNoMoreThanAskedFor) {
  const TemporaryFolder folder;
  const std::string bomb = gzipped(std::string(50 << 20, '\0'));
  ASSERT_LT(bomb.size(), 60000);
  const io::InputFile file(spill(folder.path("bomb"), bomb));
  const auto source = io::open_plain_or_gzip(file);
  char few[10];
  source->read(few, 10);
  EXPECT_EQ(source->position(), 10);
  EXPECT_GE(source->most(), 50 << 20);
  EXPECT_THROW(source->finish(), DataError);
}

TEST(ByteSource, ChecksWhatItIsTold) {
  const TemporaryFolder folder;
  const std::string bytes = text(30), packed = test::deflated(bytes, -15);
  const io::InputFile file(spill(folder.path("file"), "##" + bytes + packed));
  const auto crc = static_cast<int64_t>(
      crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
  const auto size = static_cast<int64_t>(packed.size());
  const auto read = [](io::ByteSource& source) {
    std::string out(30, ' ');
    source.read(out.data(), 30);
    source.finish();
    return out;
  };
  EXPECT_EQ(read(*io::stored_bytes(file, "member", 2, 30, crc)), bytes);
  EXPECT_EQ(read(*io::deflated_bytes(file, "member", 32, size, 30, crc)), bytes);
  EXPECT_THAT(message_of<DataError>([&] { read(*io::stored_bytes(file, "m", 2, 30, crc ^ 1)); }),
              HasSubstr("m: checksum"));
  EXPECT_THAT(
      message_of<DataError>([&] { read(*io::deflated_bytes(file, "m", 32, size, 30, crc ^ 1)); }),
      HasSubstr("m: checksum"));
}

}  // namespace
}  // namespace glow
