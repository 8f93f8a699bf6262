// How to cite what measured.
#pragma once

#include <string>

namespace glow {

/// BibTeX of the paper behind an estimator, by its name (`hsic`) or spec; empty for one that is not
/// of this library.
std::string citation(const std::string& estimator);

}  // namespace glow
