"""Cells that are truth values.

A column is one of truth values where all its cells are true or false. Of a column that is one other words are read too:
another program may have written the new rows.
"""

from __future__ import annotations

import polars as pl

from mlpstudy.datasets.targets.truth import FALSE, TRUE


def parse(text: pl.Series) -> pl.Series:
    """Return trimmed text as 1 for a word for true and 0 for one for false, null where a cell is neither."""
    lower = text.str.to_lowercase()
    is_known = lower.is_in([*TRUE, *FALSE]).fill_null(value=False)
    return lower.is_in([*TRUE]).set(~is_known, None).cast(pl.Float64)


def are_plain(values: pl.Series) -> bool:
    """Say whether all cells are true or false, in small or capital letters."""
    return bool(values.str.to_lowercase().is_in(["true", "false"]).all())


def in_spelling_of(text: pl.Series, levels: tuple[str, ...]) -> pl.Series:
    """Return text whose true and false are spelt as those among the levels are.

    >>> in_spelling_of(pl.Series(["true", "FALSE", "maybe"]), ("False", "True")).to_list()
    ['True', 'False', 'maybe']
    """
    spelt = {level.lower(): level for level in levels if level.lower() in {"true", "false"}}
    ways = {way: level for word, level in spelt.items() for way in (word, word.upper(), word.capitalize())}
    ways = {way: level for way, level in ways.items() if way not in levels}
    return text.replace(ways) if ways else text
