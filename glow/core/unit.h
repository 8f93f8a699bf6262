// Units of information.
#pragma once

#include <string>

namespace glow {

enum class Unit { nats, bits, none };  // none: HSIC and its kin, which are no information

inline constexpr double kNatsPerBit = 0.693147180559945309417;

/// "nats", "bits" or "none".
std::string to_string(Unit unit);

/// Throws ValueError on any other word than `nats` and `bits`.
Unit parse_unit(const std::string& text);

/// What a number in `from` must be multiplied by to be in `to`; 1 where either is `none`.
double unit_factor(Unit from, Unit to);

}  // namespace glow
