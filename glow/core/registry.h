// name → maker, one registry a kind of thing: estimators, layers, losses, optimizers, …
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "glow/core/error.h"
#include "glow/core/fields.h"
#include "glow/core/text.h"

namespace glow {

/// `Product` is what a maker gives: `std::shared_ptr<Layer>` for one. Filled by one explicit
/// function that lists the built-ins (no static self-registration: linkers drop it); users add
/// their own.
template <class Product>
class Registry {
 public:
  struct Entry {
    std::string name;
    std::string doc;  // one line
    std::vector<FieldDescription> fields;
    std::function<Product(const Table&)> make;
  };

  /// `kind` is what a message calls an entry: "estimator".
  explicit Registry(std::string kind) : kind_(std::move(kind)) {}

  void add(Entry entry) {
    for (const auto& known : entries_) {
      if (known.name == entry.name) throw ValueError("{} '{}' exists", kind_, entry.name);
    }
    entries_.push_back(std::move(entry));
  }

  const std::vector<Entry>& entries() const { return entries_; }

  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& entry : entries_) out.push_back(entry.name);
    return out;
  }

  const Entry& at(const std::string& name) const {
    for (const auto& entry : entries_) {
      if (entry.name == name) return entry;
    }
    throw ValueError("unknown {} '{}'{}; known: {}", kind_, name, did_you_mean(name, names()),
                     join(names(), ", "));
  }

  Product make(const std::string& name, const Table& options = {}) const {
    return at(name).make(options);
  }

 private:
  std::string kind_;
  std::vector<Entry> entries_;
};

}  // namespace glow
