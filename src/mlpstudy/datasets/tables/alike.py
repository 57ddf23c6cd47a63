"""Lines on columns that say the same of many: one is enough, with their number."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mlpstudy.text.words import some

_ONE_BY_ONE = 3
"""Columns with a line each."""
_OWN = re.compile(r'"[^"]*"|\S*\d\S*')
"""What is a column's own in a line on it: names, cells and numbers."""


def together(told: Sequence[tuple[str, str]]) -> list[str]:
    """Return lines on columns, of many alike the first with the names of the others.

    Args:
        told: name of the column, and line.

    >>> lines = [(f"c{i}", f'x.csv, column "c{i}": its numbers have decimal commas: {i},5 is read as {i}.5')
    ...     for i in range(15)]
    >>> together(lines[:2]) == [line for _, line in lines[:2]]
    True
    >>> together(lines)[0].partition("; ")[2]
    'the same of 14 more columns: "c1", "c2", "c3", ...'
    """
    groups: dict[str, list[tuple[str, str]]] = {}
    for name, line in told:
        groups.setdefault(_OWN.sub("", line), []).append((name, line))
    lines: list[str] = []
    for same in groups.values():
        (_, first), *others = same
        if len(same) <= _ONE_BY_ONE:
            lines += [line for _, line in same]
        else:
            names = some([f'"{name}"' for name, _ in others], _ONE_BY_ONE)
            lines.append(f"{first}; the same of {len(others):,} more columns: {names}")
    return lines
