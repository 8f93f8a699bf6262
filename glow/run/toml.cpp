#include "glow/run/toml.h"

#include <toml++/toml.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "glow/core/error.h"
#include "glow/core/text.h"

namespace glow {
namespace {

std::string place(const std::string& name, const toml::source_region& source) {
  return fmt::format("{}:{}:{}", name, source.begin.line, source.begin.column);
}

Value convert(const toml::node& node, const std::string& name);

Table convert_table(const toml::table& in, const std::string& name) {
  // toml++ sorts its keys; ours stay in the order of the file.
  std::vector<std::pair<toml::source_position, std::pair<std::string, Value>>> items;
  for (const auto& [key, node] : in) {
    Value value = convert(node, name);
    value.where = place(name, key.source());
    items.push_back({key.source().begin, {std::string(key.str()), std::move(value)}});
  }
  std::stable_sort(items.begin(), items.end(), [](const auto& a, const auto& b) {
    return std::pair(a.first.line, a.first.column) < std::pair(b.first.line, b.first.column);
  });
  Table out;
  for (auto& [position, item] : items) out.push_back(std::move(item));
  return out;
}

Value convert(const toml::node& node, const std::string& name) {
  const std::string where = place(name, node.source());
  if (const auto* v = node.as_boolean()) return {v->get(), where};
  if (const auto* v = node.as_integer()) return {v->get(), where};
  if (const auto* v = node.as_floating_point()) return {v->get(), where};
  if (const auto* v = node.as_string()) return {v->get(), where};
  if (const auto* v = node.as_table()) return {convert_table(*v, name), where};
  if (const auto* v = node.as_array()) {
    List list;
    for (const auto& element : *v) list.push_back(convert(element, name));
    return {std::move(list), where};
  }
  throw ValueError("{}: dates and times mean nothing here", where);
}

}  // namespace

Table parse_toml(const std::string& text, const std::string& name) {
  try {
    return convert_table(toml::parse(text, name), name);
  } catch (const toml::parse_error& error) {
    throw ValueError("{}: {}", place(name, error.source()), error.description());
  }
}

Table read_toml(const std::string& path) {
  if (std::filesystem::is_directory(path)) {
    throw ValueError("{} is a folder; an experiment is a TOML file", path);
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf()).good()) {
    if (file && text.str().empty() && std::filesystem::exists(path)) return {};
    throw ValueError("cannot read {}{}", path,
                     std::filesystem::exists(path) ? "" : ": there is no such file");
  }
  return parse_toml(text.str(), path);
}

void set_value(Table& table, const std::string& assignment) {
  const auto equals = assignment.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw ValueError("--set takes KEY=VALUE (training.epochs=5), got '{}'", assignment);
  }
  const std::string key(trim(assignment.substr(0, equals)));
  const std::string text(trim(assignment.substr(equals + 1)));
  Value value{text};
  try {
    value = parse_toml("value = " + text, "--set").at(0).second;
  } catch (const ValueError&) {
    // No TOML: a word that was not quoted.
  }
  set_value(table, key, std::move(value));
}

void set_value(Table& table, const std::string& key, Value value) {
  value.where = "--set " + key;
  Table* at = &table;
  const auto parts = split(key, '.');
  for (size_t i = 0; i < parts.size(); ++i) {
    auto it = std::find_if(at->begin(), at->end(),
                           [&](const auto& item) { return item.first == parts[i]; });
    if (i + 1 == parts.size()) {
      if (it == at->end()) {
        at->emplace_back(parts[i], std::move(value));
      } else {
        it->second = std::move(value);
      }
      return;
    }
    if (it == at->end()) it = at->insert(at->end(), {parts[i], {Table{}, value.where}});
    at = std::get_if<Table>(&it->second.data);
    if (!at) throw ValueError("--set {}: '{}' is no table", key, parts[i]);
  }
}

}  // namespace glow
