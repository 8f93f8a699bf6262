// The message of an error that a test expects.
#pragma once

#include <gtest/gtest.h>

#include <exception>
#include <string>

namespace glow {

/// Runs `body` and gives the message of the E that it throws; fails when it throws another or none.
template <class E, class Body>
std::string message_of(Body&& body) {
  try {
    body();
  } catch (const E& error) {
    return error.what();
  } catch (const std::exception& error) {
    ADD_FAILURE() << "another error: " << error.what();
    return "";
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

}  // namespace glow
