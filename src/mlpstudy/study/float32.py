"""Settings that float32 cannot hold: refused before anything runs, not where a study of before is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpstudy.errors import StudyError, must
from mlpstudy.study.network.network import Network
from mlpstudy.study.training.training import Training

if TYPE_CHECKING:
    from mlpstudy.study.study import Study

LEAST_NORMAL = 1.1754943508222875e-38
"""The smallest normal number of float32, 2^-126: engines take what is below for 0, and divide by it."""


def check_float32(study: Study) -> None:
    """Refuse an epsilon that is none in float32.

    A folder may hold such a study, from versions that trained it to NaN or, where nothing was divided by epsilon
    alone, to the end: it can still be read.

    Raises:
        StudyError: an epsilon is below float32's normal numbers.
    """
    for architecture in study.architectures:
        for key, epsilon, default in (
            ("bn_epsilon", architecture.network.bn_epsilon, Network.model_fields["bn_epsilon"].default),
            ("epsilon", architecture.training.epsilon, Training.model_fields["epsilon"].default),
        ):
            if epsilon < LEAST_NORMAL:
                be = f"be at least {LEAST_NORMAL:.8g}, the smallest normal number of float32"
                raise StudyError(must(f'{key} of "{architecture.name}"', be, epsilon, f"{key} = {default}"))
