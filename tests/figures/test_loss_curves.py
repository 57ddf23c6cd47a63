"""The loss curves of one run: colours, axes, marks, and everything a run can be that is not ordinary."""

from __future__ import annotations

import re

import numpy as np
import pytest

from figures.drawn import checked, drawn, records
from figures.samples import epochs, record, run_curves
from mlpstudy.errors import ResultsError
from mlpstudy.figures import DARK, LIGHT, RunCurves, Theme, loss_curves
from mlpstudy.figures.drawing.scales import epoch_ticks, loss_axis


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_validation_is_blue_and_train_red(theme: Theme) -> None:
    """The two lines are drawn in the theme's blue and red, validation above train for these curves."""
    drawing = drawn(loss_curves.figure(run_curves(), theme=theme))
    heights = {}
    for colour in (theme.validation, theme.train):
        (line,) = [p for p in drawing.paths(stroke=colour, stroke_width="2") if p.get("d", "").count("L") == 19]
        heights[colour] = float(re.split("[ML,]", line.get("d", ""))[-1])
    assert heights[theme.validation] < heights[theme.train]
    assert int(theme.validation[5:], 16) > int(theme.validation[1:3], 16)
    assert int(theme.train[1:3], 16) > int(theme.train[5:], 16)


def test_epoch_axis_counts_every_epoch_of_twenty() -> None:
    """The axis is labelled 1 to 20, with whole numbers only."""
    words = drawn(loss_curves.figure(run_curves())).words
    start = words.index("1")
    assert words[start : start + 20] == [str(epoch) for epoch in range(1, 21)]
    assert {"epoch", "loss (nats)"} <= set(words)


def test_title_names_architecture_and_seed_and_the_best_epoch() -> None:
    """The title is architecture and seed; the lowest validation loss is told, ringed and where it says."""
    run = RunCurves("batchnorm-3", 4, np.array([0.5, 0.3, 0.2, 0.1]), np.array([0.4, 0.25, 0.2, 0.3]))
    chart = loss_curves.figure(run, validation_source="test")
    words = drawn(chart).words
    assert "batchnorm-3, seed 4" in words
    assert "Lowest validation loss 0.2000, in epoch 3 (ring)" in words
    assert "validation (on the test examples)" in words
    assert records(chart, "best") == [{"epoch": 3, "split": "validation", "y": 0.2}]


def test_steep_beginning_does_not_flatten_the_rest() -> None:
    """A first loss far above the others leaves the axis, is marked and named, and the rest has a quarter of it."""
    run = run_curves()
    run.train_loss[0] = 50.0
    chart = loss_curves.figure(run)
    axis = loss_axis([[run]])
    assert np.sort(run.train_loss)[-2] > axis.high / 8
    above = [row for row in records(chart, "curves") if row["above"]]
    assert [(row["epoch"], row["split"], row["loss"]) for row in above] == [(1, "train", 50.0)]
    assert "Above the axis (triangles): train loss 50.0000 in epoch 1" in drawn(chart).words


def test_gentle_beginning_stays_on_the_axis() -> None:
    """Where no loss is more than four times the later ones, the axis holds them all."""
    run = run_curves()
    assert loss_axis([[run]]).high > max(run.train_loss.max(), run.val_loss.max())
    assert not [row for row in records(loss_curves.figure(run), "curves") if row["above"]]


def test_learning_nothing_looks_flat() -> None:
    """A loss that stays near 2.3 is drawn on an axis that is not blown up to its noise."""
    losses = 2.3 + 0.0005 * np.random.default_rng(0).normal(size=20)
    axis = loss_axis([[RunCurves("dead", 0, losses, losses)]])
    assert axis.low < losses.min() < losses.max() < axis.high
    assert axis.high - axis.low > 0.2


def test_divergence_is_marked_and_does_not_set_the_axis() -> None:
    """Huge, infinite and missing losses from a divergence on leave the earlier curves readable."""
    run = RunCurves("plain-5", 1, np.array([0.4, 0.2, 7e8, np.nan]), np.array([0.3, 0.2, np.inf, np.nan]), 3)
    chart = loss_curves.figure(run)
    words = drawn(chart).words
    assert loss_axis([[run]]).high < 1.0
    assert {"Diverged in epoch 3", "diverged"} <= set(words)
    assert max(row["y"] or 0.0 for row in records(chart, "curves")) < 100.0
    assert records(chart, "diverged") == [{"epoch": 3}]


def test_divergence_in_the_first_epoch_draws_an_empty_panel_that_says_so() -> None:
    """Without one finite loss there is no ring, and the figure says why it is empty."""
    run = RunCurves("plain-5", 0, np.array([np.nan]), np.array([np.nan]), 1)
    words = drawn(loss_curves.figure(run)).words
    assert {"diverged", "Diverged in epoch 1", "plain-5, seed 0"} <= set(words)
    assert not [word for word in words if word.startswith("Lowest")]


@pytest.mark.parametrize("n_epochs", [1, 2, 20, 100])
def test_every_length_is_drawn_whole(n_epochs: int) -> None:
    """From 1 to 100 epochs the specification is valid, every epoch has its row and no text is clipped."""
    chart = loss_curves.figure(run_curves(n_epochs=n_epochs))
    checked(chart)
    drawing = drawn(chart)
    assert drawing.clipped() == []
    assert len(records(chart, "curves")) == 2 * n_epochs
    assert {"1", str(n_epochs)} <= set(drawing.words)


def test_single_epoch_is_seen_as_points() -> None:
    """A line of one point is nothing: both splits have a filled circle."""
    drawing = drawn(loss_curves.figure(run_curves(n_epochs=1)))
    for colour in (LIGHT.validation, LIGHT.train):
        assert drawing.paths(fill=colour)


def test_missing_epochs_leave_gaps() -> None:
    """An epoch without a value breaks the line instead of being bridged."""
    run = run_curves()
    run.val_loss[9] = np.nan
    lines = [p.get("d", "") for p in drawn(loss_curves.figure(run)).paths(stroke=LIGHT.validation, stroke_width="2")]
    assert any(d.count("M") == 2 and d.count("L") == 17 for d in lines)


def test_long_name_is_broken_into_lines() -> None:
    """A name of a hundred characters stays within the figure."""
    drawing = drawn(loss_curves.figure(run_curves("level-of-a-factor-" * 6)))
    assert drawing.clipped() == []
    assert drawing.width < 700


def test_curves_come_from_stored_records() -> None:
    """Epochs are placed by their number; one that is missing is NaN."""
    run = RunCurves.of(record(diverged_epoch=4), epochs((3, 0.1, 0.2), (1, 0.3, 0.4)))
    np.testing.assert_array_equal(run.train_loss, [0.3, np.nan, 0.1])
    np.testing.assert_array_equal(run.val_loss, [0.4, np.nan, 0.2])
    assert (run.architecture, run.seed, run.diverged_epoch, run.n_epochs) == ("plain-2", 7, 4, 4)


def test_curves_of_different_lengths_are_refused() -> None:
    """Training and validation losses must have one value an epoch each."""
    with pytest.raises(ResultsError, match=r"one value an epoch each, got shapes \(2,\) and \(3,\)"):
        RunCurves("plain-2", 0, np.zeros(2), np.zeros(3))


@pytest.mark.parametrize(("n_epochs", "n_ticks"), [(1, 6), (7, 6), (20, 20), (33, 12), (100, 12), (12345, 6)])
def test_ticks_are_few_whole_and_begin_at_one(n_epochs: int, n_ticks: int) -> None:
    """Ticks are 1 and multiples of one step, none beyond the last epoch, not more than asked for and one."""
    first, *rounds = epoch_ticks(n_epochs, n_ticks)
    assert first == 1
    assert len(rounds) <= n_ticks
    assert all(epoch <= n_epochs for epoch in rounds)
    assert len(set(np.diff([0, *rounds]))) <= 2
