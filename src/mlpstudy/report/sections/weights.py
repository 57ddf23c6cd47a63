"""The weights: where every layer began and where it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpstudy.figures import violins_grid
from mlpstudy.page import page_spec
from mlpstudy.page.blocks import Chart, Section, Text
from mlpstudy.results import gallery
from mlpstudy.text.words import counted, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpstudy.figures import ArchitectureWeights
    from mlpstudy.page.blocks import Block
    from mlpstudy.records import RunRecord
    from mlpstudy.report.gathered import Gathered

A_CHART = 12
"""Architectures in one chart: more would take long to draw at once."""

MOST_VALUES = 40_000_000
"""Parameters of one architecture that are pooled at most; with more, fewer seeds are, and the section says so."""


def section(of: Gathered) -> Section | None:
    """Return the section, None where no weights are stored."""
    pooled = [_pooled(of, runs) for runs in of.finished_of_each().values()]
    there = [weights for weights in pooled if weights is not None and weights.tensors]
    if not there:
        return None
    most = max(w.n_runs for w in there)
    runs = f"pooled over up to {counted(most, 'seed')} an architecture" if most > 1 else "one run each"
    blocks: list[Block] = [
        Text(
            f"Every layer's weights, {runs}: filled the trained ones, dashed the initial ones. A layer whose two "
            "shapes are the same has hardly moved."
        )
    ]
    for i in range(0, len(there), A_CHART):
        part = there[i : i + A_CHART]
        name = "weights" if len(there) <= A_CHART else f"weights-{i // A_CHART + 1}"
        alt = f"Violins of the weights of every layer of {listed([w.name for w in part], 12)}."
        blocks.append(Chart(name, page_spec(violins_grid.figure(part)), alt))
    return Section("weights", "Weights, before and after training", tuple(blocks))


def _pooled(of: Gathered, runs: Sequence[RunRecord]) -> ArchitectureWeights | None:
    """Return the distributions of one architecture, over as many seeds as memory should hold."""
    if not runs:
        return None
    most = max(1, MOST_VALUES // max(runs[0].n_parameters, 1))
    return gallery.architecture_weights(of.store, runs[:most], runs[0].architecture)
