#include "glow/dynamics/schedule.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "glow/core/error.h"
#include "glow/core/fields.h"
#include "glow/core/text.h"

namespace glow {

Every::Every(const std::string& word) {
  if (word == "batch") return;
  if (word == "epoch") {
    kind = Kind::epoch;
  } else if (word == "log") {
    kind = Kind::log;
  } else {
    throw ValueError("expected \"batch\", a number of batches, \"epoch\" or \"log\", got \"{}\"",
                     word);
  }
}

Every::Every(int64_t count) : batches(count) {
  if (count < 1) throw ValueError("a number of batches must be at least 1, got {}", count);
}

void read_value(const Value& in, Every& out) {
  if (const auto* count = std::get_if<int64_t>(&in.data)) {
    out = Every(*count);
  } else if (const auto* word = std::get_if<std::string>(&in.data)) {
    out = Every(*word);
  } else {
    detail::throw_wrong_type(in, "\"batch\", a number of batches, \"epoch\" or \"log\"");
  }
}

Value write_value(const Every& in) {
  if (in.kind == Every::Kind::batches && in.batches > 1) return {in.batches};
  return {to_string(in)};
}

std::string to_string(const Every& every) {
  switch (every.kind) {
    case Every::Kind::epoch:
      return "epoch";
    case Every::Kind::log:
      return "log";
    case Every::Kind::batches:
      break;
  }
  return every.batches == 1 ? "batch" : std::to_string(every.batches);
}

std::set<int64_t> log_spaced_epochs(int64_t epochs, int64_t snapshots) {
  std::set<int64_t> chosen{0, epochs};
  if (epochs <= 0) return {0};
  // Rounding makes the first ones coincide; a finer grid until the distinct ones are enough.
  for (int64_t grid = std::max<int64_t>(snapshots - 1, 2);
       static_cast<int64_t>(chosen.size()) < snapshots &&
       static_cast<int64_t>(chosen.size()) < epochs + 1;
       ++grid) {
    chosen = {0};
    for (int64_t i = 0; i < grid; ++i) {
      const double exponent = grid > 1 ? static_cast<double>(i) / static_cast<double>(grid - 1) : 1;
      chosen.insert(std::llround(std::pow(static_cast<double>(epochs), exponent)));
    }
  }
  return chosen;
}

void read_value(const Value& in, Saving& out) {
  if (const auto* flag = std::get_if<bool>(&in.data)) {
    out = *flag ? Saving::last : Saving::none;
  } else if (const auto* word = std::get_if<std::string>(&in.data); word && *word == "all") {
    out = Saving::all;
  } else {
    detail::throw_wrong_type(in, "true, false or \"all\"");
  }
}

Value write_value(const Saving& in) {
  if (in == Saving::all) return {std::string("all")};
  return {in == Saving::last};
}

namespace {
struct ByteUnit {
  const char* name;
  double bytes;
};
constexpr std::array<ByteUnit, 8> kByteUnits{{{"B", 1},
                                              {"kB", 1e3},
                                              {"KB", 1e3},
                                              {"MB", 1e6},
                                              {"GB", 1e9},
                                              {"TB", 1e12},
                                              {"MiB", 1048576.0},
                                              {"GiB", 1073741824.0}}};
}  // namespace

void read_value(const Value& in, ByteCount& out) {
  if (const auto* count = std::get_if<int64_t>(&in.data); count && *count >= 0) {
    out.bytes = *count;
    return;
  }
  if (const auto* text = std::get_if<std::string>(&in.data)) {
    const size_t letters = text->find_first_not_of("0123456789. ");
    double number = 0;
    if (letters != std::string::npos && parse_number(trim(text->substr(0, letters)), number)) {
      for (const auto& unit : kByteUnits) {
        if (text->substr(letters) == unit.name) {
          if (!(number * unit.bytes < 9e18)) break;
          out.bytes = static_cast<int64_t>(number * unit.bytes);
          return;
        }
      }
    }
  }
  detail::throw_wrong_type(in, "a number of bytes or a text such as \"2 GB\"");
}

Value write_value(const ByteCount& in) {
  const Value text{bytes_text(in.bytes)};
  ByteCount back;
  read_value(text, back);
  return back.bytes == in.bytes ? text : Value{in.bytes};
}

std::string bytes_text(int64_t bytes) {
  for (const auto* unit : {&kByteUnits[5], &kByteUnits[4], &kByteUnits[3], &kByteUnits[1]}) {
    const double value = static_cast<double>(bytes) / unit->bytes;
    if (value >= 1) return fmt::format("{:.4g} {}", value, unit->name);
  }
  return fmt::format("{} B", bytes);
}

}  // namespace glow
