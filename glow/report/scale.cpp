#include "glow/report/scale.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace glow::report {
namespace {

std::string superscript(int number) {
  static const char* const kDigits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string out = number < 0 ? "⁻" : "";
  for (const char digit : std::to_string(std::abs(number))) out += kDigits[digit - '0'];
  return out;
}

/// With U+2212, as wide as a plus, for the minus.
std::string with_minus(std::string text) {
  if (!text.empty() && text.front() == '-') text.replace(0, 1, "−");
  return text;
}

std::string fixed(double value, int decimals) {
  std::string text = fmt::format("{:.{}f}", value, std::max(decimals, 0));
  // A rounded −0.00 is 0.00.
  if (text.find_first_not_of("-0.") == std::string::npos && text.front() == '-') text.erase(0, 1);
  return with_minus(text);
}

int exponent_of(double value) { return static_cast<int>(std::floor(std::log10(std::abs(value)))); }

/// The smallest of 1, 2, 5 times a power of ten that gives about `count` steps in `range`, or
/// fewer.
double nice_step(double range, int count) {
  const double rough = range / count;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= 0.85 * rough) return factor * power;
  }
  return 10 * power;
}

bool needs_power(double magnitude) {
  return magnitude != 0 && (magnitude < 1e-4 || magnitude >= 1e5);
}

}  // namespace

std::string pretty_number(double value, int digits) {
  if (!std::isfinite(value)) return std::isnan(value) ? "–" : value > 0 ? "∞" : "−∞";
  if (value == 0) return "0";
  if (!needs_power(std::abs(value))) {
    return fixed(value, std::max(0, digits - 1 - exponent_of(value)));
  }
  const int exponent = exponent_of(value);
  return fixed(value / std::pow(10, exponent), digits - 1) + "×10" + superscript(exponent);
}

std::string pretty_number_with_error(double value, double error) {
  if (!std::isfinite(value) || !std::isfinite(error) || error <= 0) return pretty_number(value);
  // Two digits of an error that begins with 1, else one: 0.14, 0.4.
  const int first = exponent_of(error);
  const double magnitude = std::max(std::abs(value), error);
  const int place =
      std::max(first - (error / std::pow(10, first) < 1.95 ? 1 : 0), exponent_of(magnitude) - 3);
  if (!needs_power(magnitude)) return fixed(value, -place) + " ± " + fixed(error, -place);
  const int exponent = exponent_of(magnitude);
  const double unit = std::pow(10, exponent);
  return fmt::format("({} ± {})×10{}", fixed(value / unit, exponent - place),
                     fixed(error / unit, exponent - place), superscript(exponent));
}

Scale Scale::linear(double low, double high) {
  double range = high - low;
  if (!(range > 0)) range = low != 0 ? std::abs(low) * 0.2 : 1;
  const double beside = high > low ? 0.035 * range : range / 2;
  Scale out;
  out.low_ = low - beside;
  out.high_ = high + beside;
  return out;
}

Scale Scale::epochs(double first, double last, bool has_zero) {
  Scale out;
  out.has_zero_ = has_zero;
  out.first_ = first;
  out.logarithmic_ = last >= 100 && first > 0 && first < last;
  if (out.logarithmic_) {
    out.low_ = has_zero ? first / std::sqrt(10.0) : first;
    out.high_ = last;
  } else {
    out.low_ = has_zero || first >= last ? 0 : first;
    out.high_ = last > out.low_ ? last : out.low_ + 1;
    // The last batch of epoch 5 is at 4.999: the axis ends where that epoch does.
    if (const double whole = std::ceil(out.high_); whole - out.high_ < 0.02 * out.high_) {
      out.high_ = whole;
    }
  }
  return out;
}

double Scale::at(double value) const {
  if (!logarithmic_) return (value - low_) / (high_ - low_);
  return std::log(shown(value) / low_) / std::log(high_ / low_);
}

std::vector<Tick> Scale::ticks(int count) const {
  return logarithmic_ ? log_ticks(count) : linear_ticks(count);
}

std::vector<Tick> Scale::linear_ticks(int count) const {
  const double step = nice_step(high_ - low_, count);
  const double largest = std::max(std::abs(low_), std::abs(high_));
  std::vector<Tick> out;
  for (double i = std::ceil(low_ / step - 1e-9); i * step <= high_ + 1e-9 * step; ++i) {
    const double value = i * step;
    std::string label;
    if (needs_power(largest) && i != 0) {
      const int exponent = exponent_of(largest);
      const double unit = std::pow(10, exponent);
      label = fixed(value / unit, exponent - exponent_of(step * (1 + 1e-9))) + "×10" +
              superscript(exponent);
    } else {
      label = i == 0 ? "0" : fixed(value, -exponent_of(step * (1 + 1e-9)));
    }
    out.push_back({at(value), value, label});
  }
  return out;
}

std::vector<Tick> Scale::log_ticks(int count) const {
  std::vector<Tick> out;
  if (has_zero_) out.push_back({0, 0, "0"});
  const double decades = std::log10(high_ / first_);
  const int from = static_cast<int>(std::floor(std::log10(first_) + 1e-9));
  const int to = static_cast<int>(std::floor(std::log10(high_) + 1e-9));
  const int every = std::max(1, static_cast<int>(std::ceil(decades / count)));
  for (int exponent = from; exponent <= to; ++exponent) {
    for (int factor = 1; factor <= 9; ++factor) {
      const double value = factor * std::pow(10, exponent);
      if (value < first_ * (1 - 1e-9) || value > high_ * (1 + 1e-9)) continue;
      // Less than two decades need words between the powers of ten.
      const bool short_range = decades < 2 && (factor == 2 || factor == 5);
      std::string label;
      if (factor == 1 && exponent % every == 0) label = "10" + superscript(exponent);
      if (decades < 2 && (factor == 1 || short_range)) label = pretty_number(value, 1);
      out.push_back({at(value), value, label});
    }
  }
  return out;
}

}  // namespace glow::report
