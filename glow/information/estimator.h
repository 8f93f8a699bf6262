// What measures a segment: the classes that can be attached to a network, named in a file,
// subclassed.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "glow/core/registry.h"
#include "glow/information/estimate.h"
#include "glow/information/segment.h"

namespace glow {

/// At which snapshots that which is fitted to data (widths, ranges) is fitted: `first`, of each
/// network and layer; `snapshot`, each anew; `run`, over all of them (`glow measure` only).
enum class Reference { first, snapshot, run };

Reference parse_reference(const std::string& text);
std::string to_string(Reference reference);

/// What an estimator has fitted to the snapshots of one network: the ruler it measures with. Under
/// a key lies a number, or a list of them, one a neuron for instance, for each snapshot.
class Fit {
 public:
  void add(const std::string& key, double value) { add(key, std::vector<double>{value}); }
  /// Throws ValueError when an earlier list under `key` has another length.
  void add(const std::string& key, std::vector<double> list);
  bool has(const std::string& key) const { return values_.count(key) > 0; }
  bool empty() const { return values_.empty(); }

  /// The mean, smallest or largest over the snapshots. Throw StateError when nothing was added
  /// under `key`, or lists.
  double mean(const std::string& key) const;
  double smallest(const std::string& key) const;
  double largest(const std::string& key) const;
  /// The same of each element of the lists.
  std::vector<double> means(const std::string& key) const;
  std::vector<double> minima(const std::string& key) const;
  std::vector<double> maxima(const std::string& key) const;

 private:
  const std::vector<std::vector<double>>& at(const std::string& key) const;
  std::map<std::string, std::vector<std::vector<double>>>
      values_;  // of each key, a list a snapshot
};

/// What the two axes of the plane are called: "I(X;T)" and "I(T;Y)", "HSIC(T,X)" and "HSIC(T,Y)".
struct AxisNames {
  std::string complexity, generalization;
};

class Estimator {
 public:
  virtual ~Estimator() = default;

  /// `hsic(kernel=gaussian, sigma=5)`: what it is called in tables, files and legends.
  const std::string& spec() const { return spec_; }
  void set_spec(std::string spec) { spec_ = std::move(spec); }

  /// The dependence of x (n, dx) and y (n, dy).
  virtual Estimate estimate(const Tensor& x, const Tensor& y) const = 0;

  /// Fits widths and ranges to one more snapshot; nothing by default.
  virtual void fit(const Segment&, Fit&) const {}
  virtual Reference reference() const { return Reference::first; }

  /// Whether `glow measure` shows all snapshots to `fit` before it measures the first.
  virtual bool fits_whole_runs() const { return reference() == Reference::run; }

  /// How much of x (n, dx) a layer t (n, dt) keeps, as a penalty of training: the first coordinate.
  virtual Estimate complexity(const Tensor& t, const Tensor& x) const { return estimate(t, x); }

  /// Two coordinates a layer, with what `fit` gave. The default: estimate(T, X) and estimate(T, Y),
  /// flattened, labels one-hot.
  virtual std::vector<Coordinates> evaluate(const Segment& segment, const Fit& fit) const;

  /// `evaluate` with this segment as its own reference.
  std::vector<Coordinates> evaluate(const Segment& segment) const;

  /// Batches of fewer rows are left out: they have no estimate.
  virtual int64_t least_rows() const { return 2; }

  virtual AxisNames axes() const { return {"D(T,X)", "D(T,Y)"}; }
  virtual Unit unit() const { return Unit::none; }
  virtual bool differentiable() const { return false; }

 protected:
  explicit Estimator(std::string spec) : spec_(std::move(spec)) {}

 private:
  std::string spec_;
};

/// One of mutual information, in nats.
class InformationEstimator : public Estimator {
 public:
  AxisNames axes() const override { return {"I(X;T)", "I(T;Y)"}; }
  Unit unit() const override { return Unit::nats; }

 protected:
  using Estimator::Estimator;
};

/// A user's own dependence criterion: a subclass with one function.
class Criterion : public Estimator {
 public:
  explicit Criterion(std::string name) : Estimator(std::move(name)) {}

  /// A 0-d tensor, of x (n, dx) and y (n, dy).
  virtual Tensor criterion(const Tensor& x, const Tensor& y) const = 0;

  Estimate estimate(const Tensor& x, const Tensor& y) const override;
  bool differentiable() const override { return true; }
};

using EstimatorPtr = std::shared_ptr<Estimator>;

/// Every estimator by name; a program may add its own.
Registry<EstimatorPtr>& estimators();

/// The estimator of a spec, `hsic(sigma=median)`; its own spec is the text with the keys in the
/// order of the table in the documentation. Throws ValueError.
EstimatorPtr make_estimator(const std::string& spec);
/// The same from a name and its options.
EstimatorPtr make_estimator(const std::string& name, const Table& options);

}  // namespace glow
