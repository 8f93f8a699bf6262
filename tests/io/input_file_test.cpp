#include "glow/io/input_file.h"

#include <sys/stat.h>

#include "glow/core/error.h"
#include "tests/io/support.h"

namespace glow {
namespace {

TEST(InputFile, ReadsExactlyWhatIsAskedFor) {
  const test::TemporaryFolder folder;
  const io::InputFile file(test::spill(folder.path("file"), "0123456789"));
  EXPECT_EQ(file.size(), 10);
  std::string three(3, ' ');
  file.read_at(7, three.data(), 3);
  EXPECT_EQ(three, "789");
  EXPECT_EQ(message_of<DataError>([&] { file.read_at(8, three.data(), 3); }),
            file.path() + ": ends at byte 10, 1 more expected");
}

TEST(InputFile, RefusesWhatIsNoFile) {
  const test::TemporaryFolder folder;
  EXPECT_EQ(message_of<Error>([&] { io::InputFile(folder.path("none")); }),
            "cannot read " + folder.path("none") + ": No such file or directory");
  EXPECT_EQ(message_of<Error>([&] { io::InputFile(folder.path()); }),
            "cannot read " + folder.path() + ": it is a folder");
  ASSERT_EQ(::mkfifo(folder.path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(message_of<Error>([&] { io::InputFile(folder.path("pipe")); }),
            "cannot read " + folder.path("pipe") + ": it is no regular file");
}

TEST(InputFile, ReadFileHasALimit) {
  const test::TemporaryFolder folder;
  const std::string path = test::spill(folder.path("file"), std::string("a\0b", 3));
  EXPECT_EQ(io::read_file(path), std::string("a\0b", 3));
  EXPECT_EQ(io::read_file(path, 3).size(), 3);
  EXPECT_EQ(message_of<DataError>([&] { io::read_file(path, 2); }),
            path + ": 3 bytes, at most 2 expected");
  EXPECT_EQ(io::read_file(test::spill(path, "")), "");
}

}  // namespace
}  // namespace glow
