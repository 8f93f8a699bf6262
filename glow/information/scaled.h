// A continuous variable as nearest-neighbour estimators take it.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

namespace glow {

using at::Tensor;

struct Scaled {
  std::string name;
  Tensor rows;           // (n, d), contiguous float64 on the CPU; constant columns are left out
  int64_t columns = 0;   // as given
  double log_scale = 0;  // Σ ln of what the kept columns were divided by
  double grain = 0;      // distances up to this one were 0 before the jitter
  std::vector<std::string> warnings;

  int64_t size() const { return rows.size(0); }
  bool constant() const { return rows.size(1) == 0; }
};

/// x (n) or (n, d) in float64. `standardize`: each column with mean 0 and standard deviation 1, for
/// the maximum norm compares columns. `jitter`: Gaussian noise of that many standard deviations of
/// each column, which breaks ties; always the same for the same name. Warns when fewer than a
/// twentieth of the rows differ. Throws ValueError on NaN or infinity. `name` is what messages call
/// it.
Scaled scaled(const Tensor& x, const std::string& name, bool standardize, double jitter);

/// Warns when fewer than a twentieth of the rows of x (n) or (n, d) differ: what is made for
/// continuous variables then grows with n, or has no meaning. Throws ValueError on NaN or infinity.
void warn_of_duplicates(const Tensor& x, const std::string& name,
                        std::vector<std::string>& warnings);

/// Throws ValueError unless the jitter is 0 or a positive number.
void check_jitter(double jitter);

}  // namespace glow
