"""Results as plain JSON values: field names are the keys, numbers that JSON lacks are null."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping

import numpy as np
from pydantic import BaseModel

from mlpstudy.tasks.metrics.metric import Metric

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]


def plain(value: object) -> Plain:
    """Return any result of this package as plain JSON values.

    Dataclasses and models become objects with their field names, metrics their names, tuples and arrays lists,
    infinities and nan null.

    Raises:
        TypeError: the value is of a type that no result has.

    >>> from mlpstudy.evidence.estimates.intervals import Interval
    >>> plain(Interval(-math.inf, 0.5, 0.95))
    {'low': None, 'high': 0.5, 'confidence': 0.95}
    """
    value = value.name if isinstance(value, Metric) else value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return [plain(v) for v in value]
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(type(value).__name__)
