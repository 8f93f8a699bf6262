// Constructor arguments in words, for the registry of layers.
#pragma once

#include <tuple>

namespace glow {

/// An argument that has no default: `Argument<int64_t>{"units", "how many outputs"}`. A layer that
/// can be made from a table lists its own, in the constructor's order, as
/// `static constexpr auto arguments()`, and names its options' type `Options`.
template <class T>
struct Argument {
  using Type = T;
  const char* name;
  const char* doc;
};

/// The options of a thing that has none.
struct NoOptions {
  static constexpr auto fields() { return std::tuple<>{}; }
};

}  // namespace glow
