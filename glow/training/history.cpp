#include "glow/training/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace glow {
namespace {

template <class Pairs>
auto find_name(Pairs& pairs, const std::string& name) {
  return std::find_if(pairs.begin(), pairs.end(),
                      [&](const auto& item) { return item.first == name; });
}

}  // namespace

double log_value(const Logs& logs, const std::string& name) {
  const auto it = find_name(logs, name);
  return it == logs.end() ? std::numeric_limits<double>::quiet_NaN() : it->second;
}

std::string to_string(const Logs& logs) {
  std::string out;
  for (const auto& [name, value] : logs) {
    const bool small = value != 0 && std::abs(value) < 1e-3;
    out += fmt::format("{}{}: {}", out.empty() ? "" : " - ", name,
                       small ? fmt::format("{:.4e}", value) : fmt::format("{:.4f}", value));
  }
  return out;
}

void History::add(const Logs& logs) {
  constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
  for (const auto& [name, value] : logs) {
    auto it = find_name(series_, name);
    if (it == series_.end()) {
      series_.emplace_back(name, std::vector<double>(epochs_, kNothing));
      it = series_.end() - 1;
    }
    it->second.push_back(value);
  }
  ++epochs_;
  for (auto& [name, values] : series_) values.resize(epochs_, kNothing);
}

const std::vector<double>& History::operator[](const std::string& name) const {
  static const std::vector<double> nothing;
  const auto it = find_name(series_, name);
  return it == series_.end() ? nothing : it->second;
}

}  // namespace glow
