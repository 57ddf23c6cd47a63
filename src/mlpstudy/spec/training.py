"""How every network of a study is trained, and how its results are judged."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from mlpstudy.spec.base import Frozen

MAX_COMPARISONS = 5000
"""All pairs of 100 architectures: beyond it hardly any difference could survive the adjustment."""
LEAST_JUDGED = 2
"""Test examples without which no spread over examples is known."""

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

    epochs: Annotated[int, Field(ge=1, le=100_000)] = 20
    batch_size: Annotated[int, Field(ge=1, le=1_000_000)] = 128
    optimizer: Literal["adam"] = "adam"
    learning_rate: Annotated[float, Field(gt=0)] = 0.001
    beta_1: Beta = 0.9
    beta_2: Beta = 0.999
    epsilon: Annotated[float, Field(gt=0)] = 1e-7
    diagnostics: bool = False

    def content(self) -> dict[str, object]:
        """Return the settings that decide a result."""
        return self.model_dump(mode="json", exclude={"diagnostics"})


class Judging(Frozen):
    """What counts as evidence: written down before anything runs.

    Attributes:
        metric: the primary one; all others are exploratory.
        family: the comparisons that are adjusted together: ``"all-pairs"``, ``"against"`` (the baseline), or
            ``"pairs"``.
        baseline: the architecture that all others are compared with, for ``family = "against"``.
        pairs: the pairs of architectures, for ``family = "pairs"``.
        confidence: level of the intervals.
        indifference_pp: differences of at most that many percentage points do not matter.
    """

    metric: Literal["accuracy", "log loss"] = "accuracy"
    family: Literal["all-pairs", "against", "pairs"] = "all-pairs"
    baseline: str | None = None
    pairs: Annotated[
        tuple[Annotated[tuple[str, str], BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else v)], ...],
        BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else v),
    ] = ()
    confidence: Annotated[float, Field(ge=0.5, lt=1)] = 0.95
    indifference_pp: Annotated[float, Field(gt=0, le=100)] = 0.1

    def n_comparisons(self, n_architectures: int) -> int:
        """Return the number of comparisons that are declared for a number of architectures.

        >>> Judging().n_comparisons(9), Judging(family="against", baseline="a").n_comparisons(9)
        (36, 8)
        """
        if self.family == "pairs":
            return len(self.pairs)
        return n_architectures - 1 if self.family == "against" else n_architectures * (n_architectures - 1) // 2
