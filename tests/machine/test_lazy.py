"""Modules, and names of packages, that are imported when they are first used."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import mlpstudy
from mlpstudy.machine.lazy import Lazy

PACKAGE = Path(mlpstudy.__file__).parent
USING = sorted(path for path in PACKAGE.rglob("*.py") if " = Lazy(" in path.read_text(encoding="utf-8"))
OFFERING = sorted(path for path in PACKAGE.rglob("__init__.py") if " = offered(" in path.read_text(encoding="utf-8"))


def _checked(part: ast.stmt) -> set[tuple[str, str]]:
    """Return the modules that a statement imports for mypy, each by its name there."""
    if not isinstance(part, ast.ImportFrom):
        return set()
    names = {(one.asname or one.name, f"{part.module}.{one.name}") for one in part.names}
    return {(name, whole) for name, whole in names if isinstance(_imported(whole), ModuleType)}


def _checked_whole(part: ast.stmt) -> set[tuple[str, str]]:
    """Return the same of ``import numpy as np``, which may be there for the types alone."""
    return {(one.asname or one.name, one.name) for one in part.names} if isinstance(part, ast.Import) else set()


def _imported(whole: str) -> object:
    parent, _, name = whole.rpartition(".")
    try:
        return import_module(whole)
    except ModuleNotFoundError:
        return getattr(import_module(parent), name)


def _branch(path: Path) -> ast.If:
    """Return the ``if TYPE_CHECKING`` of a file."""
    (branch,) = (
        part
        for part in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(part, ast.If) and ast.unparse(part.test) == "TYPE_CHECKING"
    )
    return branch


@pytest.mark.parametrize("path", USING, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_what_is_lazy_is_what_mypy_checks(path: Path) -> None:
    """Where types are checked, the same modules are imported under the same names."""
    branch = _branch(path)
    lazy = {
        (ast.unparse(part.targets[0]), ast.literal_eval(part.value.args[0]))
        for part in branch.orelse
        if isinstance(part, ast.Assign) and isinstance(part.value, ast.Call)
    }
    assert lazy
    checked = set().union(*map(_checked, branch.body))
    assert checked <= lazy <= checked.union(*map(_checked_whole, branch.body))


@pytest.mark.parametrize("path", OFFERING, ids=lambda path: str(path.parent.relative_to(PACKAGE.parent)))
def test_what_a_package_offers_is_there_and_is_what_mypy_checks(path: Path) -> None:
    """Every public name is that which is imported where types are checked, and no other name is found."""
    package = import_module(".".join(path.parent.relative_to(PACKAGE.parent).parts))
    checked = {
        one.asname or one.name: getattr(import_module(str(part.module)), one.name)
        for part in _branch(path).body
        if isinstance(part, ast.ImportFrom)
        for one in part.names
    }
    assert checked.keys() == set(dir(package)) == set(package.__all__)
    assert all(getattr(package, name) is checked[name] for name in checked)
    with pytest.raises(AttributeError, match=f"module '{package.__name__}' has no attribute 'nothing'"):
        package.nothing  # noqa: B018  # asking is the point


BY_TEXT = {"machine/lazy.py", "engine/registry.py", "engine/torch/engine.py", "cli/app.py"}
"""Where a module's name is a text, which the contracts of layers do not see: what is lazy stands under
``TYPE_CHECKING`` as well, the others name engines in the engine, and commands in the command line."""


def test_nothing_else_is_imported_by_a_text() -> None:
    """No other module imports one in a way that the contracts of layers are blind to."""
    asking = {"import_module", "__import__", "find_loader", "run_module", "resolve_name"}
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in asking
    }
    assert found == BY_TEXT


def test_a_name_that_is_not_there_is_an_error_of_its_module() -> None:
    """Asking for what a module does not have says which module."""
    with pytest.raises(AttributeError, match="module 'fractions' has no attribute 'Third'"):
        Lazy("fractions").Third  # noqa: B018  # asking is the point


def test_opening_a_study_loads_nothing_heavy() -> None:
    """Whoever imports the results, or the two functions of the package, waits for no library of tables or figures."""
    code = "import sys, mlpstudy.api, mlpstudy.results; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"altair", "polars", "scipy", "PIL", "mlpstudy.engine", "mlpstudy.datasets"}
    assert not heavy & set(done.stdout.split())


STUDY = """
name = "a"
data = "mnist"
baselines = ["majority class"]
[factors.width.8]
hidden = [8]
[judging]
metric = "log loss"
"""


def test_a_study_can_be_made_without_numpy() -> None:
    """What declares a study computes nothing, and has whoever only declares one wait for nothing that does."""
    code = f"import sys; from mlpstudy.study import parse_study; parse_study({STUDY!r}).identity(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"numpy", "scipy"} & set(done.stdout.split())


def test_mnist_loads_without_the_libraries_of_tables_sparse_rows_and_pictures() -> None:
    """A study of a named set of images waits for none of them."""
    code = "import sys; from mlpstudy.datasets import load; from mlpstudy.study import Data"
    code += "; load(Data(name='mnist', train_examples=100), 0); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"polars", "scipy", "PIL", "sklearn", "pooch"} & set(done.stdout.split())
