"""What a metric is: a plain function of what runs answered, and how its numbers are judged and written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

from mlpstudy.machine.lazy import Lazy
from mlpstudy.text.numerals import between, fixed

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from mlpstudy.arrays import FloatArray
else:
    np = Lazy("numpy")

Value = TypeVar("Value", float, "FloatArray")


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What n runs answered on N test examples.

    Attributes:
        labels: true classes, shape ``(N,)``.
        predicted: predicted classes, shape ``(n, N)``.
        p_predicted: their probabilities, shape ``(n, N)``.
        p_true: probabilities of the true classes, shape ``(n, N)``.
    """

    labels: npt.NDArray[np.int32]
    predicted: npt.NDArray[np.int32]
    p_predicted: npt.NDArray[np.float32]
    p_true: npt.NDArray[np.float32]

    @property
    def correct(self) -> npt.NDArray[np.bool_]:
        """Where the predictions are right, shape ``(n, N)``."""
        return np.equal(self.predicted, self.labels)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit, and what stands behind its numbers.

    Attributes:
        name: as JSON has it.
        factor: from the unit to the one that is written: 100 for shares, which are written in per cent.
        of_values: behind a value.
        of_differences: behind a difference, within a sentence.
        in_full: of differences, in headings and captions.
    """

    name: str
    factor: float
    of_values: str
    of_differences: str
    in_full: str


SHARES = Unit("share", 100.0, "%", "points", "percentage points")
NATS = Unit("nats", 1.0, "nats", "nats", "nats")


@dataclass(frozen=True, slots=True, repr=False)
class Metric:
    """A number that says how good a run is; all its words are here.

    Attributes:
        name: in study files, claims and JSON, and within sentences.
        formula: what it is, of N examples.
        source: where it is from.
        unit: of its values and differences.
        digits: decimals with which they are written.
        higher_is_better: which end is good.
        possible: least and greatest value.
        measure: from what runs answered, ``(n, N)``: a value of every run on every example, whose mean is the run's;
            or ``(n,)``: a value of every run, where it is not ``on_examples``.
        of_a_share: what an accuracy of 1 (100 points) is worth in its unit: the rate at which the declared band of
            indifference, and the spread that is assumed before anything ran, are exchanged.
        v_example: variance between examples of a difference of two architectures that is assumed before anything ran;
            that of accuracy, exchanged, where None.
        counts_examples: its values are shares of the test examples, so that a difference is a number of them.
        on_examples: every single example has it. Only such a metric may be declared as what decides: of another
            nothing is known on new data.
        recorded: the measure of a run's record that it is, which is known before anything is judged; None of another.

    >>> from mlpstudy.tasks.metrics.accuracy import ACCURACY
    >>> ACCURACY.value(0.98123), ACCURACY.difference(0.00123), ACCURACY.interval(-0.0002, 0.0012)
    ('98.12 %', '+0.12 points', '[-0.02, +0.12]')
    """

    name: str
    formula: str
    source: str
    unit: Unit
    digits: int
    higher_is_better: bool
    possible: tuple[float, float]
    measure: Callable[[Answers], FloatArray]
    of_a_share: float
    v_example: float | None = None
    counts_examples: bool = False
    on_examples: bool = True
    recorded: Literal["accuracy", "loss"] | None = None

    def __repr__(self) -> str:
        """Return its name alone: what was judged or planned is printed with it."""
        return f"Metric({self.name!r})"

    def measured(self, answers: Answers) -> tuple[FloatArray | None, FloatArray]:
        """Return its value of every run on every example, None where no example has one, and of every run."""
        found = self.measure(answers)
        return (found, found.mean(axis=1)) if self.on_examples else (None, found)

    @property
    def range(self) -> float:
        """How far two of its values can be apart."""
        return self.possible[1] - self.possible[0]

    def goodness(self, value: Value) -> Value:
        """Return a number that is higher the better a value is: what is sorted by."""
        return value if self.higher_is_better else -value

    def band(self, points: float) -> float:
        """Return the band of indifference in its unit, declared in percentage points of accuracy."""
        return points / 100 * self.of_a_share

    def resolution(self, n_examples: int) -> float:
        """Return the step in which a value moves; 0 where it moves in none."""
        return 1.0 / n_examples if self.counts_examples else 0.0

    def bare(self, value: float) -> str:
        """Return a value without its unit, which stands elsewhere."""
        return fixed(self.unit.factor * value, self.digits)

    def value(self, value: float) -> str:
        """Return a value with its unit."""
        return f"{self.bare(value)} {self.unit.of_values}"

    def number(self, difference: float) -> str:
        """Return a difference with its sign."""
        return fixed(self.unit.factor * difference, self.digits, sign=True)

    def difference(self, difference: float) -> str:
        """Return a difference with its sign and unit."""
        return f"{self.number(difference)} {self.unit.of_differences}"

    def size(self, difference: float) -> str:
        """Return a difference without sign, with its unit."""
        return f"{self.bare(abs(difference))} {self.unit.of_differences}"

    def sd(self, sd: float) -> str:
        """Return a spread of values, with one digit more than these, with its unit."""
        return f"{fixed(self.unit.factor * sd, self.digits + 1)} {self.unit.of_differences}"

    def given(self, difference: float) -> str:
        """Return a difference that somebody chose, with the digits that it has."""
        return f"{self.unit.factor * difference:g} {self.unit.of_differences}"

    def interval(self, low: float, high: float) -> str:
        """Return an interval of a difference, in brackets."""
        return between(low, high, self.unit.factor, self.digits, sign=True)
