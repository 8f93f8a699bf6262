// The warnings of a run, as a person wants to read them: one a kind, with the layers it is about.
#pragma once

#include <mutex>
#include <string>
#include <vector>

namespace glow {

/// Collects from any thread. Networks say the same of the same layers: that is one warning.
class RunWarnings {
 public:
  void add(const std::string& text);
  void add(const std::string& evaluator, const std::string& layer, const std::string& text);

  /// "binned(edges=30) of dense_1, dense_2: saturated: …", in the order first heard.
  std::vector<std::string> lines() const;

 private:
  struct Kind {
    std::string evaluator, text;
    std::vector<std::string> layers;
  };
  mutable std::mutex mutex_;
  std::vector<Kind> kinds_;
};

}  // namespace glow
