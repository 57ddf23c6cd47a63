"""A study's results, opened for reading: frames, arrays, tables and figures. Never touches an engine."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, Literal, ParamSpec, TypeVar

import numpy as np

from mlpstudy.errors import ResultsError, must
from mlpstudy.store import Store
from mlpstudy.text.escaping import html, printable

if TYPE_CHECKING:
    from collections.abc import Collection

    import altair as alt
    import numpy.typing as npt
    import polars as pl

    from mlpstudy.evidence.audits.class_use import ClassUse
    from mlpstudy.evidence.comparison import ComparisonRow
    from mlpstudy.evidence.curves.observations import Observation
    from mlpstudy.evidence.judgement import Judgement
    from mlpstudy.evidence.plan import SeedPlan
    from mlpstudy.judging.folder import Judged, Verification
    from mlpstudy.predict.model import Model
    from mlpstudy.records import EpochRecord, Outcome, RunRecord, Weights
    from mlpstudy.study import Study

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
        from mlpstudy.evidence.audits.class_use import class_lines  # noqa: PLC0415  # heavy: SciPy
        from mlpstudy.results.paper import comparison_table, typeset  # noqa: PLC0415

        rows, tiers = self.comparison_with_tiers()
        table = comparison_table(self.study, rows, tiers, self.store.n_examples[2], self.store.baselines())
        n_ended = sum(row.n_finished + row.n_diverged + row.n_failed for row in rows)
        progress = "" if n_ended == self.n_planned else f" Provisional: {n_ended} of {self.n_planned} runs have ended."
        lines = class_lines(self.class_use(), self.store.class_names)
        said = "".join(f"<p>{html(line)}</p>" for line in lines)
        name = f"<b>{html(self.study.name)}</b> in {html(str(self.folder))}"
        return f"<p>{name}.{progress}</p>{typeset(table, 'html')}{said}"

    @cached_property
    def study(self) -> Study:
        """The study, as it was run."""
        return self.store.study()

    @property
    def n_planned(self) -> int:
        """Number of runs of the whole study."""
        return len(self.study.architectures) * self.store.planned_seeds

    @_of_one_moment
    def runs(self) -> tuple[RunRecord, ...]:
        """Return the records of all runs, in the order of the study's architectures, then by seed."""
        rank = {architecture.name: i for i, architecture in enumerate(self.study.architectures)}
        return tuple(sorted(self.store.runs(), key=lambda record: (rank[record.architecture], record.seed)))

    @_of_one_moment
    def run(self, key: RunKey) -> RunRecord:
        """Return the record of one run.

        Raises:
            ResultsError: there is no such run.
        """
        for record in self.runs():
            if key in (record.run_id, (record.architecture, record.seed)):
                return record
        names = ", ".join(architecture.name for architecture in self.study.architectures)
        fix = f"(architecture, seed) with an architecture among {names}"
        raise ResultsError(must("the run", f"be one of the {len(self.runs())} in {self.folder}", key, fix))

    @_of_one_moment
    def results(self) -> pl.DataFrame:
        """Return one row a run: architecture, factors, seed, status, test accuracy and loss, parameters, times."""
        import polars as pl  # noqa: PLC0415  # heavy

        levels = {architecture.name: dict(architecture.levels) for architecture in self.study.architectures}
        records = self.runs()
        columns: dict[str, list[object]] = {"architecture": [record.architecture for record in records]}
        for factor in self.study.factors:
            columns[factor] = [levels[record.architecture][factor] for record in records]
        for name in _RESULT_COLUMNS:
            columns[name] = [getattr(record, name) for record in records]
        factors = dict.fromkeys(("architecture", *self.study.factors), "str")
        schema = _schema({**factors, **_RESULT_COLUMNS})
        return pl.DataFrame(columns, schema=schema)

    @_of_one_moment
    def epochs(self) -> pl.DataFrame:
        """Return one row an epoch of every run: losses, accuracies, wall times, microseconds a training example."""
        import polars as pl  # noqa: PLC0415  # heavy

        per_run = self.store.all_epochs()
        n_train = self.store.n_examples[0]
        rows = [
            {
                "architecture": record.architecture,
                "seed": record.seed,
                "run_id": record.run_id,
                **dataclasses.asdict(epoch),
                "us_per_sample": epoch.train_s * 1e6 / n_train,
            }
            for record in self.runs()
            for epoch in per_run.get(record.run_id, ())
        ]
        return pl.DataFrame(rows, schema=_schema(_EPOCH_COLUMNS))

    @_of_one_moment
    def outcomes(self, key: RunKey | None = None) -> pl.DataFrame:
        """Return one row a test example of every finished run (or of one run).

        Columns: architecture, seed, example, label, predicted, p_predicted, p_true.
        """
        import polars as pl  # noqa: PLC0415  # heavy

        labels = self.store.test_labels()
        wanted = [self.run(key)] if key is not None else list(self.runs())
        found = self.store.outcomes(record.run_id for record in wanted if record.status == "finished")
        frames = []
        for record in wanted:
            if record.run_id not in found:
                continue
            outcome = found[record.run_id]
            frames.append(
                pl.DataFrame(
                    {
                        "example": np.arange(labels.size, dtype=np.int32),
                        "label": labels,
                        "predicted": outcome.predicted,
                        "p_predicted": outcome.p_predicted,
                        "p_true": outcome.p_true,
                    }
                ).select(pl.lit(record.architecture).alias("architecture"), pl.lit(record.seed).alias("seed"), pl.all())
            )
        if not frames:
            raise ResultsError(must(str(self.folder), "hold a finished run", "none", "mlpstudy run"))
        return pl.concat(frames)

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
        from mlpstudy.evidence.comparison import comparison_rows  # noqa: PLC0415  # heavy: SciPy

        names = [architecture.name for architecture in self.study.architectures]
        return tuple(comparison_rows(self.runs(), order=names, confidence=self.study.judging.confidence))

    @_of_one_moment
    def observations(self) -> dict[str, Observation]:
        """Return what the learning curves show, an architecture (mean curve over its finished runs)."""
        from mlpstudy.evidence.curves.observations import observe  # noqa: PLC0415  # heavy: SciPy

        per_run = self.store.all_epochs()
        curves: dict[str, list[tuple[EpochRecord, ...]]] = {}
        for record in self.runs():
            if record.status == "finished" and record.run_id in per_run:
                curves.setdefault(record.architecture, []).append(per_run[record.run_id])
        found = {}
        for name, own in curves.items():
            train = np.array([[epoch.train_loss for epoch in curve] for curve in own])
            validation = np.array([[epoch.val_loss for epoch in curve] for curve in own])
            found[name] = observe(train, validation)
        return found

    def judge(self) -> Judgement:
        """Return what the evidence says of every declared pair and factor, by the rules of the study file.

        Raises:
            ResultsError: the study has one architecture only.
        """
        from mlpstudy.judging.folder import judge_store  # noqa: PLC0415  # heavy: SciPy

        return judge_store(self.store)

    @_of_one_moment
    def class_use(self) -> ClassUse:
        """Return which classes the networks ever give to test examples, and the accuracy of the commonest class."""
        from mlpstudy.evidence.audits.class_use import class_use  # noqa: PLC0415  # heavy: SciPy

        # Not of the sample that is judged, which needs two test examples.
        labels, runs = self.store.test_labels(), self.runs()
        outcomes = self.store.outcomes(record.run_id for record in runs if record.status == "finished")
        predicted: dict[str, list[npt.NDArray[np.int32]]] = {one.name: [] for one in self.study.architectures}
        for record in runs:
            if record.run_id in outcomes:
                predicted[record.architecture].append(outcomes[record.run_id].predicted)
        tables = {name: np.array(own, np.int32).reshape(-1, labels.size) for name, own in predicted.items()}
        return class_use(tables, labels, len(self.store.class_names))

    def tiers(self) -> dict[str, str]:
        """Return the tier of each architecture; none where a single seed, or not all pairs, are compared."""
        return self.comparison_with_tiers()[1]

    def comparison_with_tiers(self) -> tuple[tuple[ComparisonRow, ...], dict[str, str]]:
        """Return the comparison table and the tiers of one and the same moment."""
        from mlpstudy.judging.folder import read_moment, tiers  # noqa: PLC0415  # heavy: SciPy

        with self.store.snapshot():
            rows = self.comparison()
            if max((row.n_finished for row in rows), default=0) < 2:  # noqa: PLR2004  # a single seed has no spread
                return rows, {}
            moment = read_moment(self.store)
        return rows, tiers(moment)

    def comparison_frame(self) -> pl.DataFrame:
        """Return the comparison table as a frame: one row an architecture, numbers whole."""
        from mlpstudy.results.frames import comparison_frame  # noqa: PLC0415  # heavy

        return comparison_frame(self.study, *self.comparison_with_tiers())

    def baselines(self) -> pl.DataFrame:
        """Return one row a baseline of the study file: what a simple method reaches on the same test examples."""
        from mlpstudy.results.frames import baseline_frame  # noqa: PLC0415  # heavy

        return baseline_frame(self.store.baselines())

    def verdicts(self) -> pl.DataFrame:
        """Return one row a declared pair and metric: the difference, its intervals, p values and the verdict.

        Raises:
            ResultsError: the study has one architecture only.
        """
        from mlpstudy.results.frames import verdict_frame  # noqa: PLC0415  # heavy

        return verdict_frame(self.judge())

    def plan(self, *, detect: float | None = None, sd: float | None = None) -> SeedPlan:
        """Return how many seeds find a difference in accuracy (share), by the observed SD or the one given (share)."""
        from mlpstudy.judging.folder import plan_store  # noqa: PLC0415  # heavy: SciPy

        return plan_store(self.store, detect=detect, sd=sd)

    def model(self, architecture: str | None = None, seeds: int | Collection[int] | None = None) -> Model:
        """Return an architecture's finished seeds as an ensemble that predicts.

        Args:
            architecture: its name; where None, of the best tier the one with the fewest parameters, but for those that
                never predict some class and are no more accurate than always giving the commonest.
            seeds: how many (the first of them), or which; all that are finished where None.

        Raises:
            ResultsError: nothing of it has finished, or there is no such architecture or seed.
        """
        from mlpstudy.predict.model import load_model  # noqa: PLC0415  # heavy: SciPy

        return load_model(self.store, architecture, seeds).warn()

    def write_claims(self, judged: Judged | None = None) -> Path:
        """Write every verdict with its numbers to ``claims.json`` in the folder, and return its path.

        Args:
            judged: the judgement to write down; the study is judged where None.

        Raises:
            StoreError: the folder cannot be written.
        """
        from mlpstudy.judging.folder import write_claims  # noqa: PLC0415  # heavy: SciPy

        return write_claims(self.store, judged)

    def verify(self) -> Verification:
        """Check every hash and outcome, recompute the claims, and judge the judge on the study's own runs."""
        from mlpstudy.judging.folder import verify_store  # noqa: PLC0415  # heavy: SciPy

        return verify_store(self.store)

    @_of_one_moment
    def curves(self, key: RunKey | None = None) -> alt.LayerChart | alt.FacetChart:
        """Return the loss curves of one run, or of all architectures on one page, as an Altair chart."""
        from mlpstudy.results import gallery  # noqa: PLC0415  # heavy: Altair

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
        from mlpstudy.results import gallery  # noqa: PLC0415  # heavy: Altair

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
        from mlpstudy.results.saved_figures import save_figures  # noqa: PLC0415  # heavy: Altair

        target, inside = (self.folder, "figures") if folder is None else (Path(folder), "")
        with self.store.snapshot():
            records, rows = self.runs(), self.comparison()
        return save_figures(self.store, self.study, records, rows, target, inside, run_figures=run_figures)


_RESULT_COLUMNS = {
    "seed": "int",
    "status": "str",
    "test_accuracy": "float",
    "test_loss": "float",
    "n_epochs_done": "int",
    "diverged_epoch": "int",
    "reason": "str",
    "n_parameters": "int",
    "n_trainable": "int",
    "wall_s": "float",
    "started_at": "str",
    "run_id": "str",
}


_EPOCH_COLUMNS = {
    "architecture": "str",
    "seed": "int",
    "run_id": "str",
    "epoch": "int",
    "train_loss": "float",
    "train_accuracy": "float",
    "val_loss": "float",
    "val_accuracy": "float",
    "train_s": "float",
    "val_s": "float",
    "us_per_sample": "float",
}


def _schema(kinds: dict[str, str]) -> dict[str, type[pl.DataType]]:
    """Return the columns of a frame with their types, so that an empty one has them too."""
    import polars as pl  # noqa: PLC0415  # heavy

    types: dict[str, type[pl.DataType]] = {"str": pl.String, "int": pl.Int64, "float": pl.Float64}
    return {name: types[kind] for name, kind in kinds.items()}
