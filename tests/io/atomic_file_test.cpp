#include "glow/io/atomic_file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdarg>
#include <thread>

#include "glow/core/console.h"
#include "glow/core/error.h"
#include "tests/io/support.h"

// The calls by which files are written, so that the n-th of them can be made to fail (as SQLite's
// tests do it). They are those of the whole test program: unless armed, they do what they always
// do.
namespace {
int calls_left = -1;  // until one fails; -1: none does
int failure = EIO;
size_t most_written = SIZE_MAX;  // of one write
bool interrupted = false;        // every second write is, by a signal
int writes = 0;

bool strikes() {
  if (calls_left < 0 || calls_left-- > 0) return false;
  errno = failure;
  return true;
}
}  // namespace

extern "C" int open(const char* path, int flags, ...) {
  mode_t mode = 0;
  if (flags & O_CREAT) {
    va_list arguments;
    va_start(arguments, flags);
    mode = va_arg(arguments, mode_t);
    va_end(arguments);
  }
  if (strikes()) return -1;
  return static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}
extern "C" ssize_t write(int descriptor, const void* bytes, size_t count) {
  if (strikes()) return -1;
  if (interrupted && ++writes % 2 == 1) {
    errno = EINTR;
    return -1;
  }
  return syscall(SYS_write, descriptor, bytes, std::min(count, most_written));
}
extern "C" int fsync(int descriptor) {
  return strikes() ? -1 : static_cast<int>(syscall(SYS_fsync, descriptor));
}
extern "C" int rename(const char* from, const char* to) noexcept {
  return strikes() ? -1 : static_cast<int>(syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

namespace glow {
namespace {

using test::slurp;
using test::spill;
using test::TemporaryFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class AtomicFile : public testing::Test {
 protected:
  ~AtomicFile() override {
    calls_left = -1;
    most_written = SIZE_MAX;
    interrupted = false;
  }
  TemporaryFolder folder_;
};
using AppendFile = AtomicFile;

TEST_F(AtomicFile, ReplacesTheContent) {
  const std::string path = folder_.path("with space, ü and\nnewline");
  io::write_atomic(path, "one");
  EXPECT_EQ(slurp(path), "one");
  io::write_atomic(path, std::string("\0two", 4));
  EXPECT_EQ(slurp(path), std::string("\0two", 4));
  EXPECT_EQ(folder_.names().size(), 1);
}

TEST_F(AtomicFile, WithoutCommitLeavesTheOldFile) {
  const std::string path = spill(folder_.path("file"), "old");
  {
    io::AtomicFile file(path);
    file.write("half of the new");
  }
  EXPECT_EQ(slurp(path), "old");
  EXPECT_THAT(folder_.names(), ElementsAre("file"));
}

TEST_F(AtomicFile, RefusesToGoOnAfterCommit) {
  io::AtomicFile file(folder_.path("file"));
  file.commit();
  EXPECT_THROW(file.write("more"), StateError);
  EXPECT_THROW(file.commit(), StateError);
}

TEST_F(AtomicFile, SaysWhatIsWrong) {
  EXPECT_EQ(message_of<Error>([&] { io::write_atomic(folder_.path("none/file"), ""); }),
            "cannot write " + folder_.path("none/file") + ": No such file or directory");
  EXPECT_THAT(message_of<Error>([&] { io::write_atomic(folder_.path(), ""); }),
              HasSubstr("Is a directory"));
}

TEST_F(AtomicFile, SurvivesSmallAndInterruptedWrites) {
  most_written = 3;
  interrupted = true;
  const std::string path = folder_.path("file");
  io::write_atomic(path, "0123456789");
  EXPECT_EQ(slurp(path), "0123456789");
}

// Whichever call fails, either the old or the new content is there, and nothing else.
TEST_F(AtomicFile, WhenTheNthCallFailsTheFileIsWhole) {
  for (const int error : {ENOSPC, EIO, EDQUOT}) {
    int n = 0;
    for (bool written = false; !written; ++n) {
      const std::string path = spill(folder_.path("file"), "old");
      most_written = 2;
      failure = error;
      calls_left = n;
      try {
        io::write_atomic(path, "newer");
        written = calls_left >= 0;
      } catch (const Error& e) {
        EXPECT_THAT(e.what(), HasSubstr("cannot write " + path + ": "));
      }
      calls_left = -1;
      most_written = SIZE_MAX;
      EXPECT_THAT(slurp(path), testing::AnyOf("old", "newer")) << "call " << n;
      EXPECT_THAT(folder_.names(), ElementsAre("file")) << "call " << n;
      if (written) {
        EXPECT_EQ(slurp(path), "newer");
      }
    }
    EXPECT_EQ(n, 9) << "open, three writes, fsync, rename, open and fsync of the folder, none";
  }
}

TEST_F(AtomicFile, WhenKilledTheFileIsWhole) {
  const std::string path = folder_.path("file");
  const std::string one(100000, '1'), two(100000, '2');
  io::write_atomic(path, one);
  for (int kill_number = 0; kill_number < 25; ++kill_number) {
    const pid_t child = fork();
    if (child == 0) {
      for (;;) {
        io::write_atomic(path, two);
        io::write_atomic(path, one);
      }
    }
    std::this_thread::sleep_for(std::chrono::microseconds(300 + 370 * kill_number));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    const std::string found = slurp(path);
    EXPECT_TRUE(found == one || found == two) << "kill " << kill_number;
  }
  io::remove_stale_temporaries(folder_.path());
  EXPECT_THAT(folder_.names(), ElementsAre("file"));
}

TEST_F(AtomicFile, StaleTemporariesOfTheLivingStay) {
  io::AtomicFile open(folder_.path("file"));
  spill(folder_.path(".hidden"), "");
  spill(folder_.path("other.glow-tmp"), "");
  const auto before = folder_.names().size();
  io::remove_stale_temporaries(folder_.path());
  EXPECT_EQ(folder_.names().size(), before);
  io::remove_stale_temporaries(folder_.path("none"));
}

TEST_F(AppendFile, AppendsWholeLines) {
  const std::string path = folder_.path("log.csv");
  {
    io::AppendFile file(path);
    EXPECT_EQ(file.size(), 0);
    file.append_line("a,b");
    file.append_line("1,2\n3,4");
    EXPECT_EQ(slurp(path), "a,b\n1,2\n3,4\n");
    file.close();
    file.close();
    EXPECT_THROW(file.append_line("5,6"), StateError);
  }
  io::AppendFile again(path);
  EXPECT_EQ(again.size(), 12);
  io::AppendFile moved(std::move(again));
  moved.append_line("5,6");
  EXPECT_EQ(slurp(path), "a,b\n1,2\n3,4\n5,6\n");
}

TEST_F(AppendFile, CutsOffAnIncompleteLineAndSaysSo) {
  std::string warning;
  auto before = set_warning_sink([&](const std::string& text) { warning = text; });
  const std::string path = spill(folder_.path("log.csv"), "a,b\n1,2\n3,");
  io::AppendFile(path).append_line("5,6");
  EXPECT_EQ(slurp(path), "a,b\n1,2\n5,6\n");
  EXPECT_THAT(warning, HasSubstr("incomplete and is cut off (2 bytes)"));
  spill(path, "no line at all");
  EXPECT_EQ(io::AppendFile(path).size(), 0);
  set_warning_sink(std::move(before));
}

TEST_F(AppendFile, OnAFullDiskKeepsWhatWasThere) {
  const std::string path = spill(folder_.path("log.csv"), "a,b\n");
  io::AppendFile file(path);
  failure = ENOSPC;
  most_written = 2;
  calls_left = 1;  // the second piece of the line
  EXPECT_EQ(message_of<Error>([&] { file.append_line("1,2"); }),
            "cannot write " + path + ": No space left on device");
  EXPECT_EQ(slurp(path), "a,b\n");
  calls_left = -1;
  file.append_line("3,4");
  EXPECT_EQ(slurp(path), "a,b\n3,4\n");
  calls_left = 0;
  EXPECT_THROW(file.close(), Error);
}

TEST_F(AppendFile, SaysWhatIsWrong) {
  EXPECT_THAT(message_of<Error>([&] { io::AppendFile(folder_.path("none/log.csv")); }),
              HasSubstr("No such file or directory"));
  EXPECT_THAT(message_of<Error>([] { io::AppendFile("/dev/full").append_line("x"); }),
              HasSubstr("cannot write /dev/full: No space left on device"));
}

}  // namespace
}  // namespace glow
