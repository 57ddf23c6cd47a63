"""Columns that are the same in every training example: nothing is learned from them, and they are left out."""

from __future__ import annotations

from collections.abc import Mapping

from mlpstudy.text.words import some

_ONE_BY_ONE = 3
"""Columns with a line each; the borders of images in a table are hundreds."""


def lines(values: Mapping[str, str], origin: str) -> tuple[str, ...]:
    """Return what is said of constant columns: a line each, or one for all where they are many.

    Args:
        values: what each column is in every training example, as it is shown.
        origin: what the table is called in messages.

    >>> lines({"job": '"king"'}, "x.csv")
    ('x.csv, column "job" is "king" in every training example: it is left out',)
    >>> lines({f"pixel{i}": "0" for i in range(99)}, "x.csv")
    ('x.csv: 99 columns are the same in every training example and left out: "pixel0", "pixel1", "pixel2", ...',)
    """
    if len(values) > _ONE_BY_ONE:
        names = some([f'"{name}"' for name in values], _ONE_BY_ONE)
        return (f"{origin}: {len(values):,} columns are the same in every training example and left out: {names}",)
    return tuple(
        f'{origin}, column "{name}" is {shown} in every training example: it is left out'
        for name, shown in values.items()
    )
