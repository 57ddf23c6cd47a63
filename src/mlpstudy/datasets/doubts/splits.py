"""What a split does not show: classes that its examples are none of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlpstudy.text.words import listed

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    import numpy.typing as npt


def absent_warning(
    labels: npt.NDArray[np.int32], class_names: Sequence[str], what: str, told: Container[int] = ()
) -> str | None:
    """Return a warning that names the classes of which a split has no example; None without any.

    Args:
        labels: class indices of the split.
        class_names: one name a class.
        what: the split, for the line.
        told: classes of which that has been said already.

    >>> absent_warning(np.array([0, 0], dtype=np.int32), ("a", "b"), "the test")
    'the test: all 2 examples are of class "a": what is measured there says nothing of "b"'
    """
    counts = np.bincount(labels, minlength=len(class_names))
    absent = [f'"{name}"' for k, name in enumerate(class_names) if not counts[k] and k not in told]
    if not absent:
        return None
    if int((counts > 0).sum()) == 1:
        only = class_names[int(counts.argmax())]
        return (
            f'{what}: all {labels.size:,} examples are of class "{only}": what is measured there says nothing of'
            f" {listed(absent)}"
        )
    of, it = ("class", "it") if len(absent) == 1 else ("classes", "them")
    return f"{what}: no example is of {of} {listed(absent)}, so nothing is measured of {it}"
