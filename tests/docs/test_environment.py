"""docs/usage.md has every environment variable that the program reads or sets, and no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from docs.pages import PAGES, ROOT, first_marks, marks, page, section

SOURCE = ROOT / "src" / "mlpstudy"
NAME = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")


def of_python(path: Path) -> Iterator[str]:
    """Yield what looks like a variable in the bodies of functions that use the environment.

    A function may have its name from a constant of its module, so that all constants of such a module count.
    """
    text = path.read_text(encoding="utf-8")
    if re.search(r"\b(?:environ|getenv|putenv|setenv)\b", text) is None:
        return
    tree = ast.parse(text)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    using = [node for node in functions if "environ" in ast.unparse(node) or "getenv" in ast.unparse(node)]
    constants = [node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)]
    for place in (*(statement for node in using for statement in node.body), *constants):
        for node in ast.walk(place):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAME.fullmatch(node.value):
                yield node.value


def of_kernels(path: Path) -> Iterator[str]:
    """Yield the variables that C++ reads."""
    yield from re.findall(r'getenv\("(\w+)"\)', path.read_text(encoding="utf-8"))


def test_environment_variables() -> None:
    """The table has what the sources use: a variable that is added is written down, one that goes is struck out."""
    used = {name for path in SOURCE.rglob("*.py") for name in of_python(path)}
    used |= {name for path in (ROOT / "kernels").rglob("*.cpp") for name in of_kernels(path)}
    assert {"MLPSTUDY_CACHE", "MLPSTUDY_INSTRUCTION_SET"} <= used
    assert sorted(first_marks(section(page("usage.md"), "Environment variables"))) == sorted(used)


def test_no_page_names_a_variable_of_ours_that_there_is_not() -> None:
    """A page that names one of the package's variables names one of the table."""
    ours = {name for name in first_marks(section(page("usage.md"), "Environment variables")) if "MLPSTUDY" in name}
    for path in [*PAGES, ROOT / "SECURITY.md"]:
        named = {mark.split("=")[0] for mark in marks(path.read_text(encoding="utf-8")) if mark.startswith("MLPSTUDY_")}
        assert named <= ours, path.name


def test_variables_of_the_tests() -> None:
    """CONTRIBUTING.md names every variable that the tests heed, and no other."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py")]
    heeded = {name for text in texts for name in re.findall(r'environ(?:\.get\(|\[)"(MLPSTUDY_TEST_\w+)"', text)}
    written = set(re.findall(r"MLPSTUDY_TEST_\w+", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))
    assert written == heeded
