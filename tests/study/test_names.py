"""What names in a study may be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlpstudy.errors import StudyError
from mlpstudy.study import Study, parse_study
from names.hostile import ATTACKS, REFUSED

FIELDS: dict[str, Any] = {"name": "a", "data": "mnist", "network": {"hidden": [4]}}


def study(**fields: Any) -> Study:
    """Return a study of one architecture, with changes."""
    return Study(**FIELDS | {"factors": {"width": {"4": {}}}} | fields)


PLACES: dict[str, Callable[[str], dict[str, Any]]] = {
    "level": lambda name: {"factors": {"width": {name: {}}}},
    "factor": lambda name: {"factors": {name: {"4": {}}}},
    "author": lambda name: {"reported_by": name},
    "title": lambda name: {"title": name},
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("attack", [*sorted(REFUSED), "empty", "only blanks"])
def test_names_that_nobody_can_read_are_refused(attack: str, place: str) -> None:
    """Hidden characters, nothing at all and too many characters are refused in one printable line, with a fix."""
    name = {"empty": "", "only blanks": "  "}.get(attack, ATTACKS.get(attack, ""))
    if place == "title" and attack == "very long":
        name *= 2
    if place in ("author", "title") and attack == "empty":
        return
    with pytest.raises(StudyError, match=r"must .*, got .*, fix: ") as error:
        study(**PLACES[place](name))
    assert str(error.value).isprintable()
    assert len(str(error.value)) < 500


@pytest.mark.parametrize("name", ["50 %", "größe", "ψ", "幅 2", "👩\u200d🔬", "ب\u200cب", "[/]", "x" * 100, ":)"])
@pytest.mark.parametrize("place", PLACES)
def test_names_that_can_be_read_are_names(name: str, place: str) -> None:
    """Any script, emoji, Persian's joiner and punctuation are names; markup is only text."""
    made = study(**PLACES[place](name))
    assert Study(**made.to_fields()).identity() == made.identity()


def test_fields_of_a_folder_may_have_any_names() -> None:
    """A study that an earlier version took can be made again from its folder, and extended."""
    stored = Study.stored({**FIELDS, "factors": {"\x1b": {"a\u202eb": {}}}})
    assert stored.architectures[0].name == "a\u202eb"
    assert stored.with_changes(seeds=3).seeds == 3


@pytest.mark.parametrize("other", ["cafe\u0301", "café ", "café\ufe0f", "café\u034f", "\xa0café\u3164", "café\u2800"])
def test_names_that_look_the_same_are_refused(other: str) -> None:
    """Accents composed otherwise, blanks at an end and marks without ink make no second name."""
    with pytest.raises(StudyError, match=r"must have different names, got 'caf\\xe9' and .*, which look the same"):
        study(factors={"x": {"café": {"hidden": [2]}, other: {"hidden": [3]}}})
    names = {"A": {"hidden": [2]}, "a": {"hidden": [3]}, "ä": {"hidden": [4]}, "a b": {"hidden": [5]}}
    assert len(study(factors={"x": names}).architectures) == len(names)


@pytest.mark.parametrize("name", ["\u3164", "\ufe0f", "\u2800 \xa0"])
def test_a_name_that_shows_nothing_is_empty(name: str) -> None:
    """What no reader sees is no name, whatever Unicode counts it among."""
    with pytest.raises(StudyError, match="must not be empty"):
        study(factors={"x": {name: {"hidden": [2]}}})


@pytest.mark.parametrize(
    "factors",
    [
        {"a": {"a-b": [2], "a": [3]}, "b": {"c": 0.1, "b-c": 0.2}},
        {"a": {"a-b": [2], "a": [3], "a_b": [4]}, "b": {"c": 0.1, "b-c": 0.2}},
        {"a": {"a-b": [2], "a": [3], "a_b": [4]}, "b": {"c": 0.1, "b-c": 0.2, "b_c": 0.3}},
    ],
)
def test_two_architectures_of_one_name_are_refused(factors: dict[str, Any]) -> None:
    """Levels that join to one name are refused when the study is loaded; the fix named makes it a study."""
    first, second = factors.values()
    text = 'name = "a"\ndata = "mnist"\n'
    text += "".join(f'[factors.a."{level}"]\nhidden = {widths}\n' for level, widths in first.items())
    text += "".join(f'[factors.b."{level}"]\ndropout = {rate}\n' for level, rate in second.items())
    with pytest.raises(
        StudyError, match=r"architectures must have different names, got a = 'a-b', b = 'c' and"
    ) as error:
        parse_study(text)
    fix = str(error.value).split("fix: ")[1]
    if fix.startswith("name the level"):
        _, new, _ = fix.split('"')
        factor, old = fix.removeprefix("name the level factors.").split(" ")[0].split(".")
        mended = text.replace(f'factors.{factor}."{old}"', f'factors.{factor}."{new}"')
    else:
        assert fix == 'leave out "-" in the names of these levels'
        mended = text.replace('"a-b"', '"ab"').replace('"b-c"', '"bc"')
    names = [architecture.name for architecture in parse_study(mended).architectures]
    assert len(set(names)) == len(names)
