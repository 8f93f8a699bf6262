"""A network of layers as an equivalent torch.nn.Sequential."""

import copy
from collections import OrderedDict

from torch import nn

from glow.layers import BuiltInLayer

_ACTIVATIONS = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "softplus": nn.Softplus,
    "softmax": lambda: nn.Softmax(dim=1),
    "log_softmax": lambda: nn.LogSoftmax(dim=1),
}


def to_torch(model) -> nn.Sequential:
    """Modules under the names of the layers, so that state dicts fit both; activations follow as
    ``dense_1_activation``."""
    parts: OrderedDict[str, nn.Module] = OrderedDict()
    shape = model.input_shape
    for kept, engine in model._layers:
        if isinstance(kept, BuiltInLayer):
            module, activation = _module(kept, shape)
        else:
            module, activation = copy.deepcopy(kept.module), "linear"
        parts[engine.name] = module
        if activation != "linear":
            parts[f"{engine.name}_activation"] = _activation(activation, kept._type)
        shape = engine.output_shape
    out = nn.Sequential(parts)
    state = {name: tensor.cpu() for name, tensor in model.state_dict().items()}
    missing, unknown = out.load_state_dict(state, strict=False)
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    if missing or unknown:
        raise RuntimeError(f"torch's modules want {missing}, and do not know {unknown}")
    return out.to(model.device)


def _activation(name: str, of: str) -> nn.Module:
    if of == "Dense" and name in ("softmax", "log_softmax"):
        return {"softmax": nn.Softmax, "log_softmax": nn.LogSoftmax}[name](dim=-1)
    return _ACTIVATIONS[name]()


def _module(layer: BuiltInLayer, shape: tuple) -> tuple[nn.Module, str]:
    """torch's module for a layer on inputs of `shape`, and the activation that follows it."""
    kind, config = layer._type, dict(layer.config)
    activation = config.pop("activation", "linear")
    for name in ("kernel_initializer", "bias_initializer"):
        config.pop(name, None)
    bias = config.pop("use_bias", True)
    if kind == "Dense":
        return nn.Linear(shape[-1], config["units"], bias), activation
    if kind.startswith("Conv"):
        filters, size = config.pop("filters"), config.pop("kernel_size")
        return getattr(nn, kind)(shape[0], filters, size, bias=bias, **config), activation
    if kind.startswith(("MaxPool", "AvgPool")):
        size = config.pop("pool_size")
        return getattr(nn, kind)(size, config.pop("stride", None) or size, **config), "linear"
    if kind.startswith("BatchNorm"):
        return getattr(nn, kind)(shape[0], **config), "linear"
    if kind == "LayerNorm":
        last = config.pop("dimensions", None) or len(shape)
        affine = config.pop("affine", True)
        return nn.LayerNorm(shape[-last:], elementwise_affine=affine, **config), "linear"
    if kind == "Dropout":
        return nn.Dropout(config["rate"]), "linear"
    if kind == "Flatten":
        return nn.Flatten(), "linear"
    if kind == "Activation":
        return _activation(activation, kind) if activation != "linear" else nn.Identity(), "linear"
    raise NotImplementedError(f"to_torch: torch has no module like {kind}")


__all__ = ["to_torch"]
