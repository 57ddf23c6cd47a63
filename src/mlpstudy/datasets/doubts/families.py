"""Columns that say which rows belong together, in a study that does not hold them out together.

Rows of one patient, one family or one machine are alike for other reasons than their class. Where some are learned from
and others tested, a network is right by knowing them again. A column is named by its name, or by its values: few rows
each, many of them, written as codes are (``P017``).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from mlpstudy.datasets.tables.cells.text import as_text, is_supported, is_text, nameless

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

UNITS = frozenset(
    (
        *("patient", "subject", "participant", "person", "individual", "respondent", "volunteer", "donor", "proband"),
        *("user", "customer", "client", "member", "household", "family", "animal", "mouse", "rat", "dog", "speaker"),
        *("writer", "author", "student", "pupil", "child", "school", "hospital", "clinic", "ward"),
        *("machine", "device", "sensor", "engine", "vehicle", "session", "trip", "specimen", "slide", "plate", "pid"),
        *("uid", "subj", "patid", "group"),
    )
)
"""What rows are mostly measured on several times, as columns are called."""

_AFTER = frozenset(("id", "ids", "no", "nr", "num", "number", "code", "key", "name", "index", "identifier", "ref"))
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_CODE = r"^[A-Za-z]{0,8}[-_ ]?\d{1,8}[A-Za-z]?$"

_SAMPLE = 1000

LEAST_GROUPS = 10
LEAST_CODES = 20
LEAST_ROWS = 1.5
"""Rows a group, on average."""
MOST_ROWS = 50
"""Rows a group, on average, above which a column is of kinds rather than of units."""


def families_warning(frame: pl.DataFrame, names: Iterable[str], origin: str) -> str | None:
    """Return a warning that names the first column whose rows belong together, None where there is none.

    >>> import polars as pl
    >>> frame = pl.DataFrame({"patient": [f"P{i // 4:03d}" for i in range(80)], "age": range(80)})
    >>> print(families_warning(frame, frame.columns, "x.csv"))
    x.csv, column "patient" has 20 values, each in about 4 rows: where these belong together, ...
    """
    for name in names:
        column = nameless(frame[name])
        if not is_supported(column) or (not (is_unit := _is_unit(name)) and not _are_codes(column.head(_SAMPLE))):
            continue
        text = as_text(column).drop_nulls()
        n_groups = text.n_unique()
        rows = len(text) / max(1, n_groups)
        if n_groups < (LEAST_GROUPS if is_unit else LEAST_CODES) or not LEAST_ROWS <= rows <= MOST_ROWS:
            continue
        key = f"group = {json.dumps(name, ensure_ascii=False)}"
        return (
            f'{origin}, column "{name}" has {n_groups:,} values, each in about {rows:.0f} rows: where these belong'
            f" together, as rows of one patient do, {key} holds them out together; else the test is of examples that"
            " were half learned"
        )
    return None


def _is_unit(name: str) -> bool:
    """Say whether a column is called as what is measured several times is."""
    words = [word.lower() for word in _WORD.findall(name)]
    while words and (words[-1] in _AFTER or words[-1].isdigit()):
        words.pop()
    last = words[-1] if words else ""
    return last in UNITS or last.removesuffix("id") in UNITS


def _are_codes(sample: pl.Series) -> bool:
    """Say whether text is of codes with a number in them."""
    if not is_text(sample):
        return False
    text = as_text(sample).drop_nulls()
    return bool(len(text) and text.str.contains(_CODE).all() and text.str.contains("[A-Za-z]").all())
