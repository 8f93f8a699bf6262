// The contract of estimators, as named checks that a program can run on its own.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "glow/information/estimator.h"

namespace glow {

/// What an estimator says of itself, beside what it answers.
struct EstimatorClaims {
  bool discrete = false;   // takes symbols: the checks hand it whole numbers
  bool symmetric = true;   // estimate(x, y) is estimate(y, x)
  bool translated = true;  // unchanged when a constant is added to x
  bool scaled = false;     // unchanged when x is multiplied by a number
  bool rotated = false;    // unchanged under an orthogonal map of x
  /// Of two invariant values that differ by rounding, and by the noise that breaks ties.
  double tolerance = 1e-6;
  /// An estimate of mutual information: the largest error, in nats, for Gaussian pairs with
  /// correlation 0, 0.5 and 0.9, n = 2000; negative for a dependence that is no information.
  double gaussian_error = -1;
  /// Checks that do not apply, by name, each with its reason.
  std::map<std::string, std::string> exceptions = {};
};

/// One broken promise.
struct ContractFault {
  std::string check;  // its name: "inputs unmodified"
  std::string what;
};

/// Runs every check on `estimator` and gives what fails; nothing for one that keeps the contract:
///
/// rows permuted · columns permuted · symmetric · translated · scaled · rotated · inputs unmodified
/// · layouts · precision · deterministic · global random state · threads · not a number · infinity
/// · rows differ · empty · scalar · one row · constant · duplicates · more columns than rows ·
/// result · units · independent · dependent · gaussian · gradient · gradient at coincident points ·
/// graph · segment
///
/// Throws ValueError on an exception for a check that does not exist. Some seconds at most.
std::vector<ContractFault> check_estimator(const Estimator& estimator,
                                           const EstimatorClaims& claims = {});

/// The names of all checks, in the order they run.
std::vector<std::string> estimator_checks();

/// One line a fault; "" where there is none.
std::string fault_report(const std::vector<ContractFault>& faults);

}  // namespace glow
