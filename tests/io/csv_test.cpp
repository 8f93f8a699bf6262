#include "glow/io/csv.h"

#include <ATen/Functions.h>

#include "glow/core/error.h"
#include "tests/io/support.h"

namespace glow {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string problem(const std::string& text) {
  return message_of<DataError>([&] { io::parse_csv(text, "t.csv"); });
}

TEST(Csv, ReadsQuotesBreaksAndMarks) {
  const auto table = io::parse_csv(
      "\xEF\xBB\xBFname,\"a, b\"\r\n\"says \"\"hi\"\"\",1\r\n\"two\nlines\",\n,\"\"\n\n\n",
      "t.csv");
  EXPECT_THAT(table.header, ElementsAre("name", "a, b"));
  EXPECT_THAT(table.rows, ElementsAre(ElementsAre("says \"hi\"", "1"),
                                      ElementsAre("two\nlines", ""), ElementsAre("", "")));
  EXPECT_THAT(table.lines, ElementsAre(2, 3, 5));
}

TEST(Csv, TheLastLineNeedsNoBreak) {
  EXPECT_THAT(io::parse_csv("a,b\n1,2", "").rows, ElementsAre(ElementsAre("1", "2")));
  EXPECT_THAT(io::parse_csv("a,b\n1,", "").rows, ElementsAre(ElementsAre("1", "")));
  EXPECT_THAT(io::parse_csv("a,b\n1,\"2\"", "").rows, ElementsAre(ElementsAre("1", "2")));
  EXPECT_THAT(io::parse_csv("a", "").rows, testing::IsEmpty());
  EXPECT_THAT(io::parse_csv("a, b \n1,2", "").header, ElementsAre("a", "b"));
}

TEST(Csv, NamesTheLine) {
  EXPECT_EQ(problem(""), "t.csv: empty, a header line expected");
  EXPECT_EQ(problem("\n\n"), "t.csv: empty, a header line expected");
  EXPECT_EQ(problem("a,b\n1,2\n3\n"), "t.csv:3: 1 cells, 2 expected as in the header");
  EXPECT_EQ(problem("a,b\n1,2,3\n"), "t.csv:2: 3 cells, 2 expected as in the header");
  EXPECT_EQ(problem("a,b\n\n1,2\n"), "t.csv:2: 1 cells, 2 expected as in the header");
  EXPECT_EQ(problem("a,b\n1,\"2\n3,4\n"), "t.csv:2: a quote that is never closed");
  EXPECT_EQ(problem("a,b\n1,2\"\n"), "t.csv:2: a quote inside a cell that does not begin with one");
  EXPECT_EQ(problem("a,b\n\"1\"x,2\n"), "t.csv:2: text after a closing quote, a comma expected");
  EXPECT_EQ(problem("a,b\r1,2\r"), "t.csv:1: a carriage return without a line feed");
  EXPECT_EQ(problem("a,b,a\n"), "t.csv:1: two columns are named 'a'");
  EXPECT_EQ(problem(std::string("a,b\n1,\0\n", 8)), "t.csv:2: a zero byte: this is no text file");
}

TEST(Csv, ReadsFiles) {
  const test::TemporaryFolder folder;
  const std::string path = test::spill(folder.path("t.csv"), "a\n1\n");
  EXPECT_EQ(io::read_csv(path).path, path);
  EXPECT_THROW(io::read_csv(folder.path("none.csv")), Error);
}

TEST(Csv, GivesColumnsAsNumbers) {
  const auto table = io::parse_csv("a,b,c\n1,-2.5,x\n 1e3 ,+4,y\n", "t.csv");
  const at::Tensor values = io::columns(table, {"b", "a"});
  EXPECT_EQ(values.scalar_type(), at::kDouble);
  EXPECT_TRUE(values.equal(at::tensor({-2.5, 1., 4., 1000.}, at::kDouble).view({2, 2})));
  EXPECT_EQ(io::columns(io::parse_csv("a,b\n", ""), {"a"}).sizes(), at::IntArrayRef({0, 1}));
}

TEST(Csv, NamesLineAndColumnOfWhatIsNoNumber) {
  const auto at = [](const std::string& cell) {
    const auto table = io::parse_csv("a,b\n1,2\n3," + cell + "\n", "t.csv");
    return message_of<DataError>([&] { io::columns(table, {"a", "b"}); });
  };
  EXPECT_EQ(at("abc"), "t.csv:3: column 'b': 'abc' is no number");
  EXPECT_EQ(at(""), "t.csv:3: column 'b': an empty cell, a number expected");
  EXPECT_EQ(at("  "), "t.csv:3: column 'b': an empty cell, a number expected");
  EXPECT_EQ(at("NaN"), "t.csv:3: column 'b': 'NaN' is not finite");
  EXPECT_EQ(at("-inf"), "t.csv:3: column 'b': '-inf' is not finite");
  EXPECT_EQ(at("\"1,5\""), "t.csv:3: column 'b': '1,5' is no number; the decimal sign is a point");
  EXPECT_EQ(at("1e999"), "t.csv:3: column 'b': '1e999' is no number");
  EXPECT_EQ(at("0x10"), "t.csv:3: column 'b': '0x10' is no number");
  EXPECT_THAT(at(std::string(1000, 'x')), HasSubstr("xxx…' is no number"));
}

TEST(Csv, GivesColumnsAsClasses) {
  const auto table = io::parse_csv("species,n\ncat,1\n dog ,1\ncat,2\n", "t.csv");
  EXPECT_TRUE(io::class_columns(table, {"species", "n"})
                  .equal(at::tensor({0, 0, 1, 0, 0, 1}, at::kLong).view({3, 2})));
  const auto gap = io::parse_csv("a,b\nx,1\n,2\n", "t.csv");
  EXPECT_EQ(message_of<DataError>([&] { io::class_columns(gap, {"a"}); }),
            "t.csv:3: column 'a': an empty cell, a class expected");
}

TEST(Csv, NamesTheNearestColumn) {
  const auto table = io::parse_csv("epoch,loss\n1,2\n", "t.csv");
  EXPECT_EQ(io::column(table, "loss"), 1);
  EXPECT_EQ(message_of<ValueError>([&] { io::columns(table, {"los"}); }),
            "t.csv has no column 'los'; did you mean 'loss'?; its columns: epoch, loss");
}

TEST(Csv, WritesCellsThatReadBack) {
  EXPECT_EQ(io::csv_cell("plain"), "plain");
  EXPECT_EQ(io::csv_cell("a, b"), "\"a, b\"");
  EXPECT_EQ(io::csv_cell("says \"hi\""), "\"says \"\"hi\"\"\"");
  EXPECT_EQ(io::csv_cell("two\nlines"), "\"two\nlines\"");
  EXPECT_EQ(io::csv_cell(""), "");
  const std::vector<std::string> cells = {"a,b", "", "\"", "c\r\nd",
                                          "hsic(kernel=gaussian, sigma=5)"};
  const auto table = io::parse_csv("1,2,3,4,5\n" + io::csv_row(cells) + "\n", "t.csv");
  EXPECT_EQ(table.rows[0], cells);
}

TEST(Csv, DisarmsFormulas) {
  for (const char* formula : {"=cmd()", "+1+2", "-1+2", "@SUM(A1)", "-", "\t=1+1"}) {
    EXPECT_EQ(io::csv_cell(formula), std::string("'") + formula);
  }
  EXPECT_EQ(io::csv_cell("=A1,B2"), "\"'=A1,B2\"");
  for (const char* number : {"-1.5", "+2", "-1e-10", "-inf"})
    EXPECT_EQ(io::csv_cell(number), number);
}

}  // namespace
}  // namespace glow
