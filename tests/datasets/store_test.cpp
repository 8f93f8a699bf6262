#include "glow/datasets/store.h"

#include <sys/stat.h>

#include "glow/core/console.h"
#include "glow/core/error.h"
#include "glow/core/stop.h"
#include "glow/io/sha256.h"
#include "tests/io/support.h"

namespace glow {
namespace {

using datasets::require_file;
using test::ScopedVariable;
using test::slurp;
using test::spill;
using testing::HasSubstr;

TEST(Store, FindsItsFolder) {
  const ScopedVariable home("HOME", "/home/someone");
  const ScopedVariable cache("XDG_CACHE_HOME", "/cache");
  const ScopedVariable data("GLOW_DATA_DIR", "/data");
  EXPECT_EQ(datasets::data_dir(), "/data");
  const ScopedVariable no_data("GLOW_DATA_DIR", "");
  EXPECT_EQ(datasets::data_dir(), "/cache/glow/datasets");
  const ScopedVariable no_cache("XDG_CACHE_HOME", "");
  EXPECT_EQ(datasets::data_dir(), "/home/someone/.cache/glow/datasets");
  const ScopedVariable no_home("HOME", "");
  EXPECT_THAT(message_of<Error>([] { datasets::data_dir(); }), HasSubstr("set GLOW_DATA_DIR"));
}

TEST(RunProgram, GivesTheExitStatus) {
  EXPECT_EQ(datasets::run_program({"true"}), 0);
  EXPECT_EQ(datasets::run_program({"sh", "-c", "exit 3"}), 3);
  EXPECT_EQ(datasets::run_program({"sh", "-c", "kill -9 $$"}), 128 + 9);
  EXPECT_EQ(datasets::run_program({"glow-no-such-program"}), 127);
}

TEST(RunProgram, EndsItWhenAStopIsRequested) {
  request_stop(SIGINT);
  EXPECT_EQ(datasets::run_program({"sleep", "100"}), 128 + SIGTERM);
  clear_stop();
}

// Mirrors are files here: `curl` fetches file:// as it does the others.
class Download : public testing::Test {
 protected:
  Download() {
    set_quiet(true);
    spill(source_.path("good"), "content");
    spill(source_.path("bad"), "something else");
  }
  ~Download() override {
    set_quiet(false);
    clear_stop();
  }
  void SetUp() override {
    if (datasets::run_program({"curl", "--silent", "--output", "/dev/null", url("good")}) != 0) {
      GTEST_SKIP() << "no curl";
    }
  }

  std::string url(const std::string& name) const { return "file://" + source_.path(name); }
  datasets::RemoteFile file(const std::vector<std::string>& mirrors) const {
    return {"file.bin", io::sha256("content"), mirrors};
  }

  test::TemporaryFolder source_, folder_;
  ScopedVariable variable_{"GLOW_DATA_DIR", folder_.path("data")};
};

TEST_F(Download, PutsTheFileWhereItBelongs) {
  EXPECT_FALSE(datasets::find_file("set", "file.bin"));
  const auto stored = require_file("set", file({url("good")}));
  EXPECT_EQ(stored.path, folder_.path("data/set/file.bin"));
  EXPECT_EQ(stored.sha256, io::sha256("content"));
  EXPECT_EQ(slurp(stored.path), "content");
  EXPECT_EQ(datasets::find_file("set", "file.bin"), stored.path);
  EXPECT_EQ(require_file("set", file({})).path, stored.path) << "the second time it is there";
}

TEST_F(Download, TriesTheNextMirror) {
  const auto stored = require_file("set", file({url("none"), url("bad"), url("good")}));
  EXPECT_EQ(slurp(stored.path), "content");
}

TEST_F(Download, SaysWhatToPutWhere) {
  const auto message = message_of<Error>([&] { require_file("set", file({url("none")})); });
  EXPECT_THAT(message, HasSubstr("file.bin is not there and cannot be had (the download failed)"));
  EXPECT_THAT(message, HasSubstr("put file.bin into " + folder_.path("data/set")));
  EXPECT_THAT(message, HasSubstr("from " + url("none")));
}

TEST_F(Download, KeepsNothingWithAnotherChecksum) {
  EXPECT_THAT(message_of<Error>([&] { require_file("set", file({url("bad")})); }),
              HasSubstr("has sha256 " + io::sha256("something else")));
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path("data/set"))) << "no part is left behind";
}

TEST_F(Download, AFileThatIsThereIsUsedWithAWarning) {
  std::filesystem::create_directories(folder_.path("data/set"));
  spill(folder_.path("data/set/file.bin"), "my own");
  std::string warning;
  auto before = set_warning_sink([&](const std::string& text) { warning = text; });
  EXPECT_EQ(require_file("set", file({url("good")})).sha256, io::sha256("my own"));
  set_warning_sink(std::move(before));
  EXPECT_THAT(warning, HasSubstr("is not the published file"));
  EXPECT_EQ(slurp(folder_.path("data/set/file.bin")), "my own");
}

TEST_F(Download, StopsWhenAsked) {
  request_stop(SIGINT);
  EXPECT_THROW(require_file("set", file({url("none"), url("good")})), Interrupted);
}

TEST_F(Download, NamesAFolderThatCannotBeMade) {
  spill(folder_.path("data"), "a file in the way");
  EXPECT_THAT(message_of<Error>([&] { require_file("set", file({url("good")})); }),
              HasSubstr("cannot be had (Not a directory)"));
}

}  // namespace
}  // namespace glow
