// Comma-separated tables: read strictly, written so that spreadsheets are safe.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace glow::io {

struct CsvTable {
  std::string path;
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
  std::vector<int64_t> lines;  // where each row begins in the file, from 1
};

/// A file with a header line: RFC 4180 quotes, LF or CRLF, a byte order mark and blank lines at the
/// end are allowed. Throws DataError with path and line on a row of another length than the header,
/// a stray or unclosed quote, a name given twice or an empty file.
CsvTable read_csv(const std::string& path);

/// The same of a text; `path` is for messages.
CsvTable parse_csv(std::string_view text, const std::string& path);

/// Where a column stands. Throws ValueError naming the nearest.
size_t column(const CsvTable& table, const std::string& name);

/// Columns as float64 (rows, names). The decimal sign is a point in every locale. Throws ValueError
/// on an unknown column, DataError with path, line and column on a cell that is no finite number.
at::Tensor columns(const CsvTable& table, const std::vector<std::string>& names);

/// Columns as class numbers, int64 (rows, names): the texts of each numbered as they come. Throws
/// ValueError on an unknown column, DataError with path, line and column on an empty cell.
at::Tensor class_columns(const CsvTable& table, const std::vector<std::string>& names);

/// A cell as it is written: quoted where it must be, and with a ' before text that a spreadsheet
/// would take for a formula (= + - @ at its start, and no number).
std::string csv_cell(std::string_view text);

/// The cells of a row, without a line break.
std::string csv_row(const std::vector<std::string>& cells);

}  // namespace glow::io
