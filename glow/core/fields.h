// One description of an options aggregate, filled alike from TOML, `--set`, specs and Python.
//
// An aggregate ends with `static constexpr auto fields()`, a tuple of `Field{"sigma", &O::sigma,
// "what it is"}`. It stays an aggregate, so C++ gives it by designated initialisers, and a default
// is written once, at the member.
#pragma once

#include <algorithm>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "glow/core/error.h"
#include "glow/core/text.h"
#include "glow/core/value.h"

namespace glow {

/// `principal` fields are written in the name of an estimator whose options are all defaults.
template <class O, class T>
struct Field {
  const char* name;
  T O::*member;
  const char* doc;
  bool principal = false;
};
template <class O, class T>
Field(const char*, T O::*, const char*) -> Field<O, T>;
template <class O, class T>
Field(const char*, T O::*, const char*, bool) -> Field<O, T>;

template <class O>
concept Described = std::is_aggregate_v<O> && requires {
  O::fields();
};

/// One field in words, for `glow list`, help texts and documentation.
struct FieldDescription {
  std::string name;
  std::string default_value;  // as TOML writes it; empty when required or absent by default
  std::string doc;
};

namespace detail {

struct AnyValue {
  template <class T>
  operator T() const;  // NOLINT: converts to whatever a member is, never defined
};
template <class O, class... A>
consteval size_t arity() {
  if constexpr (requires { O{A{}..., AnyValue{}}; }) {
    return arity<O, A..., AnyValue>();
  } else {
    return sizeof...(A);
  }
}

[[noreturn]] void throw_wrong_type(const Value& value, const char* expected);

}  // namespace detail

// Conversions from a Value; a type of your own joins by overloading both names in its namespace.
void read_value(const Value& in, bool& out);
void read_value(const Value& in, int64_t& out);
void read_value(const Value& in, double& out);
void read_value(const Value& in, std::string& out);
void read_value(const Value& in, Table& out);
Value write_value(bool in);
Value write_value(int64_t in);
Value write_value(double in);
Value write_value(const std::string& in);
Value write_value(const Table& in);

template <class T>
void read_value(const Value& in, std::vector<T>& out) {
  const auto* list = std::get_if<List>(&in.data);
  if (!list) detail::throw_wrong_type(in, "a list");
  out.clear();
  for (const auto& item : *list) {
    T element{};
    read_value(item, element);
    out.push_back(std::move(element));
  }
}
template <class T>
Value write_value(const std::vector<T>& in) {
  List list;
  for (const auto& item : in) list.push_back(write_value(item));
  return {list};
}
template <class T>
void read_value(const Value& in, std::optional<T>& out) {
  T element{};
  read_value(in, element);
  out = std::move(element);
}

/// Sets the fields that `table` names. Throws ValueError, with the place of the value, on an
/// unknown key (naming the nearest), a key given twice, or a wrong type.
template <Described O>
void fill(O& options, const Table& table, const std::string& of = "") {
  static_assert(detail::arity<O>() == std::tuple_size_v<decltype(O::fields())>,
                "a member of this aggregate has no field, or a field no member");
  std::vector<std::string> seen;
  for (const auto& [key, value] : table) {
    const std::string place = value.where.empty() ? "" : value.where + ": ";
    if (std::find(seen.begin(), seen.end(), key) != seen.end()) {
      throw ValueError("{}'{}' is given twice", place, key);
    }
    seen.push_back(key);
    bool known = false;
    std::vector<std::string> names;
    std::apply(
        [&](const auto&... field) {
          ((names.emplace_back(field.name),
            key == field.name ? (known = true, read_field(value, options.*(field.member), key))
                              : void()),
           ...);
        },
        O::fields());
    if (!known) {
      throw ValueError("{}unknown key '{}'{}{}{}", place, key, of.empty() ? "" : " of " + of,
                       did_you_mean(key, names),
                       names.empty() ? "; it takes none" : "; known: " + join(names, ", "));
    }
  }
}

template <class T>
void read_field(const Value& value, T& member, const std::string& key) {
  try {
    read_value(value, member);
  } catch (const ValueError& error) {
    // Places of nested values are in the message already.
    const std::string message = error.what();
    if (!value.where.empty() && message.rfind(value.where, 0) == 0) throw;
    throw ValueError("{}'{}': {}", value.where.empty() ? "" : value.where + ": ", key, message);
  }
}

/// All fields that have a value, in the order described.
template <Described O>
Table to_table(const O& options) {
  Table table;
  auto put = [&](const auto& field) {
    const auto& member = options.*(field.member);
    if constexpr (requires { member.has_value(); }) {
      if (member.has_value()) table.emplace_back(field.name, write_value(*member));
    } else {
      table.emplace_back(field.name, write_value(member));
    }
  };
  std::apply([&](const auto&... field) { (put(field), ...); }, O::fields());
  return table;
}

template <Described O>
std::vector<FieldDescription> describe() {
  const Table defaults = to_table(O{});
  std::vector<FieldDescription> out;
  std::apply(
      [&](const auto&... field) {
        ((out.push_back({field.name,
                         find(defaults, field.name) ? to_toml(*find(defaults, field.name)) : "",
                         field.doc})),
         ...);
      },
      O::fields());
  return out;
}

/// `name(key=value, …)` with the fields that differ from their defaults, in the order described;
/// when none does, with the principal ones.
template <Described O>
std::string spec_text(const std::string& name, const O& options) {
  const Table defaults = to_table(O{});
  std::vector<std::string> given, principal;
  for (const auto& [key, value] : to_table(options)) {
    std::string text = to_toml(value);
    if (const auto* word = std::get_if<std::string>(&value.data)) text = *word;
    if (const auto* number = std::get_if<double>(&value.data)) text = number_text(*number);
    const Value* same = find(defaults, key);
    if (!same || to_toml(*same) != to_toml(value)) given.push_back(key + "=" + text);
    std::apply(
        [&](const auto&... field) {
          ((key == field.name && field.principal ? principal.push_back(key + "=" + text) : void()),
           ...);
        },
        O::fields());
  }
  const auto& shown = given.empty() ? principal : given;
  return shown.empty() ? name : name + "(" + join(shown, ", ") + ")";
}

}  // namespace glow
