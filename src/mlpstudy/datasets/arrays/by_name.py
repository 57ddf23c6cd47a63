"""Columns of frames that were taken for arrays: in the order of the training examples, whatever theirs is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlpstudy.errors import DataError, must
from mlpstudy.text.words import listed, some

_SHOWN = 10


def column_names(frame: Any) -> tuple[str, ...]:  # noqa: ANN401  # frames of any package
    """Return the names of a frame's columns; none where it is no frame, or where two have one name."""
    names = tuple(str(name) for name in getattr(frame, "columns", ()))
    return names if len(set(names)) == len(names) else ()


def positions(names: Sequence[str], like: Sequence[str], what: str) -> tuple[list[int] | None, str | None]:
    """Return where the columns of the training examples are among others.

    Args:
        names: of the other columns; none where they have none.
        like: of the columns of the training examples; none where they had none.
        what: the other examples, for messages.

    Returns:
        their positions, None where columns count as they stand; and a line on columns that are ignored.

    Raises:
        DataError: some of them are there, and others are not.

    >>> positions(["b", "a"], ["a", "b"], "the values")
    ([1, 0], None)
    """
    place = {name: i for i, name in enumerate(names)}
    lacking = [name for name in like if name not in place]
    if len(lacking) == len(like) or list(names) == list(like):
        return None, None
    if lacking:
        be = f"have the column{'s' if len(lacking) > 1 else ''} {some(lacking, _SHOWN)}"
        raise DataError(must(what, be, f"the columns {some(list(names), _SHOWN)}", "add what is missing"))
    further = [name for name in names if name not in like]
    line = f"{what}: not used, since the training examples have no such column: {listed(further[:_SHOWN])}"
    return [place[name] for name in like], line if further else None
