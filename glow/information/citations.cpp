#include "glow/information/citations.h"

#include <array>

namespace glow {
namespace {

struct Citation {
  const char* estimator;
  const char* bibtex;
};

constexpr std::array<Citation, 2> kCitations{{
    {"binned", R"(@article{shwartz-ziv2017opening,
  title   = {Opening the Black Box of Deep Neural Networks via Information},
  author  = {Shwartz-Ziv, Ravid and Tishby, Naftali},
  journal = {arXiv:1703.00810},
  year    = {2017}
})"},
    {"hsic", R"(@inproceedings{gretton2005measuring,
  title     = {Measuring Statistical Dependence with {Hilbert-Schmidt} Norms},
  author    = {Gretton, Arthur and Bousquet, Olivier and Smola, Alex and Sch{\"o}lkopf, Bernhard},
  booktitle = {Algorithmic Learning Theory},
  pages     = {63--77},
  year      = {2005}
})"},
}};

}  // namespace

std::string citation(const std::string& estimator) {
  const std::string name = estimator.substr(0, estimator.find('('));
  for (const auto& known : kCitations) {
    if (name == known.estimator) return known.bibtex;
  }
  return "";
}

}  // namespace glow
