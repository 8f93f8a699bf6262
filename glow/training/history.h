// What the epochs gave.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace glow {

/// Names and numbers of one epoch or batch, in the order to show them: loss, accuracy, val_loss, …
using Logs = std::vector<std::pair<std::string, double>>;

/// The value of `name`, NaN when it is not there.
double log_value(const Logs& logs, const std::string& name);

/// "accuracy: 0.8712 - loss: 0.4410", as Keras.
std::string to_string(const Logs& logs);

/// One series a name over the epochs.
class History {
 public:
  void add(const Logs& logs);
  /// The series of `name`; empty when nothing was logged under it.
  const std::vector<double>& operator[](const std::string& name) const;
  const std::vector<std::pair<std::string, std::vector<double>>>& series() const { return series_; }
  size_t epochs() const { return epochs_; }

 private:
  std::vector<std::pair<std::string, std::vector<double>>> series_;
  size_t epochs_ = 0;
};

}  // namespace glow
