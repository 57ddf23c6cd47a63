"""The names in a study: what they may be, and that no two architectures have the same."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from mlpstudy.errors import StudyError, must
from mlpstudy.study.messages import dotted
from mlpstudy.text.escaping import JOINERS, is_hidden, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlpstudy.study.architectures import Architecture
    from mlpstudy.study.study import Study

MAX_NAME = 100
MAX_TITLE = 300
"""Characters of a name and of a title."""

_WITHOUT_INK = dict.fromkeys(
    (
        *map(ord, JOINERS),
        0x34F,
        0x17B4,
        0x17B5,
        *range(0x180B, 0x1810),
        *range(0xFE00, 0xFE10),
        *range(0xE0100, 0xE01F0),
    )
)
_LIKE_BLANKS = dict.fromkeys((0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0), " ")
"""Characters that Unicode counts among letters, marks and symbols, but that show nothing of their own."""


def check_names(study: Study) -> None:
    """Refuse names that nobody can read or write, and two architectures of one name.

    Only where a study is new: a folder of an earlier version may hold such names, and they are escaped wherever they
    are shown.

    Raises:
        StudyError: one line, with the name's place and a name that would do.
    """
    for what, name, at_most in _names(study):
        _check_name(what, name, at_most)
    _check_one_name_each(study)


def _names(study: Study) -> Iterator[tuple[str, str, int]]:
    """Yield what each text is, the text, and how long it may be; where it may be missing, only if it is not."""
    if study.title:
        yield "title", study.title, MAX_TITLE
    if study.reported_by:
        yield "reported_by", study.reported_by, MAX_NAME
    for factor, levels in study.factors.items():
        yield "the name of a factor", factor, MAX_NAME
        for level in levels:
            yield f"the name of a level of factors.{factor}", level, MAX_NAME


def _check_name(what: str, name: str, at_most: int) -> None:
    found = next((f"U+{ord(c):04X}" for i, c in enumerate(name) if is_hidden(name, i)), None)
    if found is not None:
        be = "be made of characters that can be seen"
        raise StudyError(must(what, be, f"{found} in {name[:at_most]!r}", f"leave out {found}"))
    if not _look(name):
        raise StudyError(must(what, "not be empty", name, 'a name such as "none"'))
    if len(name) > at_most:
        shorter = printable(name[:20].strip())
        raise StudyError(must(what, f"have at most {at_most} characters", f"{len(name)} of them", f'"{shorter}"'))


def _look(name: str) -> str:
    """Return what a reader sees of a name."""
    return " ".join(unicodedata.normalize("NFC", name.translate(_WITHOUT_INK | _LIKE_BLANKS)).split())


def _check_one_name_each(study: Study) -> None:
    """Refuse levels that two combinations join to one name: "a-b" with "c" and "a" with "b-c" are both "a-b-c".

    So are names that look the same: they differ only in how accents are composed, in blanks or in marks without ink.
    """
    seen: dict[str, Architecture] = {}
    for architecture in study.architectures:
        other = seen.setdefault(_look(architecture.name), architecture)
        if other.name != architecture.name:
            both = f"{other.name!a} and {architecture.name!a}, which look the same"
            raise StudyError(must("architectures", "have different names", both, "name one of them otherwise"))
        if other is not architecture:
            both = f"{_levels(other)} and {_levels(architecture)} are both {architecture.name}"
            raise StudyError(
                must("architectures", "have different names", both, _other_name(study, other, architecture))
            )


def _levels(architecture: Architecture) -> str:
    return ", ".join(f"{factor} = {level!r}" for factor, level in architecture.levels)


def _other_name(study: Study, *architectures: Architecture) -> str:
    """Say which level to name otherwise, where "_" for "-" makes all names differ; else which ones are concerned."""
    for architecture in architectures:
        for factor, level in architecture.levels:
            new = level.replace("-", "_")
            if new != level and new not in study.factors[factor] and _differ(study, factor, level, new):
                return f'name the level {dotted(("factors", factor, level))} "{new}"'
    return 'leave out "-" in the names of these levels'


def _differ(study: Study, factor: str, level: str, new: str) -> bool:
    """Say whether all architectures have different names where one level has another."""
    names = [
        "-".join(new if (name, own) == (factor, level) else own for name, own in architecture.levels)
        for architecture in study.architectures
    ]
    return len(set(names)) == len(names)
