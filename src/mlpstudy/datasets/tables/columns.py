"""A table's columns as a network sees them, with all that was learned of them from the training examples.

    number, boolean, date   (x - shift) / scale; a missing value is imputed by the median, with an indicator beside it
    category                one-hot; a missing value is a level of its own, rare levels are one, unseen ones join them

Truth values are 0 and 1, dates days since 1970-01-01; an indicator is 1 where the value was missing. What a column had
none of in the training examples (a missing value, a rare level) gets no feature: a category that has no place is then
all zeros.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Annotated, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl
from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from mlpstudy.arrays import Float32Array, FloatArray
from mlpstudy.datasets.opening.memory import check_memory
from mlpstudy.datasets.tables.cells.form import PLAIN, Form, Meaning, words
from mlpstudy.datasets.tables.cells.meanings import as_numbers
from mlpstudy.datasets.tables.cells.text import as_text, blanked, chosen, is_supported, kind_of
from mlpstudy.datasets.tables.cells.truth import in_words_of
from mlpstudy.datasets.tables.table import Expected, expected_of
from mlpstudy.errors import DataError, must, nearest
from mlpstudy.study.base import Frozen
from mlpstudy.study.data import Scaling
from mlpstudy.study.reading import UNSAID, Reading
from mlpstudy.text.words import shortened, some

Rows: TypeAlias = npt.NDArray[np.int64]

_SHOWN = 12
_TOGETHER = 16
"""Features that are written at a time: 16 float32 are one cache line, written once instead of 16 times."""


class NumberColumn(Frozen):
    """A column that becomes one number a row, and an indicator where it had missing values.

    Attributes:
        kind: ``"number"``.
        name: of the column.
        meaning: what its cells are: numbers, truth values or dates.
        shift: subtracted.
        scale: divided by, after that.
        fill: what a missing value is taken for, before scaling: the median.
        indicator: whether a second feature says where a value is missing.
        form: how its text is written; not stored where it is plain.
    """

    kind: Literal["number"] = "number"
    name: str
    meaning: Meaning
    shift: float
    scale: Annotated[float, Field(gt=0)]
    fill: float
    indicator: bool
    form: Form = PLAIN

    @model_serializer(mode="wrap")
    def _without_plain_form(self, write: SerializerFunctionWrapHandler) -> dict[str, object]:
        written: dict[str, object] = write(self)
        return {**{key: value for key, value in written.items() if key != "form"}, **self._form()}

    def _form(self) -> dict[str, object]:
        return {} if self.form == PLAIN else {"form": self.form.content()}

    @property
    def feature_names(self) -> tuple[str, ...]:
        """One name a feature."""
        return (self.name, f"{self.name} (missing)") if self.indicator else (self.name,)

    def numbers(self, column: pl.Series, rows: Rows | None, origin: str) -> FloatArray:
        """Return the cells of some rows, or all, as numbers, NaN where they are missing.

        Raises:
            DataError: a cell is something else; the line names row, column and value.
        """
        numbers, wrong = as_numbers(column, self.meaning, rows, self.form)
        if wrong.any():
            index = int(wrong.argmax() if rows is None else rows[wrong.argmax()])
            is_infinite = isinstance(column[index], float) and self.meaning != "date"
            be = "a finite number" if is_infinite else words(self.meaning, self.form)
            raise DataError(wrong_cell(column, index, be, origin))
        return numbers

    def features(self, numbers: FloatArray) -> list[Float32Array]:
        """Return the scaled numbers, and the indicator."""
        missing = np.isnan(numbers)
        filled = np.where(missing, self.fill, numbers) if missing.any() else numbers
        # Far outside the range of the training examples a float32 overflows: ``transform`` refuses that by name.
        with np.errstate(over="ignore"):
            scaled = ((filled - self.shift) / self.scale).astype(np.float32)
        return [scaled, missing.astype(np.float32)] if self.indicator else [scaled]


class CategoryColumn(Frozen):
    """A column that is one-hot encoded.

    Attributes:
        kind: ``"category"``.
        name: of the column.
        levels: those with a feature of their own, in alphabetical order.
        missing: whether a missing value has a feature of its own.
        other: whether rare levels have one together, which unseen levels join.
    """

    kind: Literal["category"] = "category"
    name: str
    levels: tuple[str, ...]
    missing: bool
    other: bool

    @property
    def feature_names(self) -> tuple[str, ...]:
        """One name a feature."""
        more = (("(missing)",) if self.missing else ()) + (("(other)",) if self.other else ())
        return tuple(f"{self.name} = {level}" for level in (*self.levels, *more))

    def positions(self, column: pl.Series, rows: Rows | None) -> npt.NDArray[np.int64]:
        """Return which of the column's features is 1 in each of some rows, or all; -1 for none."""
        text = in_words_of(as_text(chosen(column, rows)), self.levels)
        codes = text.cast(pl.Enum(self.levels), strict=False).to_physical()
        other = len(self.levels) + self.missing if self.other else -1
        # A missing value that the training examples had none of is like an unseen level.
        missing = len(self.levels) if self.missing else other
        found = codes.cast(pl.Int64).fill_null(other).to_numpy()
        return np.where(text.is_null().to_numpy(), missing, found)


Column: TypeAlias = Annotated[NumberColumn | CategoryColumn, Field(discriminator="kind")]


class TablePreprocessing(Frozen):
    """How a table's rows become features.

    Attributes:
        kind: ``"table"``.
        target: the column that holds the class; rows to predict need not have it.
        scaling: how numbers were scaled.
        columns: those that are used, in the order of the table.
        ignored: columns that rows may have and that are not used.
        reading: how the table was written, where the study said so, and new rows are; not stored where it did not.

    >>> age = NumberColumn(name="age", meaning="number", shift=40, scale=10, fill=38, indicator=True)
    >>> job = CategoryColumn(name="job", levels=("baker", "smith"), missing=False, other=False)
    >>> table = TablePreprocessing(target="rich", scaling="standardise", columns=(age, job))
    >>> table.feature_names
    ('age', 'age (missing)', 'job = baker', 'job = smith')
    >>> table.transform(pl.DataFrame({"job": ["smith", "king"], "age": [50, None]})).round(1).tolist()
    [[1.0, 0.0, 0.0, 1.0], [-0.20000000298023224, 1.0, 0.0, 0.0]]
    """

    kind: Literal["table"] = "table"
    target: str
    scaling: Scaling
    columns: Annotated[tuple[Column, ...], Field(min_length=1)]
    ignored: tuple[str, ...] = ()
    reading: Reading = UNSAID

    @cached_property
    def feature_names(self) -> tuple[str, ...]:
        """One name a feature, in their order."""
        return tuple(name for column in self.columns for name in column.feature_names)

    @property
    def n_features(self) -> int:
        """Number of features."""
        return len(self.feature_names)

    @property
    def text_columns(self) -> frozenset[str]:
        """Columns that a file must be read as text for: 01 is another category than 1, and 1.234 may be 1234."""
        return frozenset(
            column.name for column in self.columns if column.kind == "category" or not column.form.has_plain_numbers
        )

    @property
    def expected(self) -> Expected:
        """What a file of further rows is read by: the columns of the study's own."""
        names = (*(column.name for column in self.columns), *self.ignored, self.target)
        return expected_of(dict.fromkeys(names), self.target, self.reading)

    def to_json(self) -> dict[str, object]:
        """Return all of it as plain JSON values."""
        written = self.model_dump(mode="json", exclude={"reading"})
        said = self.reading.model_dump(mode="json", exclude_defaults=True)
        return {**written, "reading": said} if said else written

    def check(self, frame: pl.DataFrame, origin: str = "the rows") -> None:
        """Refuse a table whose columns do not fit; further ones do.

        Raises:
            DataError: a column is missing or of no use; the line names it.
        """
        there = set(frame.columns)
        for name in (column.name for column in self.columns):
            if name not in there:
                raise lacking(origin, name, self.further(frame))
            if not is_supported(frame[name]):
                raise DataError(must(f'{origin}, column "{name}"', "hold numbers or text", kind_of(frame[name])))

    def further(self, frame: pl.DataFrame) -> tuple[str, ...]:
        """Return the columns that the study has never seen."""
        known = {*(column.name for column in self.columns), *self.ignored, self.target}
        return tuple(name for name in frame.columns if name not in known)

    def transform(self, frame: pl.DataFrame, rows: Rows | None = None, origin: str = "the rows") -> Float32Array:
        """Return what a network sees.

        Args:
            frame: a table with the study's columns, in any order; those of ``ignored`` and the target may be missing,
                and further ones are left aside.
            rows: which of its rows, all where None.
            origin: what the table is called in messages.

        Returns:
            shape ``(n, d)``, float32, C-contiguous.

        Raises:
            DataError: a column or cell does not fit; the line names it.
        """
        self.check(frame, origin)
        frame = blanked(frame, self.reading.missing)
        n_rows = frame.height if rows is None else rows.size
        check_memory(4 * n_rows * self.n_features, f"{origin}, as {self.n_features} features,")
        features = np.zeros((n_rows, self.n_features), dtype=np.float32)
        pending = _Pending(features)
        position = 0
        for column in self.columns:
            if column.kind == "number":
                parts = column.features(column.numbers(frame[column.name], rows, origin))
                _check_overflow(parts[0], column.name, rows, origin)
                pending.add(position, parts)
            else:
                codes = column.positions(frame[column.name], rows)
                placed = np.flatnonzero(codes >= 0)
                features[placed, position + codes[placed]] = 1
            position += len(column.feature_names)
        pending.flush()
        return features


class _Pending:
    """Features of neighbouring columns, written to the rows together."""

    def __init__(self, features: Float32Array) -> None:
        self._features = features
        self._parts: list[Float32Array] = []
        self._start = 0

    def add(self, position: int, parts: list[Float32Array]) -> None:
        """Take the features that start at a position."""
        if self._start + len(self._parts) != position or len(self._parts) >= _TOGETHER:
            self.flush()
            self._start = position
        self._parts += parts

    def flush(self) -> None:
        """Write what was taken."""
        if self._parts:
            self._features[:, self._start : self._start + len(self._parts)] = np.stack(self._parts, axis=1)
        self._parts = []


def further_line(origin: str, names: Sequence[str], whose: str = "the study") -> str:
    """Return what is said of columns that nothing is done with.

    >>> further_line("new.csv", ["a", "b"])
    'new.csv: the columns a, b are ignored: the study has none of these names'
    """
    if len(names) == 1:
        return f'{origin}: the column "{names[0]}" is ignored: {whose} has none of that name'
    return f"{origin}: the columns {some(names, _SHOWN)} are ignored: {whose} has none of these names"


def lacking(origin: str, name: str, further: Sequence[str]) -> DataError:
    """Return the refusal of rows without a column of the study; one of their further columns may be it, misspelt."""
    near = nearest(name, further)
    fix = f'rename the column "{near}"' if near else "add it; a missing value is an empty cell"
    return DataError(must(origin, f'have the column "{name}"', "no such column", fix))


def wrong_cell(column: pl.Series, index: int, be: str, origin: str, fix: str | None = None) -> str:
    """Return the line for a cell that is not what it must be; rows count from 1 after the header."""
    value = column[index]
    shown = value if isinstance(value, str | int | float | bool) else str(value)
    return must(f'{origin}, row {index + 1}, column "{column.name}"', f"be {be}", _short(shown), fix)


def _short(value: object) -> object:
    """Cut a long text, and keep it in quotes."""
    if isinstance(value, str):
        text = shortened(value, 60)
        return repr(text) if " " in text else text
    return value


def _check_overflow(scaled: Float32Array, name: str, rows: Rows | None, origin: str) -> None:
    """Refuse a number so far from the training examples' that its scaled value is no float32."""
    wrong = ~np.isfinite(scaled)
    if wrong.any():
        i = int(wrong.argmax())
        what = f'{origin}, row {(i if rows is None else int(rows[i])) + 1}, column "{name}"'
        fix = "check its unit, or leave the column out"
        raise DataError(must(what, "be within what a float32 holds once scaled", "a larger number", fix))
