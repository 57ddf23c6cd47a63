"""What each column of the database may hold: one table, and one check that every row read goes through.

SQLite's types are a custom, no promise, and whoever sent a folder wrote what they liked. What a command reads has
passed here, so that no command meets an impossible value. docs/store.md says what the columns mean.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from mlpstudy.errors import StoreError, damaged, must
from mlpstudy.store.failures import DATABASE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MOST_CLASSES = 1000
"""More are taken for a quantity wherever data are read, and a confusion matrix has their square."""
MOST_LAYERS = 1001
"""Layers of a network: a thousand hidden ones and the output."""
_LARGEST_FLOAT32 = 3.5e38
_CENTURIES_S = 1e10
_MANY = 1 << 53


class Column(Protocol):
    """What one column may hold."""

    def allows(self, value: object) -> bool:
        """Say whether it may hold a value, as SQLite gave it."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text of at most so many characters, whole of a pattern where there is one; NULL where it may be missing."""

    longest: int
    pattern: re.Pattern[str] | None = None
    may_miss: bool = False

    def allows(self, value: object) -> bool:
        """Say whether it is a text that fits."""
        if not isinstance(value, str):
            return value is None and self.may_miss
        return len(value) <= self.longest and (self.pattern is None or self.pattern.fullmatch(value) is not None)


@dataclass(frozen=True, slots=True)
class Time:
    """A moment in ISO 8601."""

    def allows(self, value: object) -> bool:
        """Say whether it is a text that reads as one."""
        if not isinstance(value, str) or len(value) > 40:  # noqa: PLR2004  # the longest has 32
            return False
        try:
            datetime.fromisoformat(value)
        except ValueError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number in a range, both ends included; NULL where it may be missing."""

    low: int
    high: int
    may_miss: bool = False

    def allows(self, value: object) -> bool:
        """Say whether it is a whole number in the range."""
        return self.low <= value <= self.high if type(value) is int else value is None and self.may_miss


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a range, both ends included; NULL where it may be missing, which stands for NaN too."""

    low: float
    high: float
    may_miss: bool = False

    def allows(self, value: object) -> bool:
        """Say whether it is a number in the range; NaN is in none."""
        return self.low <= value <= self.high if type(value) is float else value is None and self.may_miss


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes; their number is checked where the number of test examples is known."""

    def allows(self, value: object) -> bool:
        """Say whether it is bytes."""
        return isinstance(value, bytes)


_HASH = Text(64, re.compile("[0-9a-f]{64}"))
_MAYBE_HASH = Text(64, re.compile("[0-9a-f]{64}"), may_miss=True)
_RUN_ID = Text(16, re.compile("[0-9a-f]{16}"))
_ROWID = Whole(-(1 << 63), (1 << 63) - 1)
_WORD = Text(1000)
_COUNT = Whole(1, _MANY)
# Means of shares and losses may end a rounding beyond what they are means of.
_SHARE = Number(-1e-6, 1.0 + 1e-6)
_MAYBE_SHARE = Number(-1e-6, 1.0 + 1e-6, may_miss=True)
_LOSS = Number(-1e-6, _LARGEST_FLOAT32)
_MAYBE_LOSS = Number(-1e-6, _LARGEST_FLOAT32, may_miss=True)
_SECONDS = Number(0.0, _CENTURIES_S)
# A run that diverges has losses without end, or none.
_ANY_LOSS = Number(-1e-6, math.inf, may_miss=True)
_ANY_SIZE = Number(0.0, math.inf, may_miss=True)
_EPOCH = Whole(1, 100_000)

COLUMNS: Mapping[str, Mapping[str, Column]] = {
    "study": {
        "id": Whole(1, 1),
        "fields": Text(1 << 26),
        "identity": _HASH,
        "name": _WORD,
        "engine": _WORD,
        "data_name": Text(100_000),
        "data_sha256": _HASH,
        "validation_source": Text(8, re.compile("test|held out")),
        "class_names": Text(1 << 22),
        "image_rows": Whole(1, 1 << 16, may_miss=True),
        "image_columns": Whole(1, 1 << 16, may_miss=True),
        "n_features": Whole(1, 1 << 31),
        "n_train": _COUNT,
        "n_validation": _COUNT,
        "n_test": _COUNT,
        "test_labels": Blob(),
        "semantics": Whole(1, 1_000_000),
        "created_at": Time(),
        "sha256": _HASH,
        "preprocessing": Text(1 << 28, may_miss=True),
    },
    "provenance": {
        "id": _ROWID,
        "mlpstudy": _WORD,
        "engine": _WORD,
        "engine_version": _WORD,
        "instruction_set": _WORD,
        "python": _WORD,
        "numpy": _WORD,
        "platform": _WORD,
        "cpu": _WORD,
        "n_cores": Whole(1, 1 << 20),
    },
    "runs": {
        "run_id": _RUN_ID,
        "architecture": Text(1 << 20),
        "seed": Whole(0, 100_000),
        "status": Text(8, re.compile("running|finished|diverged|failed")),
        "reason": Text(1 << 20, may_miss=True),
        "n_epochs_done": Whole(0, 100_000),
        "diverged_epoch": Whole(1, 100_001, may_miss=True),
        "test_loss": _MAYBE_LOSS,
        "test_accuracy": _MAYBE_SHARE,
        "n_parameters": Whole(0, _MANY),
        "n_trainable": Whole(0, _MANY),
        "wall_s": _SECONDS,
        "started_at": Time(),
        "provenance_id": _ROWID,
        "weights_bytes": Whole(0, _MANY, may_miss=True),
        "weights_sha256": _MAYBE_HASH,
        "sha256": _MAYBE_HASH,
    },
    "epochs": {
        "run_id": _RUN_ID,
        "epoch": _EPOCH,
        "train_loss": _ANY_LOSS,
        "train_accuracy": _MAYBE_SHARE,
        "val_loss": _ANY_LOSS,
        "val_accuracy": _MAYBE_SHARE,
        "train_s": _SECONDS,
        "val_s": _SECONDS,
    },
    "layers": {
        "run_id": _RUN_ID,
        "epoch": _EPOCH,
        "layer": _WORD,
        "gradient_norm": _ANY_SIZE,
        "weight_norm": _ANY_SIZE,
        "update_ratio": _ANY_SIZE,
        "dead_share": _MAYBE_SHARE,
        "activation_mean": Number(-math.inf, math.inf, may_miss=True),
        "activation_std": _ANY_SIZE,
    },
    "baselines": {
        "name": _WORD,
        "test_accuracy": _SHARE,
        "test_loss": _LOSS,
        "predicted": Blob(),
        "p_true": Blob(),
        "sha256": _HASH,
    },
    "outcomes": {
        "run_id": _RUN_ID,
        "predicted": Blob(),
        "p_predicted": Blob(),
        "p_true": Blob(),
        "sha256": _HASH,
    },
}
"""Every column of every table."""


Checks = tuple[tuple[str, Column], ...]
"""The columns of a statement's rows, in their order: name and what it may hold."""


def checks(table: str, names: Iterable[str]) -> Checks:
    """Return the checks of some columns of a table."""
    return tuple((name, COLUMNS[table][name]) for name in names)


def check(row: Sequence[object], columns: Checks) -> None:
    """Check every value of a row.

    Raises:
        StoreError: one is impossible.
    """
    for value, (name, column) in zip(row, columns, strict=True):
        if not column.allows(value):
            raise bad_value(name, value)


def check_written(table: str, values: Mapping[str, object]) -> None:
    """Check the values of a row before they are written: nothing is recorded that could not be read again.

    Raises:
        StoreError: one is impossible.
    """
    for name, value in values.items():
        # SQLite stores NULL in the place of NaN.
        stored = None if isinstance(value, float) and math.isnan(value) else value
        if not COLUMNS[table][name].allows(stored):
            raise StoreError(must(f"{name} of the table {table}", "be a possible value", f"{value!r:.60}"))


def bad_value(name: str, value: object) -> Exception:
    """Return the error for a value that a column cannot have."""
    return damaged(DATABASE, f"{value!r:.60} in the column {name}")
