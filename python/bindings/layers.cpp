#include <ATen/ATen.h>

#include "glow/layers/activations.h"
#include "glow/layers/recorder.h"
#include "glow/layers/registry.h"
#include "python/bindings/engine.h"

namespace glow::python {
namespace {

/// A torch.nn.Module of Python as a layer. Parameters and buffers are those of the module: what
/// trains here trains there. `make(input_shape, device, seed)` gives the output's shape.
class ModuleLayer : public Layer {
 public:
  ModuleLayer(py::object module, py::object make, std::string type, bool amends, bool random)
      : module_(std::move(module)),
        make_(std::move(make)),
        type_(std::move(type)),
        amends_(amends),
        random_(random) {}

  std::string type() const override { return type_; }
  bool amends() const override { return amends_; }

  void train(bool on = true) override {
    Layer::train(on);
    const py::gil_scoped_acquire gil;
    try {
      module_->attr("train")(on);
    } catch (py::error_already_set& error) {
      if (!error.matches(PyExc_KeyboardInterrupt)) throw;
      module_->attr("train")(on);  // no module is left half way between its modes
      PyErr_SetInterrupt();        // the loop asks for signals after the batch
    }
  }

 protected:
  Shape build(const BuildContext& context) override {
    const py::gil_scoped_acquire gil;
    py::tuple input(context.input.size());
    for (size_t i = 0; i < context.input.size(); ++i) input[i] = context.input[i];
    const auto shape =
        (*make_)(input, context.device.str(), context.initial("module").current_seed() >> 1)
            .cast<Shape>();
    for (const auto item : module_->attr("named_parameters")()) {
      const auto [name, tensor] = item.cast<std::pair<std::string, Tensor>>();
      auto [owner, leaf] = place(name);
      owner->register_parameter(leaf, tensor, tensor.requires_grad());
    }
    for (const auto item : module_->attr("named_buffers")()) {
      const auto [name, tensor] = item.cast<std::pair<std::string, Tensor>>();
      auto [owner, leaf] = place(name);
      owner->register_buffer(leaf, tensor);
    }
    return shape;
  }

  Tensor forward(const Tensor& x) override {
    if (random_ && is_training()) Recorder::note_random();
    const py::gil_scoped_acquire gil;
    return (*module_)(x).cast<Tensor>();
  }

 private:
  // Where `block.0.weight` belongs: dots are modules inside modules.
  std::pair<torch::nn::Module*, std::string> place(const std::string& name) {
    torch::nn::Module* owner = this;
    size_t begin = 0;
    for (size_t dot; (dot = name.find('.', begin)) != std::string::npos; begin = dot + 1) {
      const std::string child = name.substr(begin, dot - begin);
      const auto children = owner->named_children();
      auto* found = children.find(child);
      owner = found
                  ? found->get()
                  : owner->register_module(child, std::make_shared<torch::nn::Module>(child)).get();
    }
    return {owner, name.substr(begin)};
  }

  Held module_, make_;
  std::string type_;
  bool amends_, random_;
};

}  // namespace

void bind_layers(py::module_& m) {
  py::class_<Layer, LayerPtr>(m, "Layer")
      .def_property_readonly("name", &Layer::label)
      .def_property_readonly("type", &Layer::type)
      .def_property_readonly("built", &Layer::built)
      .def_property_readonly("has_parameters", &Layer::has_parameters)
      .def_property_readonly("output_shape",
                             [](const Layer& l) {
                               py::tuple out(l.output_shape().size());
                               for (size_t i = 0; i < out.size(); ++i) out[i] = l.output_shape()[i];
                               return out;
                             })
      .def("parameters",
           [](const Layer& l) {
             std::vector<std::pair<std::string, Tensor>> out;
             for (const auto& item : l.named_parameters())
               out.emplace_back(item.key(), item.value());
             return out;
           })
      .def("__call__", [](Layer& l, const Tensor& x) {
        const py::gil_scoped_release release;
        return l(x);
      });
  m.def("layers", [] { return describe_registry(layers()); });
  m.def("activation_names", &activation_names);
  m.def("make_layer", [](const std::string& name, const py::dict& options) {
    return layers().make(name, to_table(options));
  });
  m.def("make_module_layer",
        [](py::object module, py::object make, std::string type, bool amends, bool random) {
          return LayerPtr(std::make_shared<ModuleLayer>(std::move(module), std::move(make),
                                                        std::move(type), amends, random));
        });
}

}  // namespace glow::python
