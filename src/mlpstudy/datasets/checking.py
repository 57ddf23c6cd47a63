"""What a study makes of examples before it trains on them: its splits, what it learns of them, what it warns of.

``run``, ``init`` and ``data show`` say the same of data, since all of them ask here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mlpstudy.datasets.doubts.finding import Doubts, find_doubts
from mlpstudy.datasets.preprocessing.fitting import fit_preprocessing
from mlpstudy.datasets.splits import HeldOut, Indices, Positions, choose, hold_out, hold_out_groups, hold_out_latest
from mlpstudy.errors import DataError, must
from mlpstudy.study.data import TEST_SHARE

if TYPE_CHECKING:
    from mlpstudy.datasets.preprocessing.stored import Preprocessing
    from mlpstudy.datasets.raw import Parts
    from mlpstudy.datasets.splits import Purpose
    from mlpstudy.study import Data

VALIDATION_IS_TEST = (
    'validation = "test": the curves are measured on the test examples, as the notebook did, so they must not choose'
    " anything; a share such as 0.1 holds training examples out instead"
)


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """What a study makes of examples.

    Attributes:
        positions: which examples each split takes.
        preprocessing: how they become features.
        warnings: what a user should know of them, a line each.
        leaking: columns that give the class away.
    """

    positions: Positions
    preprocessing: Preprocessing
    warnings: tuple[str, ...]
    leaking: tuple[str, ...] = ()


def check(parts: Parts, data: Data, study_seed: int, *, is_own: bool) -> Checked:
    """Split examples, learn their preprocessing and look at them.

    Args:
        parts: the examples.
        data: the study's data.
        study_seed: the study's own seed; the only source of randomness.
        is_own: whether they are a user's own, and not of a data set with a name.

    Raises:
        DataError: they are of no use as they are, or more are asked for than there are.
    """
    positions = _split(parts, data, study_seed)
    if is_own:
        _check_classes(parts, positions)
    preprocessing, warnings = fit_preprocessing(parts, positions.train, data)
    doubts = find_doubts(parts, positions, preprocessing, data) if is_own else Doubts()
    of_validation = (VALIDATION_IS_TEST,) if positions.validation is None else ()
    return Checked(
        positions, preprocessing, (*parts.warnings, *warnings, *doubts.lines, *of_validation), doubts.leaking
    )


def _split(parts: Parts, data: Data, study_seed: int) -> Positions:
    """Choose every split."""
    available = parts.main.known
    if parts.test is not None:
        test = parts.test.known
    else:
        share = data.test if isinstance(data.test, float) else TEST_SHARE
        available, test = _hold_out(parts, available, share, study_seed, "test split")
    test = test[choose(len(test), data.test_examples, study_seed, 1, "data.test_examples")]
    train = available[choose(len(available), data.train_examples, study_seed, 0, "data.train_examples")]
    validation: Indices | None = None
    if parts.validation is not None:
        validation = parts.validation.known
    elif isinstance(data.validation, float):
        train, validation = _hold_out(parts, train, data.validation, study_seed, "validation split")
    return Positions(train, validation, test)


def _hold_out(parts: Parts, of: Indices, share: float, study_seed: int, purpose: Purpose) -> HeldOut:
    """Hold out a share of some examples of ``main``: by class, by group or by time."""
    if parts.groups is not None:
        within = hold_out_groups(parts.groups[of], share, study_seed, purpose)
    elif parts.times is not None:
        within = hold_out_latest(parts.times[of], share, purpose)
    else:
        within = hold_out(parts.main.labels[of], share, study_seed, purpose)
    return HeldOut(of[within.train], of[within.validation])


def _check_classes(parts: Parts, positions: Positions) -> None:
    """Refuse a class that nothing could be learned of."""
    counts = np.bincount(parts.main.labels[positions.train], minlength=len(parts.class_names))
    for name, count in zip(parts.class_names, counts.tolist(), strict=True):
        if not count:
            fix = "a larger share of training examples, or leave the class out"
            raise DataError(
                must(f'{parts.main.origin}, class "{name}"', "be among the training examples", "none of it", fix)
            )
