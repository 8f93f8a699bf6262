#include "glow/io/zip.h"

#include <zlib.h>

#include "glow/core/error.h"
#include "tests/io/gzip.h"
#include "tests/io/support.h"

namespace glow {
namespace {

using test::slurp;
using test::spill;
using test::TemporaryFolder;
using testing::HasSubstr;

std::string write(const std::string& path,
                  const std::vector<std::pair<std::string, std::string>>& of,
                  int64_t zip64_from = 0xffffffff) {
  io::AtomicFile file(path);
  io::ZipWriter archive(file, zip64_from);
  for (const auto& [name, content] : of) archive.add(name, content.substr(0, 2), content.substr(2));
  archive.finish();
  file.commit();
  return path;
}

std::vector<std::pair<std::string, std::string>> read(const std::string& path) {
  const io::InputFile file(path);
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& member : io::read_zip_directory(file)) {
    const auto source = io::open_member(file, member);
    std::string content(static_cast<size_t>(member.size), ' ');
    source->read(content.data(), member.size);
    source->finish();
    out.emplace_back(member.name, content);
  }
  return out;
}

const std::vector<std::pair<std::string, std::string>> kMembers = {{"one", "abcdef"},
                                                                   {"two", "gh"}};

TEST(Zip, RoundTrip) {
  const TemporaryFolder folder;
  EXPECT_EQ(read(write(folder.path("file"), kMembers)), kMembers);
  EXPECT_TRUE(read(write(folder.path("file"), {})).empty());
}

// The fields for sizes above 4 GiB, here for every size.
TEST(Zip, RoundTripInZip64) {
  const TemporaryFolder folder;
  const std::string path = write(folder.path("file"), kMembers, 0);
  EXPECT_EQ(read(path), kMembers);
  EXPECT_EQ(slurp(path).find("PK\6\6") != std::string::npos, true);
  // Only the second member begins beyond the limit.
  EXPECT_EQ(read(write(folder.path("file"), kMembers, 20)), kMembers);
}

TEST(Zip, PythonReadsBoth) {
  if (test::python().empty()) GTEST_SKIP() << "no .venv";
  const TemporaryFolder folder;
  for (const int64_t from : {int64_t{0}, int64_t{20}, int64_t{0xffffffff}}) {
    write(folder.path("file"), kMembers, from);
    EXPECT_EQ(test::run_python(folder,
                               "import zipfile\n"
                               "z = zipfile.ZipFile('" +
                                   folder.path("file") +
                                   "')\n"
                                   "print(z.testzip(), [(n, z.read(n)) for n in z.namelist()])"),
              "None [('one', b'abcdef'), ('two', b'gh')]\n");
  }
}

TEST(Zip, RefusesEveryTruncation) {
  const TemporaryFolder folder;
  for (const int64_t from : {int64_t{0}, int64_t{0xffffffff}}) {
    const std::string whole = slurp(write(folder.path("file"), kMembers, from));
    for (size_t size = 0; size < whole.size(); ++size) {
      EXPECT_THROW(read(spill(folder.path("cut"), whole.substr(0, size))), DataError) << size;
    }
  }
}

// Dates, versions and attributes may be anything; what is read may not change.
TEST(Zip, FlippedBitsNeverChangeWhatIsRead) {
  const TemporaryFolder folder;
  int refused = 0;
  for (const int64_t from : {int64_t{0}, int64_t{0xffffffff}}) {
    const std::string whole = slurp(write(folder.path("file"), kMembers, from));
    for (size_t bit = 0; bit < 8 * whole.size(); ++bit) {
      std::string damaged = whole;
      damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
      try {
        EXPECT_EQ(read(spill(folder.path("damaged"), damaged)), kMembers) << bit / 8;
      } catch (const DataError&) {
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, 1500);
}

// Changes `from` into `to` wherever it stands, in an archive with a member `one`.
std::string problem(const std::string& from, const std::string& to, const std::string& content) {
  const TemporaryFolder folder;
  std::string bytes = slurp(write(folder.path("file"), {{"one", content}}));
  size_t changed = 0;
  for (size_t at = 0; (at = bytes.find(from, at)) != std::string::npos; at += to.size()) {
    bytes.replace(at, from.size(), to);
    ++changed;
  }
  EXPECT_GE(changed, 1);
  spill(folder.path("file"), bytes);
  return message_of<DataError>([&] { read(folder.path("file")); });
}

TEST(Zip, RefusesNamesThatLeaveTheFolder) {
  EXPECT_THAT(problem("one", "../", "abc"), HasSubstr("names with / or .. are refused"));
  EXPECT_THAT(problem("one", "a/b", "abc"), HasSubstr("names with / or .. are refused"));
  EXPECT_THAT(problem("one", "a\\b", "abc"), HasSubstr("names with / or .. are refused"));
  EXPECT_THAT(problem("one", "...", "abc"), HasSubstr("names with / or .. are refused"));
}

TEST(Zip, RefusesWhatIsNoPlainArchive) {
  const std::string stored("\0\x08\0\0\0\0\x21\0", 8);  // flags, method, date as we write them
  EXPECT_THAT(problem(stored, std::string("\1\x08\0\0\0\0\x21\0", 8), "abc"),
              HasSubstr("'one' is encrypted"));
  EXPECT_THAT(problem(stored, std::string("\0\x08\x0c\0\0\0\x21\0", 8), "abc"),
              HasSubstr("compressed by method 12"));
  const TemporaryFolder folder;
  const std::string text = spill(folder.path("text"), "this is no archive, only a text");
  EXPECT_EQ(message_of<DataError>([&] { read(text); }),
            text + ": no zip archive, or one that is cut off");
  const std::string whole = slurp(write(folder.path("file"), kMembers));
  EXPECT_THROW(read(spill(text, "before" + whole)), DataError);
  EXPECT_THROW(read(spill(text, whole + "after")), DataError);
}

TEST(Zip, RefusesRepeatedAndOverlappingMembers) {
  const TemporaryFolder folder;
  EXPECT_THAT(message_of<DataError>([&] {
                read(write(folder.path("file"), {{"one", "ab"}, {"one", "cd"}}));
              }),
              HasSubstr("two members 'one'"));
  // Both entries of the directory point at the first member, as in archives that inflate for ever.
  std::string bytes = slurp(write(folder.path("file"), {{"a", "same"}, {"b", "same"}}));
  const size_t second = bytes.rfind("PK\1\2");
  bytes.replace(second + 42, 4, std::string(4, '\0'));
  bytes.replace(second + 46, 1, "a");
  const size_t first = bytes.find("PK\1\2");
  bytes.replace(first + 46, 1, "b");
  EXPECT_THROW(read(spill(folder.path("file"), bytes)), DataError);
}

}  // namespace
}  // namespace glow
