"""Violins of every parameter tensor, one architecture or all: what is drawn is what the densities say."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from figures.drawn import checked, drawn, records
from figures.samples import trained
from mlpstudy.errors import ResultsError
from mlpstudy.evidence.curves.density import density
from mlpstudy.figures import DARK, LIGHT, ArchitectureWeights, TensorDensity, Theme, violins_grid, weight_violins
from mlpstudy.figures.drawing.violin import limits
from mlpstudy.figures.drawing.violin import records as violin_records


@cache
def _weights(name: str = "batchnorm-2", seed: int = 0) -> ArchitectureWeights:
    initial, final = trained(seed)
    return ArchitectureWeights.pooled(name, [final], [initial], seed=seed)


def _tensor(trained_values: npt.ArrayLike | None, initial_values: npt.ArrayLike | None = None) -> TensorDensity:
    both = [None if values is None else density(values) for values in (trained_values, initial_values)]
    return TensorDensity("hidden_1.kernel", (10, 10), *both)


def test_every_layer_has_its_violin_and_says_what_it_is() -> None:
    """Kernels and biases of all three layers, and the four batch-norm parameters of two, in rows of their own."""
    words = drawn(weight_violins.figure(_weights())).words
    for row in ("Weights (kernels)", "Biases", "Batch normalisation: gamma (scale)"):
        assert words.count(row) == 1
    for row in ("beta (shift)", "moving mean", "moving variance"):
        assert words.count(f"Batch normalisation: {row}") == 1
    assert [words.count(layer) for layer in ("hidden_1", "hidden_2", "output")] == [2, 2, 2]
    assert [words.count(layer) for layer in ("batchnorm_1", "batchnorm_2")] == [4, 4]
    assert {"30 × 24", "24 × 12", "12 × 4"} <= set(words)  # noqa: RUF001  # the sign is meant
    assert "batchnorm-2: trained weights and where they started" in " ".join(words)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_trained_is_filled_and_initial_dashed(theme: Theme) -> None:
    """A filled shape for each tensor; a dashed outline for kernels, a dashed line where all start equal."""
    drawing = drawn(weight_violins.figure(_weights(), theme=theme))
    filled = [p for p in drawing.paths(fill=theme.fill, fill_opacity="0.5") if p.get("d", "").endswith("Z")]
    dashed = [p for p in drawing.paths(stroke=theme.ink, stroke_dasharray="4,2.5") if p.get("d", "").endswith("Z")]
    levels = drawing.root.findall(".//{*}line[@stroke-dasharray='4,2.5']")
    assert len(filled) == len(_weights().tensors) == 14
    assert len(dashed) == 3
    assert len(levels) == 14 - 3


def test_quartiles_extremes_and_median_are_those_of_the_weights() -> None:
    """The marks are taken from the density's order statistics, the extremes are written at the ends."""
    _, final = trained()
    kernel = final["hidden_2.kernel"].astype(np.float64)
    chart = weight_violins.figure(_weights())
    (mark,) = [row for row in records(chart, "kernel") if row["what"] == "mark" and row["panel"] == 1]
    found = [mark[name] for name in ("minimum", "lower", "value", "upper", "maximum")]
    np.testing.assert_allclose(found, np.quantile(kernel, [0, 0.25, 0.5, 0.75, 1]), rtol=1e-5)
    low, high = (f"{end:.3g}".replace("-", "\N{MINUS SIGN}") for end in (kernel.min(), kernel.max()))
    assert {f"min {low}", f"max {high}"} <= set(drawn(chart).words)


def test_width_is_the_density_and_ends_where_the_values_end() -> None:
    """A shape's width is proportional to the density, 1 at its peak, and it has no tail beyond the extremes."""
    values = np.random.default_rng(0).normal(size=300)
    of = density(values)
    (shape,) = (row for row in violin_records([_tensor(values)]) if row["what"] == "trained")
    at, width = (np.array(shape[name]) for name in ("value", "width"))
    np.testing.assert_allclose(width, np.interp(at, of.grid, of.density) / of.density.max(), atol=2e-4)
    assert width.max() == pytest.approx(1.0, abs=1e-3)
    assert at[0] == pytest.approx(max(values.min(), np.quantile(values, 0.25) - 4 * 1.35), abs=0.2)
    assert values.min() - 1e-5 <= at.min() < at.max() <= values.max() + 1e-5


def test_far_tail_is_cut_and_stated() -> None:
    """One weight far out does not press the others together: the panel ends before it and its value is written."""
    values = np.append(np.random.default_rng(0).normal(size=5000), 80.0)
    assert limits([density(values)])[1] < 8
    chart = weight_violins.figure(ArchitectureWeights("plain-1", (_tensor(values),)))
    assert "max 80" in drawn(chart).words


def test_panels_have_their_own_scales() -> None:
    """Spreads that differ a thousand times are both drawn over nearly the full height."""
    rng = np.random.default_rng(0)
    tensors = [TensorDensity(f"hidden_{i}.kernel", (9,), density(rng.normal(0, 10.0**-i, 900))) for i in (1, 4)]
    drawing = drawn(weight_violins.figure(ArchitectureWeights("plain-2", tuple(tensors))))
    shapes = drawing.paths(fill=LIGHT.fill, fill_opacity="0.5")
    heights = [np.ptp([float(y) for y in re.findall(r",(-?[\d.]+)", p.get("d", ""))]) for p in shapes]
    assert len(heights) == 2
    assert all(height > 0.9 * weight_violins.PANEL_HEIGHT for height in heights)


@pytest.mark.parametrize("value", [0.0, 1.0, -3e-7])
def test_constant_weights_are_a_line(value: float) -> None:
    """All values equal: a line at the value instead of a shape, and its value at both ends."""
    chart = weight_violins.figure(ArchitectureWeights("plain-1", (_tensor(np.full(50, value)),)))
    whats = [row["what"] for row in records(chart, "kernel")]
    assert "trained" not in whats
    assert whats.count("trained level") == 1
    low, high = limits([density(np.full(50, value))])
    assert low < value < high
    assert drawn(chart).clipped() == []


def test_weights_without_a_finite_value_say_so() -> None:
    """A diverged run's NaN weights: the initial outline and a note."""
    initial, _ = trained()
    nothing = {name: np.full_like(tensor, np.nan) for name, tensor in initial.items()}
    weights = ArchitectureWeights.pooled("plain-2", [nothing], [initial], seed=0)
    words = drawn(weight_violins.figure(weights, kinds=["kernel"])).words
    assert words.count("no finite value") == 3
    assert "undefined" not in words


def test_pooling_joins_the_runs_and_leaves_out_those_without_weights() -> None:
    """Two runs and an empty one: twice the values, and the subtitle counts two seeds."""
    one, two = trained(0), trained(1)
    weights = ArchitectureWeights.pooled("plain-2", [one[1], two[1], {}], [one[0], two[0], {}])
    kernel = next(t for t in weights.tensors if t.tensor == "output.kernel")
    assert kernel.trained is not None
    assert (kernel.trained.n_values, weights.n_runs, kernel.layer, kernel.kind) == (96, 2, "output", "kernel")
    assert any("Pooled over 2 seeds." in word for word in drawn(weight_violins.figure(weights)).words)


def test_kinds_can_be_chosen_and_none_is_refused() -> None:
    """Only the rows asked for are drawn; an architecture without such tensors is an error that says which."""
    words = drawn(weight_violins.figure(_weights(), kinds=["gamma"])).words
    assert "Batch normalisation: gamma (scale)" in words
    assert "Biases" not in words
    with pytest.raises(ResultsError, match="must have tensors of the kinds"):
        weight_violins.figure(ArchitectureWeights("plain-2", ()))


def test_all_architectures_have_a_row_and_those_without_weights_a_note() -> None:
    """A row for each architecture with all its layers; where no run finished, a line that says so."""
    deep = ArchitectureWeights.pooled("deep", [trained(2, (16, 8, 8, 8, 4))[1]], seed=0)
    drawing = drawn(violins_grid.figure([_weights("shallow"), deep, ArchitectureWeights("lost", (), 0)]))
    assert {"shallow", "deep", "lost", "no finished run, no weights"} <= set(drawing.words)
    assert [drawing.words.count(layer) for layer in ("hidden_1", "hidden_5", "output")] == [2, 1, 2]
    assert len(drawing.paths(fill=LIGHT.fill, fill_opacity="0.5")) == 3 + 6
    assert drawing.clipped() == []


def test_no_architecture_with_weights_is_refused() -> None:
    """There must be something to draw."""
    with pytest.raises(ResultsError, match="must have tensors of the kind kernel"):
        violins_grid.figure([ArchitectureWeights("lost", (), 0)])


def test_thirty_architectures_fit_their_page() -> None:
    """Thirty rows with long names: a valid specification, each name drawn, nothing clipped, no two names touching."""
    tensors = _weights().tensors
    names = [f"an-architecture-with-a-long-name-of-many-levels-and-many-more-words-in-it-{i}" for i in range(30)]
    drawing = drawn(violins_grid.figure([ArchitectureWeights(name, tensors, 3) for name in names]))
    titles = [t for t in drawing.texts if t.words.startswith("an-architecture")]
    assert len(titles) == 30
    assert drawing.clipped() == []
    assert not [(a, b) for i, a in enumerate(titles) for b in titles[:i] if a.overlaps(b)]


def test_headings_numbers_and_labels_do_not_cover_each_other() -> None:
    """Within a page no two texts share their place."""
    chart = weight_violins.figure(_weights())
    checked(chart)
    texts = drawn(chart).texts
    assert not [(a.words, b.words) for i, a in enumerate(texts) for b in texts[:i] if a.overlaps(b)]
