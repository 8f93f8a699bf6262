#include "glow/core/fields.h"

namespace glow {
namespace {

template <class T>
void read_as(const Value& in, T& out, const char* expected) {
  const auto* value = std::get_if<T>(&in.data);
  if (!value) detail::throw_wrong_type(in, expected);
  out = *value;
}

}  // namespace

void detail::throw_wrong_type(const Value& value, const char* expected) {
  throw ValueError("expected {}, got {} {}", expected, kind_of(value), to_toml(value));
}

void read_value(const Value& in, bool& out) { read_as(in, out, "true or false"); }
void read_value(const Value& in, int64_t& out) { read_as(in, out, "an integer"); }
void read_value(const Value& in, double& out) {
  if (const auto* integer = std::get_if<int64_t>(&in.data)) {
    out = static_cast<double>(*integer);
  } else {
    read_as(in, out, "a number");
  }
}
void read_value(const Value& in, std::string& out) { read_as(in, out, "a string"); }
void read_value(const Value& in, Table& out) { read_as(in, out, "a table"); }

Value write_value(bool in) { return {in}; }
Value write_value(int64_t in) { return {in}; }
Value write_value(double in) { return {in}; }
Value write_value(const std::string& in) { return {in}; }
Value write_value(const Table& in) { return {in}; }

}  // namespace glow
