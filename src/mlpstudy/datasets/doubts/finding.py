"""All doubts about examples, in one list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from mlpstudy.datasets.doubts.copies import compared_columns, copies_warning, keys_of_array, keys_of_table, may_repeat
from mlpstudy.datasets.doubts.cuts import find_cut
from mlpstudy.datasets.doubts.scale import scale_warning
from mlpstudy.datasets.doubts.splits import absent_warning
from mlpstudy.datasets.tables.alike import together

if TYPE_CHECKING:
    import numpy.typing as npt
    import polars as pl

    from mlpstudy.arrays import FloatArray
    from mlpstudy.datasets.preprocessing.stored import Preprocessing
    from mlpstudy.datasets.raw import Parts
    from mlpstudy.datasets.splits import Positions
    from mlpstudy.datasets.tables.columns import TablePreprocessing
    from mlpstudy.study import Data

MOST_FEATURES = 1000
"""Features of an array up to which each is looked at by itself."""
FEW_VALUES = 10
"""Values of a column up to which it can give the class away by what it means, where rows are alike for other causes."""
FIRST_COLUMNS = 8
SAMPLE = 10_000
"""Training examples that a feature by itself is looked at on."""


@dataclass(frozen=True, slots=True)
class Doubts:
    """What should be looked at.

    Attributes:
        lines: a line each, with what helps.
        leaking: columns that give the class away.
    """

    lines: tuple[str, ...] = ()
    leaking: tuple[str, ...] = ()


def find_doubts(parts: Parts, positions: Positions, preprocessing: Preprocessing, data: Data) -> Doubts:
    """Return what should be looked at before training is paid for."""
    if preprocessing.kind == "table":
        found = _of_table(parts, positions, preprocessing, data)
    else:
        found = Doubts(tuple(_of_arrays(parts, positions, data)))
    return Doubts((*found.lines, *_absent(parts, positions, are_files=preprocessing.kind == "table")), found.leaking)


def _absent(parts: Parts, positions: Positions, *, are_files: bool) -> list[str]:
    """Name the classes that the test, or validation examples of the data's own, have no example of; by their files."""
    test, validation = parts.test or parts.main, parts.validation
    single = () if parts.test else np.flatnonzero(np.bincount(test.labels[test.known]) == 1).tolist()
    names, of_test = parts.class_names, test.labels[positions.test]
    origin = parts.main.origin
    lines = [absent_warning(of_test, names, test.origin if are_files else origin, "test", single)]
    if validation is not None and positions.validation is not None:
        of_validation = validation.labels[positions.validation]
        lines.append(absent_warning(of_validation, names, validation.origin if are_files else origin, "validation"))
    return [line for line in lines if line]


def _of_table(parts: Parts, positions: Positions, fitted: TablePreprocessing, data: Data) -> Doubts:
    from mlpstudy.datasets.doubts.families import families_warning  # noqa: PLC0415  # heavy: Polars
    from mlpstudy.datasets.doubts.leaks import find_leaks  # noqa: PLC0415  # as above

    main, origin, train = parts.main, parts.main.origin, positions.train
    frame, names = cast("pl.DataFrame", main.values), [column.name for column in fitted.columns]
    leaks = find_leaks(frame, train, main.labels[train], names)
    families = None
    if data.group is None and data.time is None:
        others = [name for name in frame.columns if name != data.target and name not in data.drop]
        families = families_warning(frame, others, origin)
    copies = _copies(parts, positions, names)
    if families or copies:  # then any number of many values knows the rows again
        leaks = tuple(leak for leak in leaks if leak.n_values <= max(FEW_VALUES, 2 * len(parts.class_names)))
    named = {leak.column for leak in leaks}
    leaking = tuple(leak.column for leak in leaks if leak.is_sure)
    lines = [leak.warning(origin) for leak in leaks]
    some = _some(train)
    told: list[tuple[str, str]] = []
    for column in fitted.columns:
        if column.kind == "number" and column.name not in named:
            what = f'{origin}, column "{column.name}"'
            numbers = column.numbers(frame[column.name], some, origin)
            told += ((column.name, line) for line in _of_numbers(numbers, main.labels[some], what, data, column.name))
    return Doubts((*lines, *together(told), *(line for line in (families, copies) if line)), leaking)


def _copies(parts: Parts, positions: Positions, names: list[str]) -> str | None:
    """Return the warning of test rows of a table that are training rows too."""
    main, test = parts.main, parts.test
    frame = cast("pl.DataFrame", main.values)
    compared = compared_columns(frame, names)
    if may_repeat(frame, compared):
        return None
    line = None
    for few in (compared[:FIRST_COLUMNS], compared):  # mostly the first ones suffice to see that there are none
        keys = keys_of_table(frame, few, main.labels)
        of_test = keys if test is None else keys_of_table(cast("pl.DataFrame", test.values), few, test.labels)
        line = copies_warning(keys[positions.train], of_test[positions.test], main.origin)
        if line is None:
            return None
    return line


def _of_arrays(parts: Parts, positions: Positions, data: Data) -> list[str]:
    main, train, test = parts.main, positions.train, parts.test or parts.main
    told: list[tuple[str, str]] = []
    if isinstance(main.values, np.ndarray) and parts.image_shape is None and main.values.shape[1] <= MOST_FEATURES:
        some = _some(train)
        for k in range(main.values.shape[1]):
            numbers = main.values[some, k].astype(np.float64)
            doubts = _of_numbers(numbers, main.labels[some], f"{main.origin}, feature {k} (from 0)", data)
            told += ((f"feature {k}", line) for line in doubts)
    copies = copies_warning(
        keys_of_array(cast("Any", main.values), main.labels, train),
        keys_of_array(cast("Any", test.values), test.labels, positions.test),
        main.origin,
    )
    return [*together(told), *((copies,) if copies else ())]


def _of_numbers(
    numbers: FloatArray, labels: npt.NDArray[np.int32], what: str, data: Data, column: str | None = None
) -> list[str]:
    """Return the doubts about one feature by itself."""
    lines = (
        find_cut(what, numbers, labels, column),
        scale_warning(numbers, what) if data.numeric == "none" else None,
    )
    return [line for line in lines if line]


def _some(rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return some of many rows, evenly spaced."""
    return rows[np.linspace(0, rows.size - 1, min(rows.size, SAMPLE)).astype(np.int64)]
