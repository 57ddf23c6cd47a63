"""Lines beside the column names: groups above them, units below, a name of the index, and Orange's three lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from mlpstudy.datasets.readers.csv.cutting import Record
from mlpstudy.datasets.readers.csv.kinds import kind_of
from mlpstudy.datasets.readers.csv.sheet import Sheet
from mlpstudy.text.words import listed, shortened

_TYPE = re.compile(r"c|d|s|t|n|continuous|discrete|string|text|time|numeric|(?:\S+ )+\S+", re.IGNORECASE)
_PLAIN_TYPE = re.compile(r"c|d|s|t|n|continuous|discrete|string|text|time|numeric", re.IGNORECASE)
_FLAG = re.compile(r"(?:class|meta|m|ignore|i|skip|weight|w|\S+=\S*)(?: \S+=\S*)*", re.IGNORECASE)
_PREFIXED = re.compile(r"([cimw]?)([CDSTN]?)#(.+)")


@dataclass(frozen=True, slots=True)
class Heads:
    """What the lines beside the rows say of the columns.

    Attributes:
        names: of the columns.
        start: position of the first record that is a row.
        left_out: names of columns that the file itself leaves out.
        target: the column that the file itself names as the class.
        notes: what was found, a line each.
        words: the form of the file, where it is no plain one.
        has_groups: the record above the names is a part of them.
    """

    names: tuple[str, ...]
    start: int
    left_out: tuple[str, ...] = ()
    target: str | None = None
    notes: tuple[str, ...] = field(default=())
    words: str | None = None
    has_groups: bool = False


def read_heads(sheet: Sheet, at: int, start: int) -> Heads:
    """Return the column names with what stands beside them.

    Args:
        sheet: the records.
        at: position of the names.
        start: position of the first record behind them.
    """
    names = sheet.records[at].cells
    return _orange(sheet, names, start) or _prefixed(names, start) or _plain(sheet, at, start)


def _orange(sheet: Sheet, names: Sequence[str], start: int) -> Heads | None:
    """Read Orange's second and third line: types and flags of the columns."""
    if start + 1 >= len(sheet.records):
        return None
    types, flags = sheet.records[start].cells, sheet.records[start + 1].cells
    n = len(names)
    if len(types) != n or len(flags) > n or not all(_TYPE.fullmatch(cell) for cell in types):
        return None
    if not any(_PLAIN_TYPE.fullmatch(cell) for cell in types) or not all(not c or _FLAG.fullmatch(c) for c in flags):
        return None
    flagged = dict(zip(names, (flag.split(" ")[0].lower() for flag in flags), strict=False))
    line = sheet.records[start].line
    return _said(tuple(names), start + 2, flagged, f"Orange's lines {line} and {line + 1} say what the columns are")


def _prefixed(names: Sequence[str], start: int) -> Heads | None:
    """Read Orange's single line of names, with flag and type before each."""
    found = [_PREFIXED.fullmatch(name) for name in names]
    prefixed = [match for match in found if match and match[1] + match[2]]
    if not prefixed or any("#" in name and match not in prefixed for name, match in zip(names, found, strict=True)):
        return None
    if len(prefixed) < len(names) and not any(match[1] == "c" for match in prefixed):
        return None
    flags = {"c": "class", "i": "ignore", "m": "meta", "w": "weight", "": ""}
    bare = [
        (match[3].strip(), flags[match[1]]) if match else (name, "") for name, match in zip(names, found, strict=True)
    ]
    return _said(
        tuple(name for name, _ in bare), start, dict(bare), "Orange's prefixes in its names say what the columns are"
    )


def _said(names: tuple[str, ...], start: int, flagged: dict[str, str], note: str) -> Heads:
    target = next((name for name, flag in flagged.items() if flag == "class"), None)
    out = tuple(name for name, flag in flagged.items() if flag in ("meta", "m", "ignore", "i", "skip", "weight", "w"))
    told = f', "{target}" holds the class' if target else ""
    more = f", {listed([shortened(name) for name in out])} {'is' if len(out) == 1 else 'are'} left out" if out else ""
    return Heads(names, start, out, target, (f"{note}{told}{more}",), "Orange's table")


def _plain(sheet: Sheet, at: int, start: int) -> Heads:
    """Join two lines of names, take the name of an index, and pass units over."""
    names = list(sheet.records[at].cells)
    together, notes = [sheet.records[at].line], []
    has_groups = at > 0 and _spans(sheet.records[at - 1], sheet)
    if has_groups:
        names = _joined(sheet.records[at - 1].cells, names)
        together.insert(0, sheet.records[at - 1].line)
    while start < len(sheet.records) - 1:
        record = sheet.records[start]
        if record.n_filled == 1 and not names[0] and len(record.cells) > 1 and kind_of(record.cells[0]) == "text":
            names[0] = record.cells[0]
            notes.append(f'line {record.line} names the first column, "{shortened(names[0])}", and is no row')
        elif not _is_second(sheet, record):
            break
        elif _are_doubled(names) and not _are_doubled(_joined(names, record.cells)):
            names = _joined(names, record.cells)
            together.append(record.line)
        else:
            where = "the second line" if record.line == 2 else f"line {record.line}"  # noqa: PLR2004  # as people say it
            notes.append(f'{where}, "{shortened(record.text)}", has units or the like and is no row: left out')
        start += 1
    if len(together) > 1:
        shown = listed([f'"{shortened(name)}"' for name in names if name], 3)
        notes.insert(
            0, f"the first lines ({listed([str(i) for i in together])}) hold the column names together: {shown}"
        )
    return Heads(tuple(names), start, notes=tuple(notes), has_groups=has_groups)


def _is_second(sheet: Sheet, record: Record) -> bool:
    """Say whether a record below the names is none of the rows: text in every column of numbers, and none of theirs."""
    if len(record.cells) > sheet.width or len(record.cells) < sheet.width - 1 or record.n_lines > 1:
        return False
    found = sheet.compared(record)
    return found.n_unlike > 0 and not found.n_alike and not found.n_known


def _spans(record: Record, sheet: Sheet) -> bool:
    """Say whether a record above the names has names of groups of columns, each over its first column."""
    return len(record.cells) == sheet.width and 2 <= record.n_filled < sheet.width  # noqa: PLR2004  # one is a title


def _joined(groups: Sequence[str], names: Sequence[str]) -> list[str]:
    """Return names with their groups before them; a group that is not repeated reaches over the columns without one."""
    joined, group = [], ""
    is_repeated = any(one and one == other for one, other in pairwise(groups))
    for i, name in enumerate(names):
        group = (groups[i] if i < len(groups) else "") or ("" if is_repeated else group)
        joined.append(name if name == group else f"{group} {name}".strip())
    return joined


def _are_doubled(names: Sequence[str]) -> bool:
    filled = [name for name in names if name]
    return len(set(filled)) < len(filled)
