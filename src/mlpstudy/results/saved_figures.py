"""The files in a study's folder ``figures``: which there are, and what each is drawn from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from mlpstudy.figures import violins_grid, weight_violins
from mlpstudy.figures.drawing.converting import Converters
from mlpstudy.figures.drawing.saving import file_stems
from mlpstudy.figures.menu import FIGURES
from mlpstudy.results.gallery import (
    architecture_weights,
    by_architecture,
    run_loss_curves,
    study_accuracies,
    study_diagnostics,
    study_loss_curves,
)

if TYPE_CHECKING:
    import altair as alt

    from mlpstudy.evidence.comparison import ComparisonRow
    from mlpstudy.figures import ArchitectureWeights
    from mlpstudy.records import RunRecord
    from mlpstudy.store import Store
    from mlpstudy.study import Study

FEW_RUNS = 16
"""Up to so many architectures of one seed each run gets figures of its own unless told otherwise."""


@dataclass(frozen=True, slots=True, eq=False)
class _Shown:
    """What a saved figure shows: the whole study, an architecture or a run.

    Attributes:
        store: the study's folder.
        study: the study.
        rows: its comparison table.
        pooled: the weights of each architecture, over all of its runs that have ended.
        records: the runs that are shown.
    """

    store: Store
    study: Study
    rows: Sequence[ComparisonRow]
    pooled: Mapping[str, ArchitectureWeights]
    records: Sequence[RunRecord]

    @property
    def architecture(self) -> str:
        """The architecture that is shown, where it is one."""
        return self.records[0].architecture

    def weights(self) -> ArchitectureWeights:
        """Return the weights of the run."""
        pooled = self.pooled[self.architecture]
        return pooled if pooled.seed is not None else architecture_weights(self.store, self.records, self.architecture)

    def layers(self) -> alt.ConcatChart | None:
        """Return what the layers of the architecture do, None where nothing of it was recorded."""
        if not any(self.store.diagnostics(record.run_id) for record in self.records):
            return None
        return study_diagnostics(self.store, self.study, self.records, self.architecture)


CHARTS: dict[str, Callable[[_Shown], alt.TopLevelMixin | None]] = {
    "curves_grid": lambda of: study_loss_curves(of.store, of.study, of.records),
    "accuracy_dots": lambda of: study_accuracies(of.store, of.study, of.records, of.rows),
    "violins_grid": lambda of: violins_grid.figure(list(of.pooled.values())),
    "layer_diagnostics": _Shown.layers,
    "loss_curves": lambda of: run_loss_curves(of.store, of.records[0]),
    "weight_violins": lambda of: weight_violins.figure(of.weights()),
}
"""How each figure that is saved is made of what the store holds; None where it has nothing to show."""


def save_figures(
    store: Store,
    study: Study,
    records: Sequence[RunRecord],
    rows: Iterable[ComparisonRow],
    folder: Path,
    inside: str = "",
    *,
    run_figures: bool | None = None,
) -> list[Path]:
    """Save the figures of a study as SVG and PNG, and return the paths.

    Those of :data:`~mlpstudy.figures.menu.FIGURES` that are saved: of the whole study, then of each architecture,
    then, where wanted, of each run.

    Args:
        store: the study's folder.
        study: the study.
        records: its runs.
        rows: its comparison table.
        folder: where the files go, as the user named it; no link is followed below it.
        inside: the folder in it that they go to.
        run_figures: whether every run gets figures of its own; where None, up to 16 architectures of one seed do.

    Raises:
        StoreError: a file was not written, whatever the reason.
    """
    ended = [record for record in records if record.status in ("finished", "diverged")]
    if not ended:
        return []
    runs = by_architecture(ended)
    pooled = {name: architecture_weights(store, own, name) for name, own in runs.items()}
    whole = _Shown(store, study, list(rows), pooled, ended)
    wanted = len(ended) == len(runs) <= FEW_RUNS if run_figures is None else run_figures
    shown = {
        "study": [whole],
        "architecture": [replace(whole, records=own) for own in runs.values()],
        "run": [replace(whole, records=[record]) for record in ended] if wanted else [],
    }
    to, stems = f"{inside}/" if inside else "", file_stems(architecture.name for architecture in study.architectures)
    saved: list[Path] = []
    with Converters() as converters:
        for kind, every in shown.items():
            figures = [figure for figure in FIGURES if figure.saved_of == kind]
            for of, figure in product(every, figures):
                chart = CHARTS[figure.name](of)
                if chart is not None:
                    name = figure.saved_as.format(architecture=stems[of.architecture], seed=of.records[0].seed)
                    saved += converters.save(chart, folder, f"{to}{name}")
    return saved
