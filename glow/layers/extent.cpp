#include "glow/layers/extent.h"

#include "glow/core/error.h"

namespace glow {

std::vector<int64_t> Extent::each(size_t dimensions, int64_t minimum,
                                  const std::string& what) const {
  if (sizes_.size() != 1 && sizes_.size() != dimensions) {
    throw ValueError("{} takes one number or {}, got [{}]", what, dimensions,
                     fmt::join(sizes_, ", "));
  }
  for (const int64_t size : sizes_) {
    if (size < minimum) throw ValueError("{} must be at least {}, got {}", what, minimum, size);
  }
  return sizes_.size() == dimensions ? sizes_ : std::vector<int64_t>(dimensions, sizes_.front());
}

Padding::Padding(const std::string& word) : same_(word == "same") {
  if (!same_ && word != "valid") {
    throw ValueError("unknown padding '{}'{}; known: a number, a list of numbers, same, valid",
                     word, did_you_mean(word, {"same", "valid"}));
  }
}

void read_value(const Value& in, Extent& out) {
  if (const auto* size = std::get_if<int64_t>(&in.data)) {
    out = *size;
  } else if (std::holds_alternative<List>(in.data)) {
    std::vector<int64_t> sizes;
    read_value(in, sizes);
    out = std::move(sizes);
  } else {
    detail::throw_wrong_type(in, "an integer or a list of integers");
  }
}

void read_value(const Value& in, Padding& out) {
  if (const auto* word = std::get_if<std::string>(&in.data)) {
    out = *word;
  } else {
    Extent extent;
    read_value(in, extent);
    out = std::move(extent);
  }
}

Value write_value(const Extent& in) {
  return in.sizes().size() == 1 ? write_value(in.sizes().front()) : write_value(in.sizes());
}

Value write_value(const Padding& in) {
  return in.same() ? write_value(std::string("same")) : write_value(in.extent());
}

}  // namespace glow
