#include "glow/dynamics/plane.h"

#include <array>
#include <cmath>
#include <string_view>

#include "glow/core/error.h"
#include "glow/core/text.h"
#include "glow/io/csv.h"
#include "glow/io/input_file.h"

namespace glow {
namespace {

constexpr std::array kColumns = {"network",
                                 "epoch",
                                 "step",
                                 "on",
                                 "mode",
                                 "evaluator",
                                 "layer",
                                 "name",
                                 "complexity",
                                 "generalization",
                                 "complexity_error",
                                 "generalization_error",
                                 "complexity_null",
                                 "generalization_null",
                                 "unit",
                                 "n"};

std::string number_cell(double value) { return std::isnan(value) ? "" : number_text(value); }

/// The cells of one row, read by the place of their column, with messages that say where.
class RowReader {
 public:
  RowReader(const io::CsvTable& table, const std::array<size_t, kColumns.size()>& places,
            size_t row)
      : table_(table), places_(places), row_(row) {}

  const std::string& text(size_t column) const { return table_.rows[row_][places_[column]]; }

  int64_t whole(size_t column) const {
    int64_t value = 0;
    if (!parse_number(text(column), value)) fail(column, "a whole number");
    return value;
  }

  double number(size_t column) const {
    double value = kUnknown;
    if (!text(column).empty() && !parse_number(text(column), value)) fail(column, "a number");
    return value;
  }

  Unit unit(size_t column) const {
    for (const Unit unit : {Unit::nats, Unit::bits, Unit::none}) {
      if (text(column) == to_string(unit)) return unit;
    }
    fail(column, "nats, bits or none");
  }

 private:
  [[noreturn]] void fail(size_t column, const char* expected) const {
    throw DataError("{}:{}: column '{}' should be {}, is '{}'", table_.path, table_.lines[row_],
                    kColumns[column], expected, text(column));
  }

  const io::CsvTable& table_;
  const std::array<size_t, kColumns.size()>& places_;
  size_t row_;
};

}  // namespace

const std::string& plane_header() {
  static const std::string header = join({kColumns.begin(), kColumns.end()}, ",");
  return header;
}

std::string to_csv(const PlaneRow& row) {
  return io::csv_row(
      {std::to_string(row.network), std::to_string(row.epoch), std::to_string(row.step), row.on,
       row.mode, row.evaluator, std::to_string(row.layer), row.name, number_cell(row.complexity),
       number_cell(row.generalization), number_cell(row.complexity_error),
       number_cell(row.generalization_error), number_cell(row.complexity_null),
       number_cell(row.generalization_null), to_string(row.unit), std::to_string(row.n)});
}

std::vector<PlaneRow> read_plane(const std::string& path) {
  std::string text = io::read_file(path);
  text.erase(text.rfind('\n') + 1);  // all of it where no line is complete: npos + 1 is 0
  if (text.empty()) return {};

  const io::CsvTable table = io::parse_csv(text, path);
  std::array<size_t, kColumns.size()> places{};
  for (size_t i = 0; i < kColumns.size(); ++i) {
    try {
      places[i] = io::column(table, kColumns[i]);
    } catch (const ValueError& error) {
      throw DataError("{}:1: {}", path, error.what());
    }
  }
  std::vector<PlaneRow> rows;
  rows.reserve(table.rows.size());
  for (size_t i = 0; i < table.rows.size(); ++i) {
    const RowReader cell(table, places, i);
    rows.push_back({cell.whole(0), cell.whole(1), cell.whole(2), cell.text(3), cell.text(4),
                    cell.text(5), cell.whole(6), cell.text(7), cell.number(8), cell.number(9),
                    cell.number(10), cell.number(11), cell.number(12), cell.number(13),
                    cell.unit(14), cell.whole(15)});
  }
  return rows;
}

}  // namespace glow
