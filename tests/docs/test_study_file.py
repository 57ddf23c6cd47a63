"""docs/study-file.md has every key that a study file may have, with its choices and its default, and no other."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic.fields import FieldInfo

from docs.pages import PAGES, ROOT, blocks, marks, page, rows, section
from mlpstudy.study import Data, Judging, Network, Study, Training
from mlpstudy.study.adjustments import Adjustment
from mlpstudy.study.base import Frozen
from mlpstudy.study.fields import Reported
from mlpstudy.study.network.initial import Initializer, InitialWeights
from mlpstudy.tasks.menu import deciding

PAGE = page("study-file.md")
TABLES: dict[type[Frozen], str] = {
    Study: "Keys of a study",
    Network: "`[network]`",
    Training: "`[training]`",
    Data: "`[data]`",
    Judging: "`[judging]`",
}
"""Objects that have a table, a row a key."""

IN_WORDS: dict[type[Frozen], str] = {
    Adjustment: "Factors and architectures",
    Reported: "`[reported]`",
    InitialWeights: "`[network]`",
}
"""Objects whose few keys are named in the text."""

ROWS = {
    (model, key): row for model, title in TABLES.items() for row in rows(section(PAGE, title)) for key in marks(row[0])
}
KEYS = [(model, key) for model in TABLES for key in model.model_fields]


def parts(annotation: Any) -> Iterator[Any]:
    """Yield all that a type is made of."""
    yield annotation
    if get_origin(annotation) is not Literal:
        for part in get_args(annotation):
            yield from parts(part)


def objects(*models: type[Frozen]) -> set[type[Frozen]]:
    """Return some objects of study files, and all that their keys may hold."""
    found = set(models)
    for model in models:
        types = [part for field in model.model_fields.values() for part in parts(field.annotation)]
        found |= objects(*(part for part in types if isinstance(part, type) and issubclass(part, Frozen)))
    return found


def choices(field: FieldInfo) -> set[str]:
    """Return the words that a key may have as its value, or as a part of it."""
    literals = [part for part in parts(field.annotation) if get_origin(part) is Literal]
    of_menu = deciding() if field is Judging.model_fields["metric"] else []
    return {*of_menu, *(word for literal in literals for word in get_args(literal))}


def quoted(text: str) -> set[str]:
    """Return the words in quotes in the code marks of a text."""
    return {word for mark in marks(text) for word in re.findall(r'"([^"]*)"', mark)}


def test_every_object_of_a_study_is_documented() -> None:
    """What a key may hold has a table of its own or stands in words; an initializer is written otherwise."""
    assert objects(Study, Network, Training) == {*TABLES, *IN_WORDS, Initializer}


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_tables_have_every_key_and_no_other(model: type[Frozen]) -> None:
    """A key has one row, also where several share it."""
    found = [key for row in rows(section(PAGE, TABLES[model])) for key in marks(row[0])]
    assert sorted(found) == sorted(model.model_fields)


@pytest.mark.parametrize("model", IN_WORDS, ids=lambda model: model.__name__)
def test_the_text_names_every_key(model: type[Frozen]) -> None:
    """What has no table of its own has its keys in code marks."""
    assert set(model.model_fields) <= set(marks(section(PAGE, IN_WORDS[model])))


@pytest.mark.parametrize(("model", "key"), KEYS, ids=lambda part: getattr(part, "__name__", part))
def test_rows_have_the_choices_of_the_code(model: type[Frozen], key: str) -> None:
    """The words in quotes of a row are those that its key takes; other keys' rows show examples."""
    known = choices(model.model_fields[key])
    if known:
        assert quoted(ROWS[model, key][1]) == known


@pytest.mark.parametrize(("model", "key"), KEYS, ids=lambda part: getattr(part, "__name__", part))
def test_rows_have_the_defaults_of_the_code(model: type[Frozen], key: str) -> None:
    """A default that is a number, a text or a truth value stands in its key's place of the last column."""
    field, (first, _, last) = model.model_fields[key], ROWS[model, key]
    if field.is_required():
        assert "must be given" in last
    elif field.default != "" and isinstance(field.default, bool | int | float | str):
        keys = marks(first)
        written = last.split(", ")[keys.index(key)] if len(keys) > 1 else last
        assert tomllib.loads(f"x = {written.strip('`')}")["x"] == field.default


def test_initializers() -> None:
    """Every distribution with a name has its place in the table, and the two that take a number."""
    first = [mark for row in rows(section(PAGE, "Initial weights")) for mark in marks(row[0])]
    named = [f"{{ {kind} = 0.05 }}" if kind in {"normal", "uniform"} else f'"{kind}"' for kind in _kinds()]
    assert sorted(first) == sorted(named)


def _kinds() -> list[str]:
    literals = [part for part in parts(Initializer.model_fields["kind"].annotation) if get_origin(part) is Literal]
    return [kind for literal in literals for kind in get_args(literal)]


EXAMPLE = next(code for code in blocks(ROOT / "docs" / "study-file.md", "toml"))
PARTS = [(path.name, code) for path in PAGES for code in blocks(path, "toml") if not code.startswith("name =")]


@pytest.mark.parametrize("code", [code for _, code in PARTS], ids=[name for name, _ in PARTS])
def test_parts_of_study_files_are_taken(code: str) -> None:
    """Whatever part of a study file a page shows, the first example takes it in the place of its own."""
    assert Study(**(tomllib.loads(EXAMPLE) | tomllib.loads(code))).architectures
