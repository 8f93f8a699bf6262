#include "glow/core/unit.h"

#include "glow/core/error.h"

namespace glow {

std::string to_string(Unit unit) {
  return unit == Unit::nats ? "nats" : unit == Unit::bits ? "bits" : "none";
}

Unit parse_unit(const std::string& text) {
  if (text == "nats") return Unit::nats;
  if (text == "bits") return Unit::bits;
  throw ValueError("unknown unit '{}'; known: nats, bits", text);
}

double unit_factor(Unit from, Unit to) {
  if (from == to || from == Unit::none || to == Unit::none) return 1.0;
  return from == Unit::nats ? 1.0 / kNatsPerBit : kNatsPerBit;
}

}  // namespace glow
