"""Sentences about learning curves: against a reader's own, and on curves whose shape is known."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from mlpstudy.errors import ResultsError
from mlpstudy.evidence.curves.observations import observe

GAP = np.nan
"""An epoch whose value is illegible in the notebook's scan."""

# fmt: off  # ten epochs a line
PLAIN_2 = (
    [
        0.2779,
        0.1073,
        0.0721,
        0.0501,
        0.0373,
        GAP,
        0.0215,
        0.0167,
        0.0148,
        0.0136,
        0.0112,
        0.0101,
        0.0114,
        0.0077,
        0.0038,
        0.0094,
        0.0083,
        0.0066,
        0.0057,
        0.0047,
    ],
    [
        0.1286,
        0.0953,
        0.0790,
        0.0791,
        0.0819,
        0.0742,
        0.0788,
        0.0702,
        0.0791,
        0.0770,
        0.0793,
        GAP,
        0.0854,
        0.0798,
        0.0814,
        0.0946,
        0.0990,
        0.1108,
        0.0828,
        0.0900,
    ],
)
PLAIN_3 = (
    [
        0.2373,
        0.0871,
        0.0554,
        0.0397,
        0.0319,
        0.0251,
        0.0227,
        0.0198,
        0.0166,
        0.0186,
        0.0184,
        0.0167,
        0.0104,
        0.0108,
        0.0127,
        0.0120,
        0.0103,
        0.0137,
        GAP,
        GAP,
    ],
    [
        0.1105,
        0.0991,
        0.0782,
        0.0740,
        0.0766,
        0.0751,
        0.0886,
        0.0940,
        0.0876,
        0.0976,
        0.0989,
        0.0877,
        0.0914,
        0.0889,
        0.0988,
        0.1108,
        0.1004,
        0.0970,
        0.0974,
        0.1026,
    ],
)
BATCHNORM_DROPOUT_2 = (
    [
        0.6283,
        0.3279,
        0.2703,
        0.2330,
        0.2040,
        GAP,
        0.1766,
        0.1669,
        0.1548,
        0.1464,
        0.1405,
        0.1362,
        0.1289,
        0.1225,
        0.1216,
        0.1141,
        GAP,
        GAP,
        GAP,
        GAP,
    ],
    [
        0.2089,
        0.1595,
        0.1373,
        0.1144,
        0.1108,
        0.1002,
        0.0982,
        0.0899,
        0.0859,
        0.0898,
        0.0900,
        0.0889,
        0.0836,
        0.0785,
        0.0795,
        0.0785,
        0.0753,
        GAP,
        GAP,
        GAP,
    ],
)
# fmt: on

EPOCHS = np.arange(1, 21)


def test_plain_2_as_its_reader_saw_it() -> None:
    """The reader: validation loss hardly changes after epoch 5, train loss falls until it flattens around 14."""
    seen = observe(*PLAIN_2)
    assert seen.val.flat_from is not None
    assert 3 <= seen.val.flat_from <= 6
    assert seen.train.flat_from is not None
    assert 12 <= seen.train.flat_from <= 16
    assert (seen.train_longer, seen.ends.almost_same) == ("no", False)
    assert (seen.val.lowest, seen.val.lowest_epoch) == (0.0702, 8)
    assert "while training loss keeps falling until epoch 13, where it too flattens" in seen.sentence


def test_plain_3_as_its_reader_saw_it() -> None:
    """The reader: validation loss is jagged after epoch 3, train loss keeps falling until it flattens around 15."""
    seen = observe(*PLAIN_3)
    assert seen.val.jagged
    assert seen.val.flat_from is not None
    assert 2 <= seen.val.flat_from <= 5
    assert seen.train.flat_from is not None
    assert 13 <= seen.train.flat_from <= 17
    assert "jagged" in seen.sentence
    assert seen.train_longer == "no"


def test_batchnorm_dropout_2_as_its_reader_saw_it() -> None:
    """The reader: both losses keep falling with more epochs; he called 0.078 and 0.119 almost the same, we do not."""
    seen = observe(*BATCHNORM_DROPOUT_2)
    assert (seen.train.trend, seen.val.trend) == ("falling", "falling")
    assert not seen.val.jagged
    assert not seen.ends.almost_same
    assert "over the last 3 epochs validation loss is below training loss (0.079 against 0.119)" in seen.sentence
    assert seen.train_longer == "yes"
    assert seen.sentence.startswith("Both losses keep falling with more epochs")
    assert (seen.train.last_epoch, seen.val.last_epoch) == (16, 17)


@pytest.mark.parametrize(("train", "val", "same"), [(0.19, 0.10, False), (0.024, 0.100, False), (0.1, 0.109, True)])
def test_words_on_the_end_agree_with_its_numbers(train: float, val: float, same: bool) -> None:
    """Almost the same are losses within a tenth of each other, however far they fell; both numbers stand beside it."""
    for start in (0.5, 50.0):
        falling = np.linspace(start, -start, 20)
        sentence = observe(np.maximum(falling, train), np.maximum(falling, val)).sentence
        assert ("almost the same" in sentence) == same
        assert f"{val:.3f} {'and' if same else 'against'} {train:.3f}" in sentence


def test_flattening_follows_the_curve() -> None:
    """An exponential that decays k times slower flattens k times later."""
    fast = observe(np.exp(-EPOCHS / 1.0), np.exp(-EPOCHS / 1.0)).train.flat_from
    slow = observe(np.exp(-EPOCHS / 3.0), np.exp(-EPOCHS / 3.0)).train.flat_from
    assert fast is not None
    assert slow is not None
    assert slow == pytest.approx(3 * fast, abs=2)


def test_overfitting_is_named_with_its_epoch() -> None:
    """A validation loss that turns up at epoch 7 is said to have risen since, and longer would not help."""
    val = 0.1 + 0.003 * (EPOCHS - 7.0) ** 2
    seen = observe(np.exp(-EPOCHS / 3.0), val)
    assert (seen.val.lowest_epoch, seen.val.risen_since, seen.val.trend) == (7, 7, "rising")
    assert seen.train_longer == "no"
    assert "has risen since epoch 7" in seen.sentence


@pytest.mark.parametrize(("train", "words"), [(np.exp(-EPOCHS / 9.0), "keeps falling"), (1 / EPOCHS**6, "is flat")])
def test_a_loss_that_has_been_lower_does_not_keep_falling(train: npt.NDArray[np.float64], words: str) -> None:
    """One that rose and falls again at the end is said to, and longer training is not simply called a help."""
    val = np.interp(EPOCHS, [1, 4, 10, 20], [0.5, 0.1, 0.6, 0.3])
    seen = observe(train, val)
    assert (seen.val.lowest_epoch, seen.val.trend, seen.val.falls_again) == (4, "falling", True)
    assert seen.sentence.startswith(
        "Validation loss falls again at the end, after it has risen (lowest 0.100, epoch 4)"
    )
    assert f"training loss {words}" in seen.sentence
    assert seen.sentence.endswith("training longer would lower validation loss, which has been lower already.")
    assert not observe(train, np.exp(-EPOCHS / 9.0)).val.falls_again


def test_noise_alone_is_flat_and_jagged() -> None:
    """A level curve with noise is flat from the start; in 9 of 10 it does not call for longer training."""
    rng = np.random.default_rng(7)
    shapes = [observe(1 / EPOCHS, 1.0 + 0.05 * rng.standard_normal(20)).val for _ in range(200)]
    assert sum(shape.trend == "falling" for shape in shapes) <= 20
    assert sum(shape.flat_from is not None and shape.flat_from <= 4 for shape in shapes) > 160
    assert all(shape.jagged for shape in shapes)


def test_jitter_is_the_sd_of_the_noise() -> None:
    """The jitter of a straight line with noise of SD 0.02 is 0.02, on average over curves to 10 %."""
    rng = np.random.default_rng(8)
    jitters = [observe(1 / EPOCHS, 1 - EPOCHS / 40 + 0.02 * rng.standard_normal(20)).val.jitter for _ in range(300)]
    assert np.mean(jitters) == pytest.approx(0.02, rel=0.1)


def test_several_seeds_are_averaged() -> None:
    """Curves of several seeds give what their mean gives; a seed's missing epochs are left out."""
    rng = np.random.default_rng(9)
    train, val = np.exp(-EPOCHS / 4.0) + 0.01 * rng.random((5, 20)), 0.1 + 0.01 * rng.random((5, 20))
    val[2, 10:] = np.nan
    seen, mean = observe(train, val), observe(train.mean(axis=0), np.nanmean(val, axis=0))
    assert (seen.train, seen.val, seen.n_curves, mean.n_curves) == (mean.train, mean.val, 5, 1)


def test_few_epochs_are_not_interpreted() -> None:
    """With four epochs or fewer nothing is said of flattening."""
    seen = observe([0.5, 0.3], [0.4, 0.3])
    assert (seen.train_longer, seen.val.flat_from, seen.val.trend) == ("unknown", None, "unknown")
    assert "too few" in seen.sentence
    one = observe([0.5], [0.4])
    assert one.val.lowest_epoch == 1
    assert one.sentence.startswith("1 epoch is too few")


@pytest.mark.parametrize(
    ("train", "val", "message"),
    [
        ([0.1, 0.2], [0.1], "must have one shape"),
        ([np.nan, np.inf], [0.1, 0.1], "the training loss must be finite for one epoch"),
        ([0.1, 0.2], [np.nan, np.nan], "the validation loss must be finite for one epoch"),
    ],
)
def test_refuses_curves_without_content(train: list[float], val: list[float], message: str) -> None:
    """Curves that differ in shape or hold no finite value are one clear line."""
    with pytest.raises(ResultsError, match=message):
        observe(train, val)
