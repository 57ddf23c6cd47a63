"""What ``mlpstudy data show`` prints of a file, a folder or a data set that is no images: a description."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mlpstudy.cli.printing.exits import ExitCode
from mlpstudy.cli.printing.keys import offering_keys, with_options
from mlpstudy.cli.printing.terminal import new_table, say_json, styled
from mlpstudy.text.escaping import shell
from mlpstudy.text.words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from mlpstudy.datasets.overview.description import ColumnDescription, Description

MOST_COLUMNS, MOST_CLASSES, MOST_IMAGES = 60, 30, 3
MOST_CELLS = 8
"""Columns of the first rows that are printed."""
CELL = 18
"""Characters of a cell that are printed."""
_PLAIN, _LARGE = 1e4, 1e12
_DAY_S = 86_400
"""Means between them are printed whole."""


def show_description(data: Sequence[str], target: str | None, more: Sequence[str], *, as_json: bool) -> None:
    """Describe data and print it; exit code 1 where a study would refuse them.

    Raises:
        StudyError: a line of ``more`` is none of a study's data.
        DataError: the data cannot be read.
    """
    from mlpstudy.datasets.overview.description import describe_data
    from mlpstudy.study.loading import parse_keys

    with offering_keys():
        description = describe_data(data[0] if len(data) == 1 else list(data), target, parse_keys(more))
    if as_json:
        say_json(_plain(description))
    else:
        _print(description, data, target, more)
    if description.is_refused:
        raise typer.Exit(ExitCode.FAULT)


def _print(description: Description, data: Sequence[str], target: str | None, more: Sequence[str]) -> None:
    """Print a description, and what comes next."""
    from mlpstudy.cli.printing.terminal import console

    say = console().print
    say(f"{description.origin}: {_sizes(description)}", style="bold")
    say(f"{description.format}{_range(description)}\n")
    if description.columns:
        say(_columns(description), "")
    if description.target is not None:
        say(_target(description))
    if description.classes:
        from mlpstudy.datasets.overview.balance import majority_line

        say(_classes(description), "")
        names, counts = zip(*description.classes, strict=True)
        say(f"{majority_line(names, counts)}\n")
    if description.first_rows:
        say(_first_rows(description), "")
    if description.first_images is not None:
        _print_images(description)
    for number, warning in enumerate(description.warnings, start=1):
        is_reason = description.is_refused and number == len(description.warnings)
        say(f"Warning: {with_options(warning) if is_reason else warning}", style="yellow", soft_wrap=True)
    dates = [column.name for column in description.columns if column.type == "date" and not _is_clock(column)]
    if dates and dates[0] != description.target and not description.is_refused:
        hint = f'holds dates: time = "{dates[0]}" in [data] (--time of init) holds out the latest rows'
        say(f'Hint: the column "{dates[0]}" {hint}', soft_wrap=True)
    say(_next(description, data, target, more), soft_wrap=True)


def _target(description: Description) -> str:
    """Say which column holds the class, and how that is known."""
    named = f'The class is in the column "{description.target}"'
    if not description.target_is_guess:
        return f"{named}.\n"
    from mlpstudy.datasets.overview.target_guess import Guess

    assert description.target is not None  # noqa: S101  # narrows the type
    return f"{named}, {Guess(description.target, description.candidates)}: --target names another.\n"


def _next(description: Description, data: Sequence[str], target: str | None, more: Sequence[str]) -> str:
    """Say what comes next: nothing where a study would refuse the data."""
    if description.is_refused:
        return "A study would refuse these data as they are, for the last reason above."
    named = f" --target {shell(target)}" if target else ""
    if len(description.candidates) > 1:
        named = f" --target {shell(description.candidates[0])}"
    lines = "".join(f" --with {shell(line)}" for line in more)
    return f"Next: mlpstudy init {' '.join(shell(Path(word)) for word in data)}{named}{lines}"


def _sizes(description: Description) -> str:
    parts = [counted(description.n_examples, "example")]
    if description.n_test:
        parts.append(f"{counted(description.n_test, 'test example')} of their own")
    if description.n_validation:
        parts.append(f"{counted(description.n_validation, 'validation example')} of their own")
    if description.image_shape is not None:
        parts.append(" x ".join(str(side) for side in description.image_shape) + " pixels")
    else:
        n_columns = len(description.columns)
        parts.append(counted(n_columns, "column") if n_columns else counted(description.n_features, "feature"))
    n_classes = len(description.classes)
    classes = () if not n_classes else ("1 class",) if n_classes == 1 else (f"{n_classes} classes",)
    return ", ".join((*parts, *classes))


def _range(description: Description) -> str:
    text = ""
    if description.filled is not None:
        text += f", {100 * description.filled:.2g} % of the values are not 0"
    if description.low is not None:
        text += f", values {description.low:g} to {description.high:g}"
    return text


def _columns(description: Description) -> Table:
    table = new_table("Column", "Type", ">Missing", ">Different", "Values", title="Columns", overflow="fold")
    for column in description.columns[:MOST_COLUMNS]:
        missing = f"{column.n_missing:,}" if column.n_missing else ""
        name = styled((column.name, "bold" if column.name == description.target else ""))
        table.add_row(name, column.type, missing, f"{column.n_distinct:,}", styled(_values(column)))
    if len(description.columns) > MOST_COLUMNS:
        table.caption = f"and {len(description.columns) - MOST_COLUMNS} more columns"
    return table


def _values(column: ColumnDescription) -> str:
    if column.levels:
        shown = ", ".join(f"{_cut(level)} ({n})" for level, n in column.levels[:4])
        return shown + (", ..." if column.n_distinct > 4 else "")  # noqa: PLR2004  # as shown
    if column.low is None or column.high is None or column.mean is None:
        return ""
    if column.type == "date":
        return " to ".join(_day(day, is_clock=_is_clock(column)) for day in (column.low, column.high))
    if column.type == "boolean":
        return f"true in {100 * column.mean:.3g} %"
    mean = f"{column.mean:.4g}" if abs(column.mean) < _PLAIN else f"{column.mean:.0f}"
    return f"{column.low:g} to {column.high:g}, mean {mean if abs(column.mean) < _LARGE else f'{column.mean:g}'}"


def _is_clock(column: ColumnDescription) -> bool:
    """Say whether a column holds times of day alone: all are within the first day there is."""
    return column.low is not None and column.high is not None and column.low >= 0 and column.high < 1


def _day(day: float, *, is_clock: bool) -> str:
    """Return a day, or a time of day."""
    import numpy as np

    date, time = str(np.datetime64(round(day * _DAY_S), "s")).split("T")
    return time if is_clock else date


def _classes(description: Description) -> Table:
    table = new_table("Class", ">Examples", ">Share", title="Classes", overflow="fold")
    total = max(1, sum(n for _, n in description.classes))
    for name, n in description.classes[:MOST_CLASSES]:
        table.add_row(styled(_cut(name, 40)), f"{n:,}", f"{100 * n / total:.1f} %")
    if len(description.classes) > MOST_CLASSES:
        table.caption = f"and {len(description.classes) - MOST_CLASSES} more classes"
    return table


def _first_rows(description: Description) -> Table:
    names = [column.name for column in description.columns[:MOST_CELLS]]
    table = new_table(title="First rows")
    for name in names:
        table.add_column(styled(_cut(name)), no_wrap=True)
    for row in description.first_rows:
        table.add_row(*(styled(_cut(cell)) for cell in row[:MOST_CELLS]))
    if len(description.columns) > MOST_CELLS:
        table.caption = f"and {len(description.columns) - MOST_CELLS} more columns"
    return table


def _print_images(description: Description) -> None:
    from mlpstudy.cli.printing.pixels import half_blocks, shades
    from mlpstudy.cli.printing.terminal import console

    assert description.first_images is not None  # noqa: S101  # narrows the type
    has_greys = console().color_system in {"truecolor", "256"} and not console().no_color
    for image, name in zip(description.first_images[:MOST_IMAGES], description.first_labels, strict=False):
        if image.shape[1] <= console().width:
            console().print(f'An example of class "{name}"', style="bold")
            console().print(half_blocks(image) if has_greys else shades(image), soft_wrap=True)


def _cut(text: str, length: int = CELL) -> str:
    return text if len(text) <= length else f"{text[: length - 3]}..."


def _plain(description: Description) -> dict[str, Any]:
    """Return the description as plain JSON values; images as lists of rows."""
    values = dataclasses.asdict(description)
    images = description.first_images
    values["first_images"] = None if images is None else images.tolist()
    return values
