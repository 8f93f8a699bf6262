// What a network is trained to make small.
#pragma once

#include <functional>
#include <string>

#include "glow/core/registry.h"
#include "glow/information/estimator.h"
#include "glow/training/forward.h"

namespace glow {

/// A loss: by name, a function of (prediction, target), a function of the whole segment with its
/// graph, or a function of the forward pass. Each gives a 0-d tensor, a mean over the batch.
class Loss {
 public:
  using OfPrediction = std::function<Tensor(const Tensor& prediction, const Tensor& target)>;
  using OfSegment = std::function<Tensor(const Segment&)>;
  using OfForward = std::function<Tensor(const Forward&)>;

  Loss() = default;
  Loss(const char* name) : Loss(std::string(name)) {}  // NOLINT: `.loss = "mse"` is the point
  Loss(const std::string& name);                       // NOLINT
  template <class F>
  requires std::is_invocable_r_v<Tensor, F, const Tensor&, const Tensor&> Loss(F f)
      : name_("custom"), of_(from(OfPrediction(std::move(f)))) {}  // NOLINT
  template <class F>
  requires std::is_invocable_r_v<Tensor, F, const Segment&> Loss(F f)
      : name_("custom"), of_(from(OfSegment(std::move(f)))) {}  // NOLINT
  template <class F>
  requires std::is_invocable_r_v<Tensor, F, const Forward&> Loss(F f)
      : name_("custom"), of_(OfForward(std::move(f))) {}  // NOLINT

  const std::string& name() const { return name_; }
  Loss named(std::string name) &&;
  explicit operator bool() const { return static_cast<bool>(of_); }
  Tensor operator()(const Forward& forward) const { return of_(forward); }

 private:
  static OfForward from(OfPrediction f);
  static OfForward from(OfSegment f);

  std::string name_;
  OfForward of_;
};

/// cross_entropy, binary_cross_entropy, mse, mae, huber, nll; a program may add its own.
Registry<Loss>& losses();

/// −ln softmax(logits)[y], the mean over the batch; y class numbers (n) or one-hot (n, c). Where
/// the prediction is the output of a softmax or log_softmax it is computed from the logits behind
/// it: a second softmax would hold the loss above 1.46 for ten classes.
Tensor cross_entropy(const Forward& forward);
/// −y ln p − (1−y) ln(1−p), from the logits behind a sigmoid where there are any.
Tensor binary_cross_entropy(const Forward& forward);
Tensor mse(const Forward& forward);
Tensor mae(const Forward& forward);
/// Quadratic within 1 of the target, linear beyond.
Tensor huber(const Forward& forward);
/// −prediction[y], for a prediction of log-probabilities.
Tensor nll(const Forward& forward);

/// λ·(sum over the layers but the output of criterion(T, X)): what a loss adds to keep its layers
/// from copying the input. The criterion must be differentiable, else ValueError.
Loss::OfForward complexity_penalty(EstimatorPtr criterion, double weight);

/// The sum of two losses.
Loss operator+(const Loss& a, const Loss& b);

}  // namespace glow
