"""Every example in a docstring of the package runs and gives what it says."""

import doctest
import importlib
import inspect
import pkgutil

import pytest

import glow

# What the engine names is put into its modules as these are imported: a doctest finder, which looks
# for what a module defines, would miss it. So everything that glow made is looked at.
_OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def modules():
    """All of the package, but for integrations whose framework is missing."""
    yield glow
    for found in pkgutil.walk_packages(glow.__path__, "glow."):
        if found.name in ("glow.__main__", "glow._core"):
            continue
        try:
            yield importlib.import_module(found.name)
        except ImportError as error:
            if not found.name.startswith("glow.integrations"):
                raise
            print(f"{found.name} is not tested: {error}")


def collect():
    """{name: docstring with examples} of modules, functions, classes and their members."""
    seen, out = set(), {}

    def look(name, thing):
        if id(thing) in seen:
            return
        seen.add(id(thing))
        doc = inspect.getdoc(thing) if isinstance(thing, type) else getattr(thing, "__doc__", None)
        if isinstance(doc, str) and ">>>" in doc:
            out[name] = doc
        if isinstance(thing, type):
            for key, member in vars(thing).items():
                if callable(member) or isinstance(member, (property, classmethod, staticmethod)):
                    look(f"{name}.{key}", member)

    for module in modules():
        look(module.__name__, module)
        for key, thing in vars(module).items():
            made_here = str(getattr(thing, "__module__", "")).split(".")[0] == "glow"
            if made_here and (inspect.isclass(thing) or inspect.isroutine(thing)):
                home = thing.__module__
                look(f"{home}.{getattr(thing, '__qualname__', key)}", thing)
    return out


EXAMPLES = collect()


@pytest.mark.parametrize("name", EXAMPLES)
def test_example(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # what an example writes
    test = doctest.DocTestParser().get_doctest(EXAMPLES[name], {}, name, None, None)
    report = []
    runner = doctest.DocTestRunner(optionflags=_OPTIONS, verbose=False)
    runner.run(test, out=report.append)
    assert test.examples
    assert runner.failures == 0, "".join(report)


def test_all_that_the_engine_names_is_run():
    estimators = [name for name, _, _ in glow._core.estimators()]
    for name in estimators:
        assert f"glow.information.{name}" in EXAMPLES
        assert f"glow.information.{glow.information.class_name(name)}" in EXAMPLES
    assert len(EXAMPLES) > 2 * len(estimators)


def test_a_wrong_example_would_be_found():
    test = doctest.DocTestParser().get_doctest(">>> 1 + 1\n3\n", {}, "wrong", None, None)
    assert doctest.DocTestRunner(verbose=False).run(test, out=lambda _: None).failed == 1
