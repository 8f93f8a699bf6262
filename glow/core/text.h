// Small text helpers shared by every room.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace glow {

/// The candidate with the smallest edit distance to `word`; empty when there are none.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

/// "; did you mean 'x'?" when a candidate is near enough to be a slip, else "".
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

/// The shortest decimal text that reads back as exactly `value`: `5`, `0.07`, `1e-10`, `nan`.
std::string number_text(double value);

/// Whole text as a number; false when anything is left over or it is no number. Locale-free.
bool parse_number(std::string_view text, double& value);
bool parse_number(std::string_view text, int64_t& value);

/// `text` without white space at both ends.
std::string_view trim(std::string_view text);

std::vector<std::string> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);

/// Whether `name` matches a shell pattern of `*` and `?`.
bool matches_glob(std::string_view pattern, std::string_view name);

/// 12345678 as "12,345,678".
std::string with_thousands(int64_t value);

/// Columns of a terminal that UTF-8 text takes, well enough for our own: a character is one.
size_t columns_of(std::string_view text);

}  // namespace glow
