// The errors that glow throws. Each message says where, what was expected, what was given, and the
// remedy where there is one.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace glow {

/// The base of every error that glow throws on purpose.
class Error : public std::runtime_error {
 public:
  template <class... A>
  explicit Error(fmt::format_string<A...> format, A&&... arguments)
      : std::runtime_error(fmt::format(format, std::forward<A>(arguments)...)) {}
};

/// An argument that has no meaning: a wrong type, range, shape or name.
class ValueError : public Error {
 public:
  using Error::Error;
};

/// The content of a file: the message begins with its path and, where known, byte or line.
class DataError : public Error {
 public:
  using Error::Error;
};

/// Something called out of order, `fit` before `compile` for one.
class StateError : public Error {
 public:
  using Error::Error;
};

/// The stop flag was raised (Ctrl-C) while a loop was running.
class Interrupted : public Error {
 public:
  using Error::Error;
};

}  // namespace glow
