// Layers by name, for the `layers` of an experiment file and for Python.
#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "glow/core/registry.h"
#include "glow/layers/argument.h"
#include "glow/layers/layer.h"

namespace glow {

/// Every built-in layer but Wrap, under its class's name, made from a table such as
/// `{ units = 500, activation = "relu" }`: the constructor's arguments and its options. Throws
/// ValueError, with the place of the table where it is known, on a missing argument, an unknown
/// key, and whatever the layer refuses.
Registry<LayerPtr>& layers();

namespace detail {

template <class L>
struct OptionsOf {
  using Type = NoOptions;
};
template <class L>
requires requires { typename L::Options; }
struct OptionsOf<L> {
  using Type = typename L::Options;
};

/// Throws ValueError on a key that is not among the fields or is there twice.
void check_keys(const Table& table, const std::vector<FieldDescription>& fields,
                const std::string& layer);

/// The place of the table in its file: that of its first value; "" or ends in ": ".
std::string place_of(const Table& table);

/// Takes a required argument out of the table.
template <class T>
T take_argument(Table& table, const Argument<T>& argument, const std::string& layer,
                const std::string& place) {
  Value value;
  if (!take(table, argument.name, value)) {
    throw ValueError("{}{}: '{}' is required: {}", place, layer, argument.name, argument.doc);
  }
  T out{};
  read_field(value, out, argument.name);
  return out;
}

template <class L>
LayerPtr make_layer(Table table, const std::string& name) {
  using Options = typename OptionsOf<L>::Type;
  const std::string place = place_of(table);
  // A braced list is evaluated from left to right: the first missing argument is the one named.
  auto arguments = std::apply(
      [&](const auto&... argument) {
        return std::tuple<typename std::decay_t<decltype(argument)>::Type...>{
            take_argument(table, argument, name, place)...};
      },
      L::arguments());
  Options options;
  fill(options, table, name);
  try {
    return std::apply(
        [&](auto&... argument) -> LayerPtr {
          if constexpr (std::is_constructible_v<L, decltype(argument)..., const Options&>) {
            return std::make_shared<L>(argument..., options);
          } else {
            return std::make_shared<L>(argument...);
          }
        },
        arguments);
  } catch (const ValueError& error) {
    throw ValueError("{}{}", place, error.what());
  }
}

}  // namespace detail

/// The registry entry of a layer class, a user's own for one:
/// `layers().add(layer_entry<Mine>("Mine", "what it does"))`. The class says its `arguments()` and,
/// if it has any, its `Options`.
template <std::derived_from<Layer> L>
Registry<LayerPtr>::Entry layer_entry(const std::string& name, const std::string& doc) {
  std::vector<FieldDescription> fields;
  std::apply(
      [&](const auto&... argument) {
        (fields.push_back({argument.name, "", argument.doc}), ...);
      },
      L::arguments());
  for (auto& field : describe<typename detail::OptionsOf<L>::Type>()) {
    fields.push_back(std::move(field));
  }
  return {name, doc, fields, [name, fields](const Table& table) {
            detail::check_keys(table, fields, name);
            return detail::make_layer<L>(table, name);
          }};
}

}  // namespace glow
