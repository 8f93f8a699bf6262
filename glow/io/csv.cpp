#include "glow/io/csv.h"

#include <ATen/Functions.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "glow/core/error.h"
#include "glow/core/text.h"
#include "glow/io/input_file.h"

namespace glow::io {
namespace {

// Reads one row after another and counts lines.
class CsvParser {
 public:
  CsvParser(std::string_view text, const std::string& path) : text_(text), path_(path) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
  }

  bool done() const { return next_ >= text_.size(); }
  int64_t line() const { return line_; }

  // True when nothing but line breaks is left.
  bool only_breaks_left() const {
    return text_.find_first_not_of("\r\n", next_) == std::string_view::npos;
  }

  std::vector<std::string> row() {
    std::vector<std::string> cells;
    do {
      cells.push_back(peek() == '"' ? quoted() : plain());
    } while (accept(','));
    end_of_row();
    return cells;
  }

  template <class... A>
  [[noreturn]] void fail(int64_t line, fmt::format_string<A...> format, A&&... arguments) const {
    throw DataError("{}:{}: {}", path_, line, fmt::format(format, std::forward<A>(arguments)...));
  }

 private:
  char peek() const { return done() ? '\n' : text_[next_]; }

  bool accept(char c) {
    if (done() || text_[next_] != c) return false;
    ++next_;
    return true;
  }

  std::string plain() {
    const size_t begin = next_;
    next_ = std::min(text_.find_first_of(std::string_view(",\"\r\n\0", 5), begin), text_.size());
    if (peek() == '"') fail(line_, "a quote inside a cell that does not begin with one");
    if (peek() == '\0') fail(line_, "a zero byte: this is no text file");
    return std::string(text_.substr(begin, next_ - begin));
  }

  std::string quoted() {
    const int64_t begin = line_;
    std::string cell;
    ++next_;
    for (; !done(); ++next_) {
      const char c = text_[next_];
      if (c == '\n') ++line_;
      if (c == '"') {
        ++next_;
        if (peek() != '"') return cell;
      }
      cell += c;
    }
    fail(begin, "a quote that is never closed");
  }

  void end_of_row() {
    const bool carriage = accept('\r');
    if (done() && !carriage) return;
    if (!accept('\n')) {
      if (carriage) fail(line_, "a carriage return without a line feed");
      fail(line_, "text after a closing quote, a comma expected");
    }
    ++line_;
  }

  std::string_view text_;
  const std::string& path_;
  size_t next_ = 0;
  int64_t line_ = 1;
};

std::string shortened(const std::string& cell) {
  return cell.size() <= 40 ? cell : cell.substr(0, 40) + "…";
}

double number(const CsvTable& table, size_t row, size_t at) {
  const std::string& cell = table.rows[row][at];
  double value = 0;
  const bool parsed = parse_number(trim(cell), value);
  if (parsed && std::isfinite(value)) return value;
  std::string problem = fmt::format("'{}' is no number", shortened(cell));
  if (parsed) problem = fmt::format("'{}' is not finite", cell);
  if (cell.find(',') != std::string::npos) problem += "; the decimal sign is a point";
  if (trim(cell).empty()) problem = "an empty cell, a number expected";
  throw DataError("{}:{}: column '{}': {}", table.path, table.lines[row], table.header[at],
                  problem);
}

}  // namespace

CsvTable parse_csv(std::string_view text, const std::string& path) {
  CsvParser parser(text, path);
  if (parser.only_breaks_left()) throw DataError("{}: empty, a header line expected", path);
  CsvTable table{path, parser.row(), {}, {}};
  for (auto& name : table.header) name = std::string(trim(name));
  for (size_t i = 0; i < table.header.size(); ++i) {
    const auto first = std::find(table.header.begin(), table.header.end(), table.header[i]);
    if (static_cast<size_t>(first - table.header.begin()) < i) {
      parser.fail(1, "two columns are named '{}'", table.header[i]);
    }
  }
  while (!parser.done() && !parser.only_breaks_left()) {
    const int64_t line = parser.line();
    table.rows.push_back(parser.row());
    table.lines.push_back(line);
    if (table.rows.back().size() != table.header.size()) {
      parser.fail(line, "{} cells, {} expected as in the header", table.rows.back().size(),
                  table.header.size());
    }
  }
  return table;
}

CsvTable read_csv(const std::string& path) { return parse_csv(read_file(path), path); }

size_t column(const CsvTable& table, const std::string& name) {
  const auto found = std::find(table.header.begin(), table.header.end(), name);
  if (found == table.header.end()) {
    throw ValueError("{} has no column '{}'{}; its columns: {}", table.path, name,
                     did_you_mean(name, table.header), join(table.header, ", "));
  }
  return static_cast<size_t>(found - table.header.begin());
}

at::Tensor columns(const CsvTable& table, const std::vector<std::string>& names) {
  std::vector<size_t> places;
  for (const auto& name : names) places.push_back(column(table, name));
  at::Tensor out = at::empty(
      {static_cast<int64_t>(table.rows.size()), static_cast<int64_t>(names.size())}, at::kDouble);
  double* value = out.data_ptr<double>();
  for (size_t row = 0; row < table.rows.size(); ++row) {
    for (const size_t place : places) *value++ = number(table, row, place);
  }
  return out;
}

at::Tensor class_columns(const CsvTable& table, const std::vector<std::string>& names) {
  std::vector<at::Tensor> out;
  for (const auto& name : names) {
    const size_t place = column(table, name);
    std::map<std::string_view, int64_t> numbers;
    std::vector<int64_t> classes;
    for (size_t row = 0; row < table.rows.size(); ++row) {
      const std::string_view text = trim(table.rows[row][place]);
      if (text.empty()) {
        throw DataError("{}:{}: column '{}': an empty cell, a class expected", table.path,
                        table.lines[row], name);
      }
      classes.push_back(
          numbers.try_emplace(text, static_cast<int64_t>(numbers.size())).first->second);
    }
    out.push_back(at::tensor(classes, at::kLong));
  }
  return at::stack(out, 1);
}

std::string csv_cell(std::string_view text) {
  std::string cell(text);
  double value = 0;
  // Tabs and carriage returns are skipped by spreadsheets, which then see the formula.
  const auto first = text.find_first_not_of("\t\r");
  if (first != std::string_view::npos && std::string_view("=+-@").find(text[first]) < 4 &&
      !parse_number(text, value)) {
    cell.insert(0, "'");
  }
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string csv_row(const std::vector<std::string>& cells) {
  std::string row;
  for (const auto& cell : cells) {
    if (&cell != cells.data()) row += ',';
    row += csv_cell(cell);
  }
  return row;
}

}  // namespace glow::io
