#include "glow/training/losses.h"

#include <ATen/ATen.h>

#include "glow/training/targets.h"

namespace glow {
namespace {

// A target in the prediction's type, class numbers one-hot where the prediction is wider.
Tensor like_prediction(const Forward& forward) {
  const Tensor& p = forward.prediction;
  Tensor y = forward.segment.y;
  const bool classes = !y.is_floating_point() && y.dim() == 1;
  if (classes && p.dim() == 2 && p.size(1) > 1) y = at::one_hot(y, p.size(1));
  y = y.to(p.scalar_type());
  if (y.dim() + 1 == p.dim() && p.size(-1) == 1) y = y.unsqueeze(-1);
  if (y.sizes() != p.sizes()) {
    throw ValueError("the target's shape is ({}), the prediction's ({})",
                     fmt::join(forward.segment.y.sizes(), ", "), fmt::join(p.sizes(), ", "));
  }
  return y;
}

void check_classes(const Forward& forward) {
  const Tensor& p = forward.prediction;
  if (p.dim() < 2) {
    throw ValueError("cross entropy needs a prediction of (n, classes), got ({})",
                     fmt::join(p.sizes(), ", "));
  }
  if (forward.segment.classes > p.size(1)) {
    throw ValueError("the data has {} classes, the network's output only {}",
                     forward.segment.classes, p.size(1));
  }
}

}  // namespace

Loss::Loss(const std::string& name) { *this = losses().make(name); }

Loss Loss::named(std::string name) && {
  name_ = std::move(name);
  return std::move(*this);
}

Loss::OfForward Loss::from(OfPrediction f) {
  return [f = std::move(f)](const Forward& forward) {
    return f(forward.prediction, forward.segment.y);
  };
}
Loss::OfForward Loss::from(OfSegment f) {
  return [f = std::move(f)](const Forward& forward) { return f(forward.segment); };
}

Registry<Loss>& losses() {
  static Registry<Loss> registry = [] {
    Registry<Loss> built_in("loss");
    auto add = [&](const char* name, const char* doc, Tensor (*of)(const Forward&)) {
      built_in.add({name, doc, {}, [name = std::string(name), of](const Table&) {
                      return Loss(Loss::OfForward{of}).named(name);
                    }});
    };
    add("cross_entropy", "-ln p(class); classes or one-hot; from the logits behind a softmax",
        cross_entropy);
    add("binary_cross_entropy", "of probabilities; from the logits behind a sigmoid",
        binary_cross_entropy);
    add("mse", "mean squared error", mse);
    add("mae", "mean absolute error", mae);
    add("huber", "squared within 1, absolute beyond", huber);
    add("nll", "-prediction[class], for log-probabilities", nll);
    return built_in;
  }();
  return registry;
}

Tensor cross_entropy(const Forward& forward) {
  check_classes(forward);
  if (forward.sigmoid) {
    throw ValueError(
        "cross_entropy needs a softmax, or no activation, on the output; after a sigmoid take "
        "binary_cross_entropy");
  }
  const Tensor& logits = forward.logits.defined() ? forward.logits : forward.prediction;
  const Tensor& y = forward.segment.y;
  if (y.is_floating_point() && y.sizes() != logits.sizes()) {
    throw ValueError(
        "the targets are numbers ({}), the loss needs class numbers (n) or one-hot classes; are "
        "the classes of the data not whole numbers?",
        fmt::join(y.sizes(), ", "));
  }
  const bool one_hot = y.dim() == logits.dim();
  return at::cross_entropy_loss(logits, one_hot ? y.to(logits.scalar_type()) : y);
}

Tensor binary_cross_entropy(const Forward& forward) {
  const Tensor y = like_prediction(forward);
  if (forward.sigmoid) return at::binary_cross_entropy_with_logits(forward.logits, y);
  return at::binary_cross_entropy(forward.prediction, y);
}

Tensor mse(const Forward& forward) {
  return at::mse_loss(forward.prediction, like_prediction(forward));
}
Tensor mae(const Forward& forward) {
  return at::l1_loss(forward.prediction, like_prediction(forward));
}
Tensor huber(const Forward& forward) {
  return at::huber_loss(forward.prediction, like_prediction(forward));
}

Tensor nll(const Forward& forward) {
  check_classes(forward);
  return at::nll_loss_nd(forward.prediction, classes_of_target(forward.segment.y));
}

Loss::OfForward complexity_penalty(EstimatorPtr criterion, double weight) {
  if (!criterion->differentiable()) {
    throw ValueError("{} is not differentiable: it can measure, not train", criterion->spec());
  }
  return [criterion = std::move(criterion), weight](const Forward& forward) {
    // The last batch of an epoch may be too small to say anything.
    if (forward.prediction.size(0) < criterion->least_rows()) return forward.prediction.sum() * 0;
    const Tensor x = flatten_rows(forward.segment.x);
    Tensor sum = at::zeros({}, forward.prediction.options());
    for (size_t i = 0; i + 1 < forward.segment.layers.size(); ++i) {
      sum = sum + criterion->complexity(flatten_rows(forward.segment.layers[i].value), x).value;
    }
    return weight * sum;
  };
}

Loss operator+(const Loss& a, const Loss& b) {
  return Loss([a, b](const Forward& forward) { return a(forward) + b(forward); })
      .named(a.name() + " + " + b.name());
}

}  // namespace glow
