"""From raw values to what a network sees: learned from training examples, kept as JSON, applied to anything new.

The kinds, each in a file of its own:

    pixels    x / 255
    numbers   (x - shift) / scale, for each feature
    sparse    x / largest, for each feature; zeros stay zeros
    table     columns of a table: numbers, categories, dates, missing values (``tables.columns``)

Every kind is a frozen object of plain values, so that its JSON form holds all of it: made again from that, it
transforms to the same bits.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Annotated, TypeAlias

from pydantic import Field, TypeAdapter, ValidationError

from mlpstudy.datasets.preprocessing.numbers import NumbersPreprocessing
from mlpstudy.datasets.preprocessing.pixels import PixelsPreprocessing
from mlpstudy.datasets.preprocessing.sparse import SparsePreprocessing
from mlpstudy.errors import DataError, must

if TYPE_CHECKING:
    from mlpstudy.datasets.tables.columns import TablePreprocessing

ArrayPreprocessing: TypeAlias = PixelsPreprocessing | NumbersPreprocessing | SparsePreprocessing
Preprocessing: TypeAlias = "ArrayPreprocessing | TablePreprocessing"


def preprocessing_from_json(value: Mapping[str, object]) -> Preprocessing:
    """Make a preprocessing again from its JSON form, which may come from a foreign file: nothing in it is trusted.

    Raises:
        DataError: it is no preprocessing; the line says what is wrong with it.

    >>> preprocessing_from_json({"kind": "pixels", "scale": 255, "n_features": 4, "shape": [2, 2]}).n_features
    4
    """
    try:
        return _adapter().validate_json(json.dumps(value))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise DataError(must("the stored preprocessing", "be as it was written", f"{where}: {first['msg']}")) from None
    except (TypeError, ValueError, RecursionError) as error:
        raise DataError(must("the stored preprocessing", "be JSON", str(error))) from None


@cache
def _adapter() -> TypeAdapter[Preprocessing]:
    """Return what makes a preprocessing of any kind from its JSON form."""
    from mlpstudy.datasets.tables.columns import TablePreprocessing  # noqa: PLC0415  # heavy: Polars

    return TypeAdapter(Annotated[ArrayPreprocessing | TablePreprocessing, Field(discriminator="kind")])
