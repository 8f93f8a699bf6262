// TOML text as a Table whose values know where they stand.
#pragma once

#include <string>
#include <vector>

#include "glow/core/value.h"

namespace glow {

/// `name` is for places in messages: name:line:column. Throws ValueError on text that is no TOML.
Table parse_toml(const std::string& text, const std::string& name);

/// The file's content so. Throws ValueError when it cannot be read (missing, a folder, not UTF-8).
Table read_toml(const std::string& path);

/// Puts `training.epochs=5` into the table, making tables on the way; the value is TOML, else a
/// string. Throws ValueError when there is no `=`, or a part of the key is no table.
void set_value(Table& table, const std::string& assignment);
void set_value(Table& table, const std::string& key, Value value);

}  // namespace glow
