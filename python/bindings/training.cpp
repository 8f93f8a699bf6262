#include "python/bindings/training.h"

#include <ATen/ATen.h>

#include <chrono>

#include "glow/training/callbacks.h"
#include "glow/training/optimizers.h"

namespace glow::python {
namespace {

/// Hooks of a Python object, those that it has: the others cost a step nothing.
class PythonCallback : public Callback {
 public:
  PythonCallback(py::object object, const std::vector<std::string>& hooks)
      : object_(std::move(object)) {
    const auto has = [&](const char* name) {
      return std::find(hooks.begin(), hooks.end(), name) != hooks.end();
    };
    train_batch_end_ = has("on_train_batch_end");
    test_batch_end_ = has("on_test_batch_end");
    epoch_begin_ = has("on_epoch_begin");
    epoch_end_ = has("on_epoch_end");
    train_begin_ = has("on_train_begin");
    train_end_ = has("on_train_end");
    test_begin_ = has("on_test_begin");
  }

  void on_train_begin(Training& training) override {
    const py::gil_scoped_acquire gil;
    object_->attr("set_params")(training.epochs, training.batches);
    if (train_begin_) object_->attr("on_train_begin")(py::none());
    obey(training);
  }
  void on_epoch_begin(Training& training) override {
    if (!epoch_begin_) return;
    const py::gil_scoped_acquire gil;
    object_->attr("on_epoch_begin")(training.epoch - 1, py::none());
    obey(training);
  }
  void on_train_batch_end(Training& training, const Step& step) override {
    if (!train_batch_end_) return;
    const py::gil_scoped_acquire gil;
    object_->attr("on_train_batch_end")(step.batch, to_dict(step.logs));
    obey(training);
  }
  void on_test_begin(Training& training, int64_t) override {
    if (!test_begin_) return;
    const py::gil_scoped_acquire gil;
    object_->attr("on_test_begin")(py::none());
    obey(training);
  }
  void on_test_batch_end(Training& training, int64_t batch) override {
    if (!test_batch_end_) return;
    const py::gil_scoped_acquire gil;
    object_->attr("on_test_batch_end")(batch, py::none());
    obey(training);
  }
  void on_epoch_end(Training& training, Logs& logs) override {
    if (!epoch_end_) return;
    const py::gil_scoped_acquire gil;
    py::dict numbers = to_dict(logs);
    object_->attr("on_epoch_end")(training.epoch - 1, numbers);
    for (const auto& [name, value] : numbers) {  // what the callback has added
      const auto key = name.cast<std::string>();
      const auto known =
          std::find_if(logs.begin(), logs.end(), [&](const auto& log) { return log.first == key; });
      if (known != logs.end()) continue;
      if (!py::hasattr(value, "__float__")) {
        throw py::type_error(fmt::format("logs['{}'] is a number, not {}", key,
                                         py::repr(value).cast<std::string>()));
      }
      logs.emplace_back(key, py::float_(py::reinterpret_borrow<py::object>(value)));
    }
    obey(training);
  }
  void on_train_end(Training&) override {
    if (!train_end_) return;
    const py::gil_scoped_acquire gil;
    object_->attr("on_train_end")(py::none());
  }

 private:
  void obey(Training& training) {
    const py::object stop = object_->attr("stop_requested")();
    if (!stop.is_none()) {
      training.stop = true;
      training.why = stop.cast<std::string>();
    }
  }

  Held object_;
  bool train_begin_, train_end_, epoch_begin_, epoch_end_, train_batch_end_, test_begin_,
      test_batch_end_;
};

/// A progress bar a loop, drawn by Python at most ten times a second.
class PythonProgress : public Callback {
 public:
  explicit PythonProgress(py::object bars) : bars_(std::move(bars)) {}

  void on_epoch_begin(Training& training) override {
    say("epoch", training.epoch, training.epochs, training.batches);
  }
  void on_train_batch_end(Training&, const Step& step) override {
    logs_ = step.logs;
    done_ = step.batch + 1;
    advance();
  }
  void on_test_begin(Training&, int64_t batches) override {
    end_of_training_loop();
    say("validation", batches);
  }
  void on_test_batch_end(Training&, int64_t batch) override {
    done_ = batch + 1;
    advance();
  }
  void on_epoch_end(Training&, Logs& logs) override {
    end_of_training_loop();
    const py::gil_scoped_acquire gil;
    bars_->attr("epoch_end")(done_, to_dict(logs));
  }
  void on_train_end(Training&) override { say("close"); }

 private:
  using Clock = std::chrono::steady_clock;

  template <class... A>
  void say(const char* what, A... arguments) {
    const py::gil_scoped_acquire gil;
    bars_->attr(what)(arguments...);
  }
  void advance() {
    const auto now = Clock::now();
    if (now < due_) return;
    due_ = now + std::chrono::milliseconds(100);
    say("advance", done_);
  }
  void end_of_training_loop() {
    if (logs_.empty()) return;
    const py::gil_scoped_acquire gil;
    bars_->attr("training_end")(done_, to_dict(logs_));
    logs_.clear();
  }

  Held bars_;
  Logs logs_;
  int64_t done_ = 0;
  Clock::time_point due_;
};

}  // namespace

py::dict to_dict(const Logs& logs) {
  py::dict out;
  for (const auto& [name, value] : logs) out[py::str(name)] = value;
  return out;
}

Loss to_loss(const py::object& given) {
  if (py::isinstance<py::str>(given)) return Loss(given.cast<std::string>());
  const auto parts = given.cast<py::tuple>();
  const Held f(parts[2]);
  if (parts[0].cast<std::string>() == "segment") {
    return Loss([f](const Segment& segment) {
             const py::gil_scoped_acquire gil;
             return (*f)(segment).cast<Tensor>();
           })
        .named(parts[1].cast<std::string>());
  }
  return Loss([f](const Tensor& prediction, const Tensor& target) {
           const py::gil_scoped_acquire gil;
           return (*f)(prediction, target).cast<Tensor>();
         })
      .named(parts[1].cast<std::string>());
}

Metric to_metric(const py::object& given) {
  if (py::isinstance<py::str>(given)) return Metric(given.cast<std::string>());
  const auto parts = given.cast<py::tuple>();
  return Metric(parts[0].cast<std::string>(),
                [f = Held(parts[1])](const Tensor& prediction, const Tensor& target) {
                  const py::gil_scoped_acquire gil;
                  const py::object value = (*f)(target, prediction);
                  if (!THPVariable_Check(value.ptr())) {
                    return at::full({prediction.size(0)}, py::float_(value).cast<double>());
                  }
                  const Tensor tensor = value.cast<Tensor>();
                  return tensor.dim() == 0 ? tensor.expand({prediction.size(0)}) : tensor;
                });
}

void bind_training(py::module_& m) {
  py::class_<Callback, CallbackPtr>(m, "Callback");
  m.def("make_callback", [](py::object object, const std::vector<std::string>& hooks) {
    return CallbackPtr(std::make_shared<PythonCallback>(std::move(object), hooks));
  });
  m.def("make_progress", [](py::object bars) {
    return CallbackPtr(std::make_shared<PythonProgress>(std::move(bars)));
  });
  m.def("early_stopping", [](const std::string& monitor, double min_delta, int64_t patience,
                             const std::string& mode, bool restore_best_weights) {
    return CallbackPtr(std::make_shared<EarlyStopping>(
        EarlyStoppingOptions{monitor, min_delta, patience, mode, restore_best_weights}));
  });
  m.def("model_checkpoint", [](const std::string& path, const std::string& monitor,
                               bool save_best_only, const std::string& mode) {
    return CallbackPtr(std::make_shared<ModelCheckpoint>(
        path, ModelCheckpointOptions{monitor, save_best_only, mode}));
  });
  m.def("csv_logger",
        [](const std::string& path) { return CallbackPtr(std::make_shared<CSVLogger>(path)); });
  m.def("terminate_on_nan", [] { return CallbackPtr(std::make_shared<TerminateOnNaN>()); });
  m.def("check_optimizer", [](const std::string& name, const py::dict& options) {
    optimizers().make(name, to_table(options));
  });
  m.def("optimizers", [] { return describe_registry(optimizers()); });
  m.def("losses", [] { return describe_registry(losses()); });
  m.def("metrics", [] { return describe_registry(metrics()); });
  // A built-in loss of a prediction, which is taken for logits where that is what the loss needs.
  m.def("loss_value", [](const std::string& name, const Tensor& prediction, const Tensor& target) {
    Forward forward;
    forward.prediction = prediction;
    forward.segment.y = target;
    const py::gil_scoped_release release;
    return Loss(name)(forward);
  });
  m.def("metric_value",
        [](const std::string& name, const Tensor& prediction, const Tensor& target) {
          Forward forward;
          forward.prediction = prediction;
          forward.segment.y = target;
          return Metric(name)(forward).mean();
        });
}

}  // namespace glow::python
