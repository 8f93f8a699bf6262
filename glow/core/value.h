// What every reader of settings produces: TOML files, `--set`, specs such as `hsic(sigma=5)`.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace glow {

struct Value;
using List = std::vector<Value>;
using Table = std::vector<std::pair<std::string, Value>>;  // in the order given

/// One setting and where it came from, `file.toml:3:7` for one.
struct Value {
  std::variant<bool, int64_t, double, std::string, List, Table> data;
  std::string where = {};
};

/// The value of `key`, or null.
const Value* find(const Table& table, const std::string& key);

/// Removes `key` from the table and gives its value; false when it is not there.
bool take(Table& table, const std::string& key, Value& value);

/// The value as TOML writes it: `5`, `"relu"`, `[1, 28, 28]`, `{ type = "Dense", units = 10 }`.
std::string to_toml(const Value& value);

/// `a number`, `a string`, …: what a value is, for messages.
std::string kind_of(const Value& value);

}  // namespace glow
