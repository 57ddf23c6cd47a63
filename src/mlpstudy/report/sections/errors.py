"""What is got wrong: confusion, calibration, the hard examples, and those that two architectures decide differently."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlpstudy.evidence.audits.confusion import confusion
from mlpstudy.evidence.audits.ledger import LISTED_HARD, hard_examples, ledger_of
from mlpstudy.evidence.audits.reliability import reliability
from mlpstudy.figures import confusion as confusion_figure
from mlpstudy.figures import reliability as reliability_figure
from mlpstudy.figures.examples_grid import data_url
from mlpstudy.page import page_spec
from mlpstudy.page.blocks import Cell, Chart, Column, Heading, Picture, Pictures, Section, Table, Text
from mlpstudy.report import words
from mlpstudy.text.numerals import percent
from mlpstudy.text.words import counted

if TYPE_CHECKING:
    import numpy.typing as npt

    from mlpstudy.evidence.audits.ledger import FlipLedger, HardExample
    from mlpstudy.page.blocks import Block
    from mlpstudy.report.gathered import Gathered

MOST_CLASSES = 25
"""Classes of a confusion matrix that a page can show; with more, a table of the most frequent errors stands for it."""
LISTED_ERRORS = 30


def section(of: Gathered) -> Section | None:
    """Return the section, None where no run has finished."""
    if of.choice is None:
        return None
    name = of.choice.architecture
    blocks: list[Block] = [
        Text(
            f"Of {name} ({_why(of)}), {counted(of.own_sample(name).n, 'seed')}, {of.sample.n_examples:,} test examples."
        ),
        _confusion(of, name),
        _calibration(of, name),
        *_hard(of),
        *_flips(of, name),
    ]
    return Section("errors", "What is got wrong", tuple(blocks))


def _why(of: Gathered) -> str:
    """Return why this architecture is shown."""
    assert of.choice is not None  # noqa: S101  # narrows the type
    reasons = {
        "best tier, fewest parameters": "the smallest of the best tier",
        "best mean": "the best mean",
        "only one": "the only one with finished runs",
    }
    but = ", but for those that never predict some class" if of.choice.passed_over else ""
    return reasons.get(of.choice.reason, of.choice.reason) + but


def _confusion(of: Gathered, name: str) -> Chart | Table:
    """Return the confusion matrix, or a table of its largest errors."""
    own = of.own_sample(name)
    n_classes = len(of.class_names)
    counts = confusion(own.predicted, of.sample.labels, n_classes)
    if n_classes <= MOST_CLASSES:
        title = f"Which classes {name} takes for which"
        chart = confusion_figure.figure(counts, of.class_names, title=title, n_seeds=own.n)
        most = _largest(counts, 3)
        alt = "Confusion matrix; the most frequent errors: " + "; ".join(
            f"{of.class_names[i]} taken for {of.class_names[j]}, {counts[i, j]:.1f} times" for i, j in most
        )
        return Chart("confusion", page_spec(chart), alt, fluid=True, room=100)
    columns = (Column("True class"), Column("Taken for"), Column("Mean count", right=True))
    rows = tuple(
        (Cell(of.class_names[i]), Cell(of.class_names[j]), Cell(f"{counts[i, j]:.2f}"))
        for i, j in _largest(counts, LISTED_ERRORS)
    )
    return Table(f"Most frequent errors of {name}, mean over {counted(own.n, 'seed')}", columns, rows)


def _largest(counts: npt.NDArray[np.float64], n: int) -> list[tuple[int, int]]:
    """Return the most frequent errors."""
    errors = counts - np.diag(np.diag(counts))
    order = np.argsort(-errors, axis=None, kind="stable")[:n]
    places = [(int(k) // counts.shape[1], int(k) % counts.shape[1]) for k in order]
    return [(i, j) for i, j in places if errors[i, j] > 0]


def _calibration(of: Gathered, name: str) -> Chart:
    """Return the calibration plot."""
    own = of.own_sample(name)
    found = reliability(own.p_predicted, own.predicted == of.sample.labels, confidence=of.study.judging.confidence)
    bins = [
        reliability_figure.ReliabilityBin(b.confidence, b.accuracy, (b.interval.low, b.interval.high), b.n)
        for b in found.bins
        if b.n
    ]
    mean, more = words.spread_words(found.error, 100, 2, " points")
    limits = f"{of.level} interval {more}" if found.error.interval is not None else more
    error = f"Calibration error {mean} ({limits}, n = {own.n}).{' Lines: interval over seeds.' if own.n > 1 else ''}"
    chart = reliability_figure.figure(bins, title=f"Calibration of {name}", subtitle=error)
    return Chart(
        "calibration",
        page_spec(chart),
        f"Share right against confidence in {len(bins)} bins. {error}",
        fluid=True,
        room=70,
    )


def _hard(of: Gathered) -> list[Block]:
    """Return the examples that nearly all runs get wrong."""
    with_runs = [a for a in of.sample.architectures if a.n]
    hard = of.judgement.hard if of.judgement is not None else ()
    if of.judgement is None:
        hard = hard_examples([a.predicted for a in with_runs], [a.p_true for a in with_runs], of.sample.labels)
    n_runs = sum(a.n for a in with_runs)
    blocks: list[Block] = [Heading("Wrong in nearly all runs")]
    if not hard:
        return [*blocks, Text(f"No test example is wrong in 90 % or more of the {counted(n_runs, 'run')}.")]
    least = "At least " if len(hard) == LISTED_HARD else ""
    count = counted(len(hard), "test example")
    blocks.append(
        Text(f"{least}{count} that 90 % or more of {counted(n_runs, 'run')} get wrong: hard ones, or wrong labels.")
    )
    return [*blocks, _hard_pictures(of, hard) if of.dataset is not None else _hard_table(of, hard)]


def _hard_pictures(of: Gathered, hard: tuple[HardExample, ...]) -> Pictures:
    """Return the hard examples as images."""
    return Pictures(
        tuple(
            _picture(
                of,
                h.example,
                f"{of.class_name(h.label)}, read as {of.class_name(h.usual)}",
                (f"wrong in {percent(h.wrong, 0)} of runs", f"no. {h.example}"),
            )
            for h in hard
        )
    )


def _hard_table(of: Gathered, hard: tuple[HardExample, ...]) -> Table:
    """Return the hard examples as a table, where they are no images."""
    columns = (
        Column("Test example"),
        Column("Class"),
        Column("Read as"),
        Column("Wrong in", right=True),
        Column("Mean probability of its class", right=True),
    )
    rows = tuple(
        (
            Cell(str(h.example)),
            Cell(of.class_name(h.label)),
            Cell(of.class_name(h.usual)),
            Cell(f"{percent(h.wrong, 0)}", sort=h.wrong),
            Cell(f"{h.p_true:.3f}"),
        )
        for h in hard
    )
    return Table("Test examples that nearly all runs get wrong (position in the test set, from 0)", columns, rows)


def _picture(of: Gathered, example: int, said: str, lines: tuple[str, ...]) -> Picture:
    """Return a test example as an image."""
    assert of.dataset is not None  # noqa: S101  # narrows the type
    assert of.dataset.image_shape is not None  # noqa: S101  # as above
    raw = of.dataset.test.raw
    assert raw is not None  # noqa: S101  # as above
    pixels = np.asarray(raw[example], dtype=np.uint8).reshape(of.dataset.image_shape)
    return Picture(data_url(pixels), f"test example {example}", said, lines)


def pair_to_compare(of: Gathered, best: str) -> tuple[str, str] | None:
    """Return the chosen architecture and the one beside which its flips say most.

    The declared baseline where there is one; else the best of those that it beats; else the next best by mean.
    """
    judgement = of.judgement
    if judgement is None:
        return None
    baseline = judgement.judging.baseline
    if baseline is not None and baseline != best:
        return best, baseline
    standings = [s for s in judgement.primary.best_first() if s.mean is not None and s.architecture != best]
    beaten = {p.a if p.verdict.winner == p.b else p.b for p in judgement.primary.pairs if p.verdict.winner == best}
    others = [s.architecture for s in standings if s.architecture in beaten] or [s.architecture for s in standings]
    return (best, others[0]) if others else None


def _flips(of: Gathered, best: str) -> list[Block]:
    """Return the examples that two architectures decide differently."""
    pair = pair_to_compare(of, best)
    ledger = ledger_of(of.sample, *pair) if pair is not None else None
    if ledger is None:
        return []
    blocks: list[Block] = [
        Heading(f"Decided differently by {ledger.a} (first) and {ledger.b} (second)"),
        Text(
            f"In the mean over {counted(ledger.n_seeds, 'common seed')}, {ledger.a} alone is right on "
            f"{ledger.mean_only_a:.1f} test examples and {ledger.b} alone on {ledger.mean_only_b:.1f}. Those that flip "
            "most consistently:"
        ),
    ]
    if not ledger.examples:
        return [*blocks[:1], Text("No test example flips more often one way than the other.")]
    return [*blocks, _flip_pictures(of, ledger) if of.dataset is not None else _flip_table(of, ledger)]


def _flip_pictures(of: Gathered, ledger: FlipLedger) -> Pictures:
    """Return the flips as images."""
    return Pictures(
        tuple(
            _picture(
                of,
                f.example,
                of.class_name(f.label),
                (
                    f"alone right in seeds: first {percent(f.only_a_right, 0)}, second {percent(f.only_b_right, 0)}",
                    f"first reads {of.class_name(f.usual_a)}, second {of.class_name(f.usual_b)}",
                    f"no. {f.example}",
                ),
            )
            for f in ledger.examples
        ),
        wide=True,
    )


def _flip_table(of: Gathered, ledger: FlipLedger) -> Table:
    """Return the flips as a table, where the examples are no images."""
    columns = (
        Column("Test example"),
        Column("Class"),
        Column(f"{ledger.a} alone right", right=True),
        Column(f"{ledger.b} alone right", right=True),
        Column(f"{ledger.a} reads"),
        Column(f"{ledger.b} reads"),
    )
    rows = tuple(
        (
            Cell(str(f.example)),
            Cell(of.class_name(f.label)),
            Cell(f"{percent(f.only_a_right, 0)}", sort=f.only_a_right),
            Cell(f"{percent(f.only_b_right, 0)}", sort=f.only_b_right),
            Cell(of.class_name(f.usual_a)),
            Cell(of.class_name(f.usual_b)),
        )
        for f in ledger.examples
    )
    return Table("Share of seeds in which one alone is right (position in the test set, from 0)", columns, rows)
