"""Cells that are truth values.

A column is one of truth values where all its cells are true or false. Of a column that is one other words are read too:
another program may have written the new rows.
"""

from __future__ import annotations

import polars as pl

from mlpstudy.datasets.targets.truth import FALSE, TRUE, is_word, same_truth


def parse(text: pl.Series) -> pl.Series:
    """Return trimmed text as 1 for a word for true and 0 for one for false, null where a cell is neither."""
    lower = text.str.to_lowercase()
    is_known = lower.is_in([*TRUE, *FALSE]).fill_null(value=False)
    return lower.is_in([*TRUE]).set(~is_known, None).cast(pl.Float64)


def are_plain(values: pl.Series) -> bool:
    """Say whether all cells are true or false, in small or capital letters."""
    return bool(values.str.to_lowercase().is_in(["true", "false"]).all())


def in_words_of(text: pl.Series, levels: tuple[str, ...]) -> pl.Series:
    """Return text whose truth values are the words that the levels are.

    >>> in_words_of(pl.Series(["true", "FALSE", "maybe"]), ("False", "True", "other")).to_list()
    ['True', 'False', 'maybe']
    >>> in_words_of(pl.Series(["true", "N"]), ("no", "yes")).to_list()
    ['yes', 'no']
    """
    if not any(is_word(level) for level in levels):
        return text
    spelt = {level.lower(): level for level in levels if level.lower() in {"true", "false"}}
    unknown = text.filter(~text.is_in(levels)).drop_nulls().unique().to_list()
    words = {word: spelt.get(word.lower()) or _of_two(word, levels) for word in unknown}
    known = {word: level for word, level in words.items() if level is not None}
    return text.replace(known) if known else text


def _of_two(word: str, levels: tuple[str, ...]) -> str | None:
    found = same_truth(word, levels)
    return None if found is None else levels[found]
