#!/usr/bin/env python3
"""Writes type stubs of the modules of the Python package whose names come from the engine.

    make_stubs.py OUT [--module-dir DIR]

OUT is a folder of the package: `OUT/layers.pyi` and so on. DIR is where the compiled module `_core`
lies. What is written by hand in these modules is read from their source, and keeps its types; what
the engine names has the types of its options.
"""

import argparse
import ast
import importlib.machinery
import importlib.util
import re
import runpy
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "python" / "glow"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--module-dir", default=".")
    arguments = parser.parse_args()
    core = load_core(arguments.module_dir)
    for name, text in stubs(core).items():
        path = arguments.out / f"{name}.pyi"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def load_core(folder: str):
    """The compiled module by itself. Not from sys.path: the package's folder has a `datasets`, …"""
    import torch  # noqa: F401  whose libraries the engine needs

    spec = importlib.machinery.PathFinder.find_spec("_core", [folder])
    if spec is None:
        sys.exit(f"make_stubs.py: no module _core in {folder}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def stubs(core) -> dict[str, str]:
    """{name of a module: text of its stub}."""
    estimators = core.estimators()
    classes = [class_name(name) for name, _, _ in estimators]
    again = ", ".join(f"{name} as {name}" for name in classes)
    made = {
        "information/__init__": [
            "from glow._arrays import ArrayLike",
            "from glow.information._estimators import _BuiltIn",
            *(estimator_class(name, fields) for name, _, fields in estimators),
            *(estimator_function(core, name, fields) for name, _, fields in estimators),
        ],
        "information_bottleneck/__init__": [],
        "information_bottleneck/estimator": [f"from glow.information import {again}"],
        "layers": [layer_class(core, name, fields) for name, _, fields in core.layers()],
        "optimizers": [optimizer_class(name, fields) for name, _, fields in core.optimizers()],
        "losses": [
            f"def {name}(y_pred: torch.Tensor, y_true: torch.Tensor) -> torch.Tensor: ..."
            for name, _, _ in core.losses()
        ],
        "metrics": [
            f"def {name}(y_true: torch.Tensor, y_pred: torch.Tensor) -> float: ..."
            for name, _, _ in core.metrics()
        ],
        "activations": [activation_function(name) for name in core.activation_names()],
    }
    return {name: module(name, lines) for name, lines in made.items()} | {"_core": compiled(core)}


# What the engine names

described = runpy.run_path(str(PACKAGE / "_described.py"))


def parameter(field, of: str, required: bool = False) -> str:
    """``sigma_x: float | Literal['median'] | None = None``."""
    name, default, _ = field
    kind = described["annotation"](field, of)
    if required:
        return f"{name}: {kind}"
    return f"{name}: {kind}{' | None' if default is None else ''} = {default!r}"


def class_name(name: str) -> str:
    acronyms = constant("information/_estimators", "_ACRONYMS")
    return "".join(p.upper() if p in acronyms else p.capitalize() for p in name.split("_"))


def estimator_class(name: str, fields) -> str:
    options = [parameter(field, name) for field in fields]
    return class_with(class_name(name), "_BuiltIn", [*options, "*", "gpu: bool = False"])


def estimator_function(core, name: str, fields) -> str:
    if name == "multi_information":
        return ""  # of any number of variables, by hand
    unit = [described["UNIT"]] if core.make_estimator(name).unit == "nats" else []
    options = [parameter(field, name) for field in [*fields, *unit]]
    given = ["x: ArrayLike", "y: ArrayLike", *(["*", *options] if options else [])]
    return f"def {name}({', '.join(given)}) -> Estimate: ..."


def layer_class(core, name: str, fields) -> str:
    try:
        core.make_layer(name, {})
        required = []
    except ValueError:
        required = [field[0] for field in fields if field[1] is None]
    activations = f"Literal[{', '.join(map(repr, core.activation_names()))}]"
    texts = {field[0]: parameter(field, name, field[0] in required) for field in fields}
    if "activation" in texts:
        texts["activation"] = texts["activation"].replace("str", activations)
    by_place = constant("layers", "_BY_PLACE").get(name) or list(texts)
    places = [texts.pop(option) for option in by_place]
    return class_with(name, "BuiltInLayer", [*places, *(["*", *texts.values()] if texts else [])])


def optimizer_class(name: str, fields) -> str:
    return class_with(name, "Optimizer", [parameter(field, name) for field in fields])


def class_with(name: str, base: str, parameters) -> str:
    given = ", ".join(["self", *parameters])
    return f"class {name}({base}):\n    def __init__({given}) -> None: ..."


def activation_function(name: str) -> str:
    options = "dim: int = 1" if name.endswith("softmax") else "/, **options: Any"
    return f"def {name}(x: torch.Tensor, {options}) -> torch.Tensor: ..."


# What is written by hand


def parsed(name: str) -> ast.Module:
    return ast.parse((PACKAGE / f"{name}.py").read_text(encoding="utf-8"))


def constant(module: str, name: str):
    """The value of an assignment in a module."""
    for node in parsed(module).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return eval(compile(ast.Expression(node.value), module, "eval"))
    raise LookupError(f"{module} assigns no {name}")


def module(name: str, made: list[str]) -> str:
    """A module without its bodies, and with what the engine names."""
    lines = ["from collections.abc import Sequence", "from typing import Any, Literal"]
    lines.append("import torch")
    for node in parsed(name).body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            lines.append(imported(node))
        elif isinstance(node, ast.FunctionDef) and is_public(node.name):
            lines.append(ast.unparse(without_body(node)))
        elif isinstance(node, ast.ClassDef) and is_public(node.name):
            lines.append(ast.unparse(class_without_bodies(node)))
        elif isinstance(node, ast.Assign):
            lines += assigned(node)
    return tidied("\n".join([*lines, *made]))


def is_public(name: str) -> bool:
    return not name.startswith("_")


def imported(node: ast.Import | ast.ImportFrom) -> str:
    if isinstance(node, ast.ImportFrom) and node.module.startswith("glow"):
        for alias in node.names:  # our own names are given on
            if alias.asname is None and is_public(alias.name) and alias.name != "*":
                alias.asname = alias.name
    return ast.unparse(node)


def assigned(node: ast.Assign) -> list[str]:
    target, value = ast.unparse(node.targets[0]), node.value
    if isinstance(value, ast.Subscript) and ast.unparse(value.value) in ("_classes", "_functions"):
        return [f"{target} = {ast.literal_eval(value.slice)}"]
    written_out = isinstance(value, ast.List) and all(
        isinstance(e, ast.Constant) for e in value.elts
    )
    return [ast.unparse(node)] * (is_public(target) or (target == "__all__" and written_out))


def without_body(node: ast.FunctionDef) -> ast.FunctionDef:
    kept = {"property", "classmethod", "staticmethod"}
    node.decorator_list = [d for d in node.decorator_list if ast.unparse(d) in kept]
    places = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    for argument in filter(None, [*places, node.args.vararg, node.args.kwarg]):
        if argument.arg not in ("self", "cls"):
            argument.annotation = whole(argument.annotation, "Any")
    node.returns = whole(node.returns, "None" if node.name == "__init__" else "Any")
    node.body = [ast.Expr(ast.Constant(...))]
    return node


def whole(annotation: ast.expr | None, missing: str) -> ast.expr:
    """An annotation where there is none, and what containers hold where that is not said."""
    text = filled(ast.unparse(annotation)) if annotation else missing
    return ast.parse(text, mode="eval").body


def filled(text: str) -> str:
    for kind, items in (("list", "Any"), ("dict", "Any, Any"), ("tuple", "Any, ...")):
        text = re.sub(rf"\b{kind}\b(?![\[(])", f"{kind}[{items}]", text)
    return text


def class_without_bodies(node: ast.ClassDef) -> ast.ClassDef:
    body: list[ast.stmt] = []
    for part in node.body:
        if isinstance(part, ast.FunctionDef) and (is_public(part.name) or part.name[-2:] == "__"):
            body += attributes(part)
            body.append(without_body(part))
        elif isinstance(part, ast.AnnAssign) and is_public(ast.unparse(part.target)):
            part.annotation, part.value = whole(part.annotation, ""), None
            body.append(part)
    node.body = body or [ast.Expr(ast.Constant(...))]
    return node


def attributes(method: ast.FunctionDef) -> list[ast.stmt]:
    """What a constructor assigns: ``self.config = …``."""
    if method.name != "__init__":
        return []
    targets = [t for n in ast.walk(method) if isinstance(n, ast.Assign) for t in n.targets]
    names = [t.attr for t in targets if ast.unparse(t).startswith("self.") and is_public(t.attr)]
    return ast.parse("\n".join(f"{name}: Any" for name in dict.fromkeys(names))).body


def tidied(text: str) -> str:
    """Without imports that nothing needs, or that are there twice."""
    tree = ast.parse(text)
    needed = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} | {"*"}
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = {a.asname or a.name: a for a in node.names}
            node.names = [a for n, a in names.items() if n in needed or a.asname == a.name]
            needed -= set(names) - {"*"}
    tree.body = [node for node in tree.body if getattr(node, "names", True)]
    return ast.unparse(tree) + "\n"


# The compiled module, from the signatures that pybind11 writes

SPECIAL = ("__init__", "__call__", "__len__", "__iter__", "__next__")


def compiled(core) -> str:
    lines = ["import builtins, collections.abc, typing", "from typing import Any", "import torch"]
    lines.append("__version__: str")
    for name, value in vars(core).items():
        if not is_public(name):
            continue
        if isinstance(value, type):
            lines.append(compiled_class(core, name, value))
        elif callable(value):
            lines += signatures(core, name, value)
        else:
            lines.append(f"{name}: {filled(type(value).__name__)}")
    return ast.unparse(ast.parse("\n".join(lines))) + "\n"


def compiled_class(core, name: str, value: type) -> str:
    ours = [b.__name__ for b in value.__bases__ if getattr(core, b.__name__, None) is b]
    builtin = [f"builtins.{b.__name__}" for b in value.__bases__ if b.__module__ == "builtins"]
    lines = []
    for key, member in vars(value).items():
        if not is_public(key) and key not in SPECIAL:
            continue
        if isinstance(member, property):
            kind = in_python(core, member.fget.__doc__.rpartition("->")[2])
            lines += ["@property", f"def {key}(self) -> {kind}: ..."]
            lines += [f"@{key}.setter", f"def {key}(self, value: {kind}) -> None: ..."] * (
                member.fset is not None
            )
        elif key == "__init__" and "->" not in str(value.__init__.__doc__):
            pass  # none can be made by a program
        elif callable(member) or isinstance(member, staticmethod):
            lines += ["@staticmethod"] * isinstance(member, staticmethod)
            lines += signatures(core, key, getattr(value, key))
    body = "".join(f"\n    {line}" for line in lines) or " ..."
    return f"class {name}({', '.join(ours + builtin)}):{body}"


def signatures(core, name: str, function) -> list[str]:
    """The first line of its docstring; where there are overloads, what all of them are."""
    line = (function.__doc__ or "").partition("\n")[0]
    if "->" not in line or "*args" in line:
        line = f"{name}(*args: Any, **kwargs: Any) -> Any"
    return [f"def {in_python(core, line)}: ..."]


def in_python(core, text: str) -> str:
    text = text.strip().replace(f"{core.__name__}.", "")
    for kind, plain in (("SupportsInt", "int"), ("SupportsFloat", "float")):
        text = text.replace(f"typing.{kind} | typing.SupportsIndex", plain)
    return filled(re.sub(r"\bobject\b", "Any", text))


if __name__ == "__main__":
    main()
