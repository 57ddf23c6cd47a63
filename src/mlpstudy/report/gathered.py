"""All that the report says, read and judged once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlpstudy.errors import MlpstudyError
from mlpstudy.evidence.estimates.spread import spread
from mlpstudy.evidence.judge import standings
from mlpstudy.judging.folder import judge_moment, read_moment
from mlpstudy.predict.choosing import best
from mlpstudy.results import gallery
from mlpstudy.study import why_unjudged
from mlpstudy.tasks.metrics.menu import METRICS
from mlpstudy.text.numerals import level

if TYPE_CHECKING:
    from mlpstudy.evidence.comparison import ComparisonRow
    from mlpstudy.evidence.curves.observations import Observation
    from mlpstudy.evidence.estimates.spread import Spread
    from mlpstudy.evidence.judgement import Judgement
    from mlpstudy.evidence.sample import ArchitectureSample, StudySample
    from mlpstudy.figures import ArchitectureCurves
    from mlpstudy.page.blocks import Section
    from mlpstudy.predict.choosing import Choice
    from mlpstudy.records import Dataset, RunRecord
    from mlpstudy.results import StudyResults
    from mlpstudy.store import Store
    from mlpstudy.study import Study
    from mlpstudy.tasks.metrics.metric import Metric


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """What draw-a-digit adds to a page."""

    section: Section
    data: dict[str, object]
    binary: dict[str, bytes]


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """A study's results as the report needs them.

    Attributes:
        results: the study, opened.
        study: what was compared and how.
        records: all runs.
        rows: the comparison table, by architecture.
        curves: the learning curves, by architecture.
        observations: what they show, by architecture.
        sample: what the finished runs did on the test examples.
        judgement: what the evidence says; None where there is one architecture, or too many pairs.
        class_names: one name a class.
        choice: the architecture that single-architecture figures show; None where no run has finished.
        dataset: the data, where they are at hand and the same; else None.
        no_data: why they are not; empty where they are.
        n_workers: runs that trained at once.
        drawing: draw-a-digit, where the page has room for it.
    """

    results: StudyResults
    study: Study
    records: tuple[RunRecord, ...]
    rows: dict[str, ComparisonRow]
    curves: tuple[ArchitectureCurves, ...]
    observations: dict[str, Observation]
    sample: StudySample
    judgement: Judgement | None
    class_names: tuple[str, ...]
    choice: Choice | None
    dataset: Dataset | None
    no_data: str
    n_workers: int
    drawing: Drawing | None = None

    @property
    def store(self) -> Store:
        """The study's folder."""
        return self.results.store

    @property
    def finished(self) -> tuple[RunRecord, ...]:
        """The finished runs."""
        return tuple(record for record in self.records if record.status == "finished")

    def finished_of_each(self) -> dict[str, list[RunRecord]]:
        """Return the finished runs of every architecture, in the order of the study."""
        runs: dict[str, list[RunRecord]] = {architecture.name: [] for architecture in self.study.architectures}
        for record in self.finished:
            runs[record.architecture].append(record)
        return runs

    @property
    def metric(self) -> Metric:
        """The metric that the study declared."""
        return METRICS[self.study.judging.metric]

    def spreads(self, metric: Metric) -> dict[str, Spread | None]:
        """Return a metric of every architecture over its seeds; None without a finished run."""
        confidence = self.study.judging.confidence
        return {
            one.name: spread(scores, confidence, metric.possible)
            for one, scores in zip(self.sample.architectures, self.sample.scores(metric), strict=True)
        }

    @property
    def n_ended(self) -> int:
        """Runs that finished, diverged or failed."""
        return sum(record.status != "running" for record in self.records)

    @property
    def is_provisional(self) -> bool:
        """Fewer runs have ended than are planned."""
        return self.n_ended < self.results.n_planned

    @property
    def level(self) -> str:
        """The level of all intervals, in words."""
        return level(self.study.judging.confidence)

    @property
    def n_seeds(self) -> int:
        """Finished seeds of the architecture that has most."""
        return max((a.n for a in self.sample.architectures), default=0)

    def seeds_words(self) -> str:
        """Return how many seeds an architecture has."""
        counts = sorted({a.n for a in self.sample.architectures})
        low, high = counts[0], counts[-1]
        return f"n = {high}" if low == high else f"n = {low} to {high}"

    def own_sample(self, name: str) -> ArchitectureSample:
        """Return the runs of one architecture."""
        return self.sample.architectures[self.sample.index(name)]

    def class_name(self, label: int) -> str:
        """Return the name of a class."""
        return self.class_names[label]


def gather(results: StudyResults) -> Gathered:
    """Return all that the report says of a study.

    Raises:
        StoreError: the study cannot be read.
    """
    study, store = results.study, results.store
    with store.snapshot():
        moment, records, rows = read_moment(store), results.runs(), results.comparison()
        curves, observations = gallery.study_curves(store, study, records), results.observations()
    is_judged = len(study.architectures) > 1 and not why_unjudged(study, moment.sample.n_examples)
    judgement = judge_moment(moment).judgement if is_judged else None
    found = judgement.primary.standings if judgement is not None else standings(moment.sample, study.judging)
    dataset, no_data = _dataset(results)
    return Gathered(
        results=results,
        study=study,
        records=records,
        rows={row.architecture: row for row in rows},
        curves=tuple(curves),
        observations=observations,
        sample=moment.sample,
        judgement=judgement,
        class_names=store.class_names,
        choice=best(moment, records, len(store.class_names), found),
        dataset=dataset,
        no_data=no_data,
        n_workers=moment.n_workers,
    )


def _dataset(results: StudyResults) -> tuple[Dataset | None, str]:
    """Return the data that the runs were made from, or why they are not here."""
    from mlpstudy.datasets import load  # noqa: PLC0415  # reads the data, which image studies alone show

    if results.store.image_shape is None:
        return None, "the examples are no images"
    try:
        dataset = load(results.study.data, results.study.study_seed)
    except (MlpstudyError, OSError) as error:
        return None, str(error)
    if dataset.sha256 != results.store.data_sha256:
        return None, "the data found are not those that the study was made from"
    if dataset.test.raw is None:
        return None, "its images are not of grey values from 0 to 255"
    return dataset, ""
