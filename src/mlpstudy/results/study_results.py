"""A study's results, opened for reading: frames, arrays, tables and figures. Never touches an engine."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, Literal, ParamSpec, TypeVar

import numpy as np

from mlpstudy.errors import ResultsError, must
from mlpstudy.machine.lazy import Lazy
from mlpstudy.store import Store
from mlpstudy.text.escaping import html, printable

if TYPE_CHECKING:
    from collections.abc import Collection

    import altair as alt
    import numpy.typing as npt
    import polars as pl

    from mlpstudy.arrays import Weights
    from mlpstudy.evidence import comparison as comparing
    from mlpstudy.evidence.audits import class_use as classes
    from mlpstudy.evidence.audits.class_use import ClassUse
    from mlpstudy.evidence.comparison import ComparisonRow
    from mlpstudy.evidence.curves import observations as observing
    from mlpstudy.evidence.curves.observations import Observation
    from mlpstudy.evidence.judgement import Judgement
    from mlpstudy.evidence.plan import SeedPlan
    from mlpstudy.judging import claims, planning
    from mlpstudy.judging import folder as judging
    from mlpstudy.judging.claims import Verification
    from mlpstudy.judging.folder import Judged
    from mlpstudy.predict import model as predicting
    from mlpstudy.predict.model import Model
    from mlpstudy.records import EpochRecord, Outcome, RunRecord
    from mlpstudy.results import frames, gallery, paper
    from mlpstudy.results import saved_figures as saving
    from mlpstudy.study import Study
else:  # They load SciPy, Polars and Altair, which opening a study does not need.
    comparing = Lazy("mlpstudy.evidence.comparison")
    classes = Lazy("mlpstudy.evidence.audits.class_use")
    observing = Lazy("mlpstudy.evidence.curves.observations")
    judging = Lazy("mlpstudy.judging.folder")
    claims = Lazy("mlpstudy.judging.claims")
    planning = Lazy("mlpstudy.judging.planning")
    predicting = Lazy("mlpstudy.predict.model")
    frames = Lazy("mlpstudy.results.frames")
    gallery = Lazy("mlpstudy.results.gallery")
    paper = Lazy("mlpstudy.results.paper")
    saving = Lazy("mlpstudy.results.saved_figures")

RunKey = str | tuple[str, int]
"""A run: its id, or architecture and seed."""

P = ParamSpec("P")
T = TypeVar("T")


def _of_one_moment(
    read: Callable[Concatenate[StudyResults, P], T],
) -> Callable[Concatenate[StudyResults, P], T]:
    """Make a method that reads the folder more than once see one state of it, whatever a writer does meanwhile."""

    @wraps(read)
    def reading(results: StudyResults, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with results.store.snapshot():
            return read(results, *args, **kwargs)

    return reading


class StudyResults:
    """The results in a study's folder, also while the study is still running.

    Every call reads what the folder holds at that moment, and returns what belongs together.

    Attributes:
        folder: the study's folder.

    Raises:
        StoreError: there is no study there, or it cannot be read.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.store = Store.open(self.folder)

    @_of_one_moment
    def __repr__(self) -> str:
        n_finished = sum(record.status == "finished" for record in self.runs())
        done = f"{n_finished} of {self.n_planned} runs finished"
        return printable(f'StudyResults("{self.folder}": {self.study.name}, {done})')

    def _repr_html_(self) -> str:
        """Show the comparison table in Jupyter."""
        rows, tiers = self.comparison_with_tiers()
        table = paper.comparison_table(self.study, rows, tiers, self.store.n_examples[2], self.store.baselines())
        n_ended = sum(row.n_finished + row.n_diverged + row.n_failed for row in rows)
        progress = "" if n_ended == self.n_planned else f" Provisional: {n_ended} of {self.n_planned} runs have ended."
        use, names = self.class_use(), self.store.class_names
        lines, scale = classes.class_words(use, names, has_baseline=self.names_majority)
        said = "".join(f"<p>{html(line)}</p>" for line in (*lines, *((scale,) if scale else ())))
        name = f"<b>{html(self.study.name)}</b> in {html(str(self.folder))}"
        return f"<p>{name}.{progress}</p>{paper.typeset(table, 'html')}{said}"

    @cached_property
    def study(self) -> Study:
        """The study, as it was run."""
        return self.store.study()

    @property
    def n_planned(self) -> int:
        """Number of runs of the whole study."""
        return len(self.study.architectures) * self.store.planned_seeds

    @property
    def names_majority(self) -> bool:
        """Whether the study names the majority class as a baseline, so that its accuracy stands in every table."""
        return "majority class" in self.study.baselines

    def runs(self) -> tuple[RunRecord, ...]:
        """Return the records of all runs, ordered by architecture (as in the study), then seed."""
        return self.store.runs()

    @_of_one_moment
    def run(self, key: RunKey) -> RunRecord:
        """Return the record of one run.

        Raises:
            ResultsError: there is no such run.
        """
        runs = self.runs()
        for record in runs:
            if key in (record.run_id, (record.architecture, record.seed)):
                return record
        names = ", ".join(architecture.name for architecture in self.study.architectures)
        fix = f"(architecture, seed) with an architecture among {names}"
        raise ResultsError(must("the run", f"be one of the {len(runs)} in {self.folder}", key, fix))

    @_of_one_moment
    def results(self) -> pl.DataFrame:
        """Return one row a run: architecture, factors, seed, status, test accuracy and loss, parameters, times."""
        return frames.run_frame(self.study, self.runs())

    @_of_one_moment
    def epochs(self) -> pl.DataFrame:
        """Return one row an epoch of every run: losses, accuracies, wall times, microseconds a training example."""
        return frames.epoch_frame(self.runs(), self.store.all_epochs(), self.store.n_examples[0])

    @_of_one_moment
    def outcomes(self, key: RunKey | None = None) -> pl.DataFrame:
        """Return one row a test example of every finished run (or of one run).

        Columns: architecture, seed, example, label, predicted, p_predicted, p_true.
        """
        wanted = self.runs() if key is None else (self.run(key),)
        found = self.store.outcomes(record.run_id for record in wanted if record.status == "finished")
        if not found:
            raise ResultsError(must(str(self.folder), "hold a finished run", "none", "mlpstudy run"))
        return frames.outcome_frame(wanted, found, self.store.test_labels())

    @_of_one_moment
    def outcome(self, key: RunKey) -> Outcome:
        """Return what one finished run did on every test example, as arrays."""
        return self.store.outcome(self.run(key).run_id)

    @_of_one_moment
    def weights(self, key: RunKey, which: Literal["initial", "final"] = "final") -> Weights:
        """Return the parameter tensors of one run by name (``hidden_1.kernel``), as NumPy arrays."""
        return self.store.weights(self.run(key).run_id, which)

    @_of_one_moment
    def curve(self, key: RunKey) -> tuple[EpochRecord, ...]:
        """Return the epochs of one run."""
        return self.store.epochs(self.run(key).run_id)

    @_of_one_moment
    def comparison(self) -> tuple[ComparisonRow, ...]:
        """Return the comparison table: one row an architecture, mean and spread over its seeds."""
        names = [architecture.name for architecture in self.study.architectures]
        return tuple(comparing.comparison_rows(self.runs(), order=names, confidence=self.study.judging.confidence))

    @_of_one_moment
    def observations(self) -> dict[str, Observation]:
        """Return what the learning curves show, an architecture (mean curve over its finished runs)."""
        per_run = self.store.all_epochs()
        curves: dict[str, list[tuple[EpochRecord, ...]]] = {}
        for record in self.runs():
            if record.status == "finished" and record.run_id in per_run:
                curves.setdefault(record.architecture, []).append(per_run[record.run_id])
        found = {}
        for name, own in curves.items():
            train = np.array([[epoch.train_loss for epoch in curve] for curve in own])
            validation = np.array([[epoch.val_loss for epoch in curve] for curve in own])
            found[name] = observing.observe(train, validation)
        return found

    def judge(self) -> Judgement:
        """Return what the evidence says of every declared pair and factor, by the rules of the study file.

        Raises:
            ResultsError: the study has one architecture only.
        """
        return judging.judge_store(self.store)

    @_of_one_moment
    def class_use(self) -> ClassUse:
        """Return which classes the networks ever give to test examples, and the accuracy of the commonest class."""
        # Not of the sample that is judged, which needs two test examples.
        labels, runs = self.store.test_labels(), self.runs()
        outcomes = self.store.outcomes(record.run_id for record in runs if record.status == "finished")
        predicted: dict[str, list[npt.NDArray[np.int32]]] = {one.name: [] for one in self.study.architectures}
        for record in runs:
            if record.run_id in outcomes:
                predicted[record.architecture].append(outcomes[record.run_id].predicted)
        tables = {name: np.array(own, np.int32).reshape(-1, labels.size) for name, own in predicted.items()}
        return classes.class_use(tables, labels, len(self.store.class_names))

    def tiers(self) -> dict[str, str]:
        """Return the tier of each architecture; none where a single seed, or not all pairs, are compared."""
        return self.comparison_with_tiers()[1]

    def comparison_with_tiers(self) -> tuple[tuple[ComparisonRow, ...], dict[str, str]]:
        """Return the comparison table and the tiers of one and the same moment."""
        with self.store.snapshot():
            rows = self.comparison()
            if max((row.n_finished for row in rows), default=0) < 2:  # noqa: PLR2004  # a single seed has no spread
                return rows, {}
            moment = judging.read_moment(self.store)
        return rows, judging.tiers(moment)

    def comparison_frame(self) -> pl.DataFrame:
        """Return the comparison table as a frame: one row an architecture, numbers whole."""
        return frames.comparison_frame(self.study, *self.comparison_with_tiers())

    def baselines(self) -> pl.DataFrame:
        """Return one row a baseline of the study file: what a simple method reaches on the same test examples."""
        return frames.baseline_frame(self.store.baselines())

    def verdicts(self) -> pl.DataFrame:
        """Return one row a declared pair and metric: the difference, its intervals, p values and the verdict.

        Raises:
            ResultsError: the study has one architecture only.
        """
        return frames.verdict_frame(self.judge())

    def plan(self, *, detect: float | None = None, sd: float | None = None) -> SeedPlan:
        """Return how many seeds find a difference in the declared metric, by the observed SD or the one given.

        Args:
            detect: the difference, in the unit of the metric: of accuracy a share, 0.01 for a point.
            sd: the SD over seeds, in the unit.
        """
        return planning.plan_store(self.store, detect=detect, sd=sd)

    def model(self, architecture: str | None = None, seeds: int | Collection[int] | None = None) -> Model:
        """Return an architecture's finished seeds as an ensemble that predicts.

        Args:
            architecture: its name; where None, of the best tier the one with the fewest parameters, but for those that
                never predict some class and are no more accurate than always giving the commonest.
            seeds: how many (the first of them), or which; all that are finished where None.

        Raises:
            ResultsError: nothing of it has finished, or there is no such architecture or seed.
        """
        return predicting.load_model(self.store, architecture, seeds).warn()

    def write_claims(self, judged: Judged | None = None) -> Path:
        """Write every verdict with its numbers to ``claims.json`` in the folder, and return its path.

        Args:
            judged: the judgement to write down; the study is judged where None.

        Raises:
            StoreError: the folder cannot be written.
        """
        return claims.write_claims(self.store, judged)

    def verify(self) -> Verification:
        """Check every hash and outcome, recompute the claims, and judge the judge on the study's own runs."""
        return claims.verify_store(self.store)

    @_of_one_moment
    def curves(self, key: RunKey | None = None) -> alt.LayerChart | alt.FacetChart:
        """Return the loss curves of one run, or of all architectures on one page, as an Altair chart."""
        if key is not None:
            return gallery.run_loss_curves(self.store, self.run(key))
        return gallery.study_loss_curves(self.store, self.study, self.runs())

    def violins(self, architecture: str | None = None, seed: int | None = None) -> alt.VConcatChart:
        """Return the violins of every weight layer, pooled over seeds or of one seed.

        Args:
            architecture: one architecture, with all kinds of parameters; where None, the kernels of all
                architectures on one page.
            seed: one seed; all of them pooled where None.

        Raises:
            StudyError: there is no such architecture.
            ResultsError: no such run has ended.
        """
        if architecture is not None:
            self.study.architecture(architecture)
        runs = [r for r in self.runs() if architecture in (None, r.architecture) and seed in (None, r.seed)]
        ended = [r for r in runs if r.status in ("finished", "diverged")]
        if not ended:
            which = " ".join(str(part) for part in (architecture, f"seed {seed}") if part is not None)
            raise ResultsError(must(f"{self.folder}", "hold a run that has ended", f"none of {which}", "mlpstudy run"))
        if architecture is None:
            return gallery.study_violins(self.store, ended)
        return gallery.architecture_violins(self.store, ended, architecture)

    def save_figures(self, folder: str | Path | None = None, *, run_figures: bool | None = None) -> list[Path]:
        """Save the study's figures as SVG and PNG, and return the paths.

        Args:
            folder: where; the folder ``figures`` of the study's folder where None.
            run_figures: also two figures of every run, its loss curves and its weights; where None, up to 16
                architectures of one seed get them.

        Raises:
            StoreError: a file was not written, whatever the reason.
        """
        target, inside = (self.folder, "figures") if folder is None else (Path(folder), "")
        with self.store.snapshot():
            records, rows = self.runs(), self.comparison()
        return saving.save_figures(self.store, self.study, records, rows, target, inside, run_figures=run_figures)
