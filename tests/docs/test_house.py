"""The pages that say where things are: every room has its line, in the order that import-linter enforces."""

from __future__ import annotations

import re
import tomllib

import pytest

from docs.pages import ROOT, marks, page

PACKAGE = ROOT / "src" / "mlpstudy"
ROOMS = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
TREE = re.findall(r"^  (\w+)(?:/|\.py) ", page("architecture.md"), re.MULTILINE)
"""The rooms as architecture.md lists them."""


def contract(start: str) -> list[list[str]]:
    """Return the layers of a contract of import-linter, the highest first."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (found,) = (one for one in contracts if one["name"].startswith(start))
    return [re.findall(r"\w+", line) for line in found["layers"]]


def test_every_room_has_a_line() -> None:
    """Rooms and loose files of the package stand in the tree, and nothing else does."""
    assert sorted(TREE) == sorted(ROOMS - {"__init__", "__main__"})


def test_the_tree_has_the_order_of_the_layers() -> None:
    """The tree is drawn from the ground up: no room stands above one that it may import."""
    floor = {name: -i for i, names in enumerate(contract("layers: a module")) for name in names}
    assert [floor[name] for name in TREE] == sorted(floor.values())


PLACES = (ROOT, PACKAGE, ROOT / "tests", ROOT / "kernels")
BARE = {path.name for place in PLACES[1:] for path in place.rglob("*") if path.suffix != ".pyc"}
PATH = re.compile(r"[\w./-]+(?:\.(?:py|h|cpp|md|toml|jsonc?|txt)|/)")


@pytest.mark.parametrize("name", ["docs/architecture.md", "docs/where-does-my-change-go.md", "CONTRIBUTING.md"])
def test_paths_of_the_house_are_there(name: str) -> None:
    """A file or folder in code marks lies in the project, in the package, in the tests or in the kernels."""
    named = {mark for mark in marks((ROOT / name).read_text(encoding="utf-8")) if PATH.fullmatch(mark)}
    assert len(named) > 3
    missing = {mark for mark in named if not any((place / mark).exists() for place in PLACES)}
    assert {mark for mark in missing if "/" in mark or mark not in BARE} == set()


WITHIN = [path.parent.relative_to(PACKAGE).as_posix() for path in sorted(PACKAGE.glob("*/*/__init__.py"))]


@pytest.mark.parametrize("room", WITHIN)
def test_rooms_within_rooms_are_named(room: str) -> None:
    """A room within a room is named in the line of that, or in the paragraph on what is inside."""
    outer, inner = room.split("/")
    text = page("architecture.md")
    lines = re.findall(rf"^  {outer}/ .*\n(?: {{10,}}.*\n)*", text, re.MULTILINE)
    paragraphs = re.findall(rf"^Inside `{outer}` .*", text, re.MULTILINE)
    assert f"{inner}/" in "".join(lines) or f"`{inner}`" in "".join(paragraphs)
