"""Cells that are truth values."""

from __future__ import annotations

import polars as pl


def parse(text: pl.Series) -> pl.Series:
    """Return trimmed text as 1 for true and 0 for false, null where a cell is neither."""
    lower = text.str.to_lowercase()
    is_known = lower.is_in(["true", "false"])
    return (lower == "true").set(~is_known.fill_null(value=False), None).cast(pl.Float64)
