"""How every network of a study is trained."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mlpstudy.study.base import Frozen, content_of

SLOTS = {"adam": ("m", "v")}
"""Of each optimiser the arrays that it keeps beside a trained tensor, by their names in checkpoints."""

Beta = Annotated[float, Field(ge=0, lt=1)]


class Training(Frozen):
    """Optimiser, batches and epochs. The loss is the categorical cross-entropy.

    Adam (Kingma & Ba 2015) with epsilon outside the bias correction, as Keras has it. At step t:

        m += (g - m) (1 - beta_1);   v += (g^2 - v) (1 - beta_2)
        w -= learning_rate sqrt(1 - beta_2^t) / (1 - beta_1^t) m / (sqrt(v) + epsilon)

    Attributes:
        epochs: passes over the training examples.
        batch_size: examples a step; the short last batch of an epoch is trained on.
        optimizer: Adam.
        learning_rate: step size.
        beta_1: decay of the first moment.
        beta_2: decay of the second moment.
        epsilon: added to the root of the second moment.
        diagnostics: record each epoch what every layer does (gradients, updates, dead units). It changes no result,
            so it is no part of a run's or a study's identity.

    >>> Training().batch_size
    128
    """

    FIRST_KEYS = ("epochs", "batch_size", "optimizer", "learning_rate", "beta_1", "beta_2", "epsilon")

    epochs: Annotated[int, Field(ge=1, le=100_000)] = 20
    batch_size: Annotated[int, Field(ge=1, le=1_000_000)] = 128
    optimizer: Literal["adam"] = "adam"
    learning_rate: Annotated[float, Field(gt=0)] = 0.001
    beta_1: Beta = 0.9
    beta_2: Beta = 0.999
    epsilon: Annotated[float, Field(gt=0)] = 1e-7
    diagnostics: bool = False

    @property
    def slots(self) -> tuple[str, ...]:
        """What the optimiser keeps beside each trained tensor, by its names in checkpoints."""
        return SLOTS[self.optimizer]

    def content(self) -> dict[str, object]:
        """Return the settings that decide a result."""
        return content_of(self, without=("diagnostics",))
