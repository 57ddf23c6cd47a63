"""What a split does not show: classes that its examples are none of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlpstudy.text.words import listed

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    import numpy.typing as npt


def absent_warning(
    labels: npt.NDArray[np.int32], class_names: Sequence[str], origin: str, split: str, told: Container[int] = ()
) -> str | None:
    """Return a warning that names the classes of which a split has no example; None without any.

    Args:
        labels: class indices of the split.
        class_names: one name a class.
        origin: the data, for the line.
        split: what the split is called.
        told: classes of which that has been said already.

    >>> absent_warning(np.array([0, 1], dtype=np.int32), ("cat", "dog", "cow"), "pets", "test")
    'pets: class "cow" has no test example, so nothing is measured of it'
    """
    counts = np.bincount(labels, minlength=len(class_names))
    absent = [f'"{name}"' for k, name in enumerate(class_names) if not counts[k] and k not in told]
    if not absent:
        return None
    if len(absent) == 1:
        return f"{origin}: class {absent[0]} has no {split} example, so nothing is measured of it"
    return f"{origin}: the classes {listed(absent)} have no {split} examples, so nothing is measured of them"
