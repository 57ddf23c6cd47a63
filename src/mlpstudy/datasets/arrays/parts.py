"""From arrays with labels to a study's examples."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from mlpstudy.datasets.raw import Labelled, Part, Parts
from mlpstudy.datasets.targets.classes import (
    LEAST_EXAMPLES,
    is_quantity,
    no_classes,
    quantity_warning,
    single_warning,
)
from mlpstudy.errors import DataError, must
from mlpstudy.study.base import content_hash

if TYPE_CHECKING:
    from mlpstudy.study import Data

OF_TABLES = ("target", "group", "time", "categorical", "drop")


def collect_arrays(
    data: Data, main: Labelled, test: Labelled | None = None, validation: Labelled | None = None
) -> Parts:
    """Return the examples in arrays.

    Args:
        data: the study's data.
        main: what training examples are taken from.
        test: the test examples, where they have arrays of their own.
        validation: the validation examples, where they have arrays of their own.

    Raises:
        DataError: the study says something of them that only tables or other arrays have, or a class is of no use.
    """
    origin = data.title.removeprefix("./")
    for key in OF_TABLES:
        if getattr(data, key):
            raise left_out(data, key, "since the data are no table with named columns")
    if main.image_shape is not None and main.values.dtype == np.uint8 and data.numeric is not None:
        raise left_out(data, "numeric", "since grey values of images are divided by 255")
    if main.test is not None:
        if data.test is not None:
            raise left_out(data, "test", f"since {origin} has test examples of its own")
        test = main.test
    single = None if test is not None else _single_classes(main, origin)
    if validation is None and "validation" not in data.model_fields_set:
        validation = main.validation
    hashes = [part.sha256 for part in (main, test, validation) if part is not None]
    return Parts(
        main=Part(main.values, main.labels, origin, main.feature_names),
        test=None if test is None else Part(test.values, test.labels, f"{origin}, test examples"),
        validation=None if validation is None else Part(validation.values, validation.labels, f"{origin}, validation"),
        class_names=main.class_names,
        image_shape=main.image_shape,
        first_column=main.first_column,
        sha256=main.sha256 if test is main.test and validation is None else content_hash(hashes),
        warnings=(
            *_warnings(main, test, validation, origin),
            *_left_unused(main, validation, data),
            *((single,) if single else ()),
        ),
    )


def _warnings(main: Labelled, test: Labelled | None, validation: Labelled | None, origin: str) -> tuple[str, ...]:
    apart = [part for part in (test, validation) if part is not None and part not in (main.test, main.validation)]
    doubt = quantity_warning(main.class_names, f"{origin}, labels")
    return (*main.warnings, *(line for part in apart for line in part.warnings), *((doubt,) if doubt else ()))


def _left_unused(main: Labelled, validation: Labelled | None, data: Data) -> tuple[str, ...]:
    """Say that the study file's validation goes before that of the data, where they have one."""
    if main.validation is None or (validation is not None and validation.sha256 == main.validation.sha256):
        return ()
    has, asked = f"{len(main.validation)} validation examples of its own", f"validation = {json.dumps(data.validation)}"
    return (f"{data.title}: {has} are not used, since the study file says {asked}; without that key they are",)


def left_out(data: Data, key: str, why: str) -> DataError:
    """Return the error of a key of a study's data that has no meaning beside the others."""
    return DataError(must(f"data.{key}", f"be left out, {why}", str(getattr(data, key)), "remove the key"))


def _single_classes(main: Labelled, origin: str) -> str | None:
    """Return a warning that names the classes of a single example, which stays to be learned from; None without any.

    Raises:
        DataError: they are values of a quantity.
    """
    counts = np.bincount(main.labels, minlength=len(main.class_names))
    single = np.flatnonzero(counts < LEAST_EXAMPLES)
    if single.size and is_quantity(main.class_names):
        what = f"{origin}, labels"
        raise no_classes(what, main.class_names, single.size)
    return single_warning(origin, [main.class_names[k] for k in single.tolist()])
