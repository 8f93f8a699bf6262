#include "glow/core/value.h"

#include <fmt/format.h>

#include <algorithm>

#include "glow/core/text.h"

namespace glow {
namespace {

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += fmt::format("\\{}", c);
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string toml_number(double value) {
  std::string text = number_text(value);
  // A float must look like one, or it would be read back as an integer.
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

bool bare_key(const std::string& key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '_' || c == '-';
  });
}

struct Writer {
  std::string operator()(bool v) const { return v ? "true" : "false"; }
  std::string operator()(int64_t v) const { return std::to_string(v); }
  std::string operator()(double v) const { return toml_number(v); }
  std::string operator()(const std::string& v) const { return quoted(v); }
  std::string operator()(const List& v) const {
    std::vector<std::string> parts;
    for (const auto& item : v) parts.push_back(to_toml(item));
    return "[" + join(parts, ", ") + "]";
  }
  std::string operator()(const Table& v) const {
    std::vector<std::string> parts;
    for (const auto& [key, item] : v) {
      parts.push_back((bare_key(key) ? key : quoted(key)) + " = " + to_toml(item));
    }
    return "{ " + join(parts, ", ") + " }";
  }
};

}  // namespace

const Value* find(const Table& table, const std::string& key) {
  const auto it =
      std::find_if(table.begin(), table.end(), [&](const auto& item) { return item.first == key; });
  return it == table.end() ? nullptr : &it->second;
}

bool take(Table& table, const std::string& key, Value& value) {
  const auto it =
      std::find_if(table.begin(), table.end(), [&](const auto& item) { return item.first == key; });
  if (it == table.end()) return false;
  value = std::move(it->second);
  table.erase(it);
  return true;
}

std::string to_toml(const Value& value) { return std::visit(Writer{}, value.data); }

std::string kind_of(const Value& value) {
  static const char* const kinds[] = {"a boolean", "an integer", "a number",
                                      "a string",  "a list",     "a table"};
  return kinds[value.data.index()];
}

}  // namespace glow
