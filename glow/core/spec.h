// A spec: `name` or `name(key=value, …)`, the text that names an estimator everywhere.
#pragma once

#include <string>

#include "glow/core/value.h"

namespace glow {

struct Spec {
  std::string name;
  Table options;  // each value's `where` is the spec itself
};

/// Values: numbers, true, false, words, quoted strings, lists such as [-1, 1]. Throws ValueError.
Spec parse_spec(const std::string& text);

}  // namespace glow
