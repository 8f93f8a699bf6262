#include "glow/information/citations.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace glow {
namespace {

struct Citation {
  std::vector<std::string_view> estimators;
  const char* bibtex;
};

const std::vector<Citation>& citations() {
  static const std::vector<Citation> all = {
      {{"plugin", "miller_madow"}, R"(@incollection{miller1955note,
  title     = {Note on the Bias of Information Estimates},
  author    = {Miller, George A.},
  booktitle = {Information Theory in Psychology},
  pages     = {95--100},
  year      = {1955}
})"},
      {{"grassberger"}, R"(@article{grassberger2003entropy,
  title   = {Entropy Estimates from Insufficient Samplings},
  author  = {Grassberger, Peter},
  journal = {arXiv:physics/0307138},
  year    = {2003}
})"},
      {{"chao_shen"}, R"(@article{chao2003nonparametric,
  title   = {Nonparametric Estimation of {Shannon's} Index of Diversity When There Are Unseen
             Species in Sample},
  author  = {Chao, Anne and Shen, Tsung-Jen},
  journal = {Environmental and Ecological Statistics},
  volume  = {10},
  pages   = {429--443},
  year    = {2003}
})"},
      {{"james_stein"}, R"(@article{hausser2009entropy,
  title   = {Entropy Inference and the {James-Stein} Estimator, with Application to Nonlinear Gene
             Association Networks},
  author  = {Hausser, Jean and Strimmer, Korbinian},
  journal = {Journal of Machine Learning Research},
  volume  = {10},
  pages   = {1469--1484},
  year    = {2009}
})"},
      {{"nsb"}, R"(@inproceedings{nemenman2002entropy,
  title     = {Entropy and Inference, Revisited},
  author    = {Nemenman, Ilya and Shafee, Fariel and Bialek, William},
  booktitle = {Advances in Neural Information Processing Systems},
  volume    = {14},
  year      = {2002}
})"},
      {{"binned"}, R"(@article{shwartz-ziv2017opening,
  title   = {Opening the Black Box of Deep Neural Networks via Information},
  author  = {Shwartz-Ziv, Ravid and Tishby, Naftali},
  journal = {arXiv:1703.00810},
  year    = {2017}
})"},
      {{"ksg", "multi_information"}, R"(@article{kraskov2004estimating,
  title   = {Estimating Mutual Information},
  author  = {Kraskov, Alexander and St{\"o}gbauer, Harald and Grassberger, Peter},
  journal = {Physical Review E},
  volume  = {69},
  pages   = {066138},
  year    = {2004}
})"},
      {{"lnc"}, R"(@inproceedings{gao2015efficient,
  title     = {Efficient Estimation of Mutual Information for Strongly Dependent Variables},
  author    = {Gao, Shuyang and Ver Steeg, Greg and Galstyan, Aram},
  booktitle = {Artificial Intelligence and Statistics},
  pages     = {277--286},
  year      = {2015}
})"},
      {{"ross"}, R"(@article{ross2014mutual,
  title   = {Mutual Information between Discrete and Continuous Data Sets},
  author  = {Ross, Brian C.},
  journal = {PLoS ONE},
  volume  = {9},
  number  = {2},
  pages   = {e87357},
  year    = {2014}
})"},
      {{"mixed_ksg"}, R"(@inproceedings{gao2017estimating,
  title     = {Estimating Mutual Information for Discrete-Continuous Mixtures},
  author    = {Gao, Weihao and Kannan, Sreeram and Oh, Sewoong and Viswanath, Pramod},
  booktitle = {Advances in Neural Information Processing Systems},
  volume    = {30},
  year      = {2017}
})"},
      {{"kl"}, R"(@article{kozachenko1987sample,
  title   = {Sample Estimate of the Entropy of a Random Vector},
  author  = {Kozachenko, L. F. and Leonenko, N. N.},
  journal = {Problems of Information Transmission},
  volume  = {23},
  pages   = {95--101},
  year    = {1987}
})"},
      {{"weighted_kl"}, R"(@article{berrett2019efficient,
  title   = {Efficient Multivariate Entropy Estimation via $k$-Nearest Neighbour Distances},
  author  = {Berrett, Thomas B. and Samworth, Richard J. and Yuan, Ming},
  journal = {The Annals of Statistics},
  volume  = {47},
  number  = {1},
  pages   = {288--318},
  year    = {2019}
})"},
      {{"cmi"}, R"(@article{frenzel2007partial,
  title   = {Partial Mutual Information for Coupling Analysis of Multivariate Time Series},
  author  = {Frenzel, Stefan and Pompe, Bernd},
  journal = {Physical Review Letters},
  volume  = {99},
  pages   = {204101},
  year    = {2007}
})"},
      {{"hsic"}, R"(@inproceedings{gretton2005measuring,
  title     = {Measuring Statistical Dependence with {Hilbert-Schmidt} Norms},
  author    = {Gretton, Arthur and Bousquet, Olivier and Smola, Alex and Sch{\"o}lkopf, Bernhard},
  booktitle = {Algorithmic Learning Theory},
  pages     = {63--77},
  year      = {2005}
})"},
      {{"nhsic"}, R"(@inproceedings{ma2020hsic,
  title     = {The {HSIC} Bottleneck: Deep Learning without Back-Propagation},
  author    = {Ma, Wan-Duo Kurt and Lewis, J. P. and Kleijn, W. Bastiaan},
  booktitle = {AAAI Conference on Artificial Intelligence},
  pages     = {5085--5092},
  year      = {2020}
})"},
      {{"cka"}, R"(@inproceedings{kornblith2019similarity,
  title     = {Similarity of Neural Network Representations Revisited},
  author    = {Kornblith, Simon and Norouzi, Mohammad and Lee, Honglak and Hinton, Geoffrey},
  booktitle = {International Conference on Machine Learning},
  pages     = {3519--3529},
  year      = {2019}
})"},
      {{"dcor"}, R"(@article{szekely2007measuring,
  title   = {Measuring and Testing Dependence by Correlation of Distances},
  author  = {Sz{\'e}kely, G{\'a}bor J. and Rizzo, Maria L. and Bakirov, Nail K.},
  journal = {The Annals of Statistics},
  volume  = {35},
  number  = {6},
  pages   = {2769--2794},
  year    = {2007}
})"},
      {{"renyi"}, R"(@article{sanchez-giraldo2015measures,
  title   = {Measures of Entropy from Data Using Infinitely Divisible Kernels},
  author  = {S{\'a}nchez Giraldo, Luis Gonzalo and Rao, Murali and Pr{\'i}ncipe, Jos{\'e} C.},
  journal = {IEEE Transactions on Information Theory},
  volume  = {61},
  number  = {1},
  pages   = {535--548},
  year    = {2015}
})"},
      {{"kde"}, R"(@article{kolchinsky2017estimating,
  title   = {Estimating Mixture Entropy with Pairwise Distances},
  author  = {Kolchinsky, Artemy and Tracey, Brendan D.},
  journal = {Entropy},
  volume  = {19},
  number  = {7},
  pages   = {361},
  year    = {2017}
})"},
      {{"kernel_mi"}, R"(@article{moon1995estimation,
  title   = {Estimation of Mutual Information Using Kernel Density Estimators},
  author  = {Moon, Young-Il and Rajagopalan, Balaji and Lall, Upmanu},
  journal = {Physical Review E},
  volume  = {52},
  pages   = {2318--2321},
  year    = {1995}
})"},
      {{"gaussian"}, R"(@book{cover2006elements,
  title     = {Elements of Information Theory},
  author    = {Cover, Thomas M. and Thomas, Joy A.},
  edition   = {2},
  publisher = {Wiley},
  year      = {2006}
})"},
      {{"cca"}, R"(@article{hotelling1936relations,
  title   = {Relations between Two Sets of Variates},
  author  = {Hotelling, Harold},
  journal = {Biometrika},
  volume  = {28},
  pages   = {321--377},
  year    = {1936}
})"},
      {{"gaussian_copula"}, R"(@article{ince2017statistical,
  title   = {A Statistical Framework for Neuroimaging Data Analysis Based on Mutual Information
             Estimated via a {Gaussian} Copula},
  author  = {Ince, Robin A. A. and Giordano, Bruno L. and Kayser, Christoph and Rousselet,
             Guillaume A. and Gross, Joachim and Schyns, Philippe G.},
  journal = {Human Brain Mapping},
  volume  = {38},
  number  = {3},
  pages   = {1541--1573},
  year    = {2017}
})"},
      {{"edge"}, R"(@inproceedings{noshad2019scalable,
  title     = {Scalable Mutual Information Estimation Using Dependence Graphs},
  author    = {Noshad, Morteza and Zeng, Yu and Hero, Alfred O.},
  booktitle = {IEEE International Conference on Acoustics, Speech and Signal Processing},
  pages     = {2962--2966},
  year      = {2019}
})"},
  };
  return all;
}

}  // namespace

std::string citation(const std::string& estimator) {
  const std::string name = estimator.substr(0, estimator.find('('));
  for (const auto& [names, bibtex] : citations()) {
    if (std::find(names.begin(), names.end(), name) != names.end()) return bibtex;
  }
  return "";
}

}  // namespace glow
