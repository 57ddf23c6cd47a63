"""``mlpstudy judge``: which differences are real."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlpstudy.cli.printing.terminal import new_table, say, say_json, styled
from mlpstudy.text.escaping import shell
from mlpstudy.text.numerals import level, percent
from mlpstudy.text.words import counted, examples_words, noun_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table
    from rich.text import Text

    from mlpstudy.evidence.estimates.contrasts import Estimate
    from mlpstudy.evidence.judgement import Judgement, MetricJudgement, PairJudgement

WIDE = 140
"""From this many columns on, the tables show every column."""
MEDIUM = 105
"""From this many columns on, only the unadjusted interval is left out; below, p and P(a beats b) too."""
FEW = 6
"""Up to so many unresolved comparisons each have their reason printed unasked."""
COLOURS = {"BETTER": "green", "EQUIVALENT": "blue", "UNRESOLVED": "yellow", "UNSTABLE": "red"}


def judge(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A study's folder.")] = Path("runs/notebook"),
    explore: Annotated[bool, typer.Option("--explore", help="Show the exploratory metrics too.")] = False,
    why: Annotated[bool, typer.Option("--why", help="Give the reason of every verdict, however many.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines: all of it.")] = False,
) -> None:
    """Print what the evidence says of every declared pair and factor, and write it to claims.json in the folder.

    Example: mlpstudy judge runs/notebook
    """
    from mlpstudy.cli.printing.tables import print_baselines, print_class_use, print_lost
    from mlpstudy.evidence.plain import plain
    from mlpstudy.judging.folder import judge_moment, read_moment
    from mlpstudy.results import StudyResults
    from mlpstudy.store import note_look

    results = StudyResults(folder)
    note_look(folder, "mlpstudy judge")
    judged = judge_moment(read_moment(results.store))
    judgement = judged.judgement
    if as_json:
        say_json(plain(judgement), indent=1)
    else:
        noun = noun_of(are_images=results.store.image_shape is not None)
        print_judgement(judgement, results.store.class_names, noun, explore=explore, why=why)
        print_baselines(results)
        print_class_use(results)
        print_lost(results)
    path = results.write_claims(judged)
    if not as_json:
        say(f"{path}   check it with: mlpstudy verify {shell(folder)}")


def print_judgement(
    judgement: Judgement, class_names: Sequence[str], noun: str, *, explore: bool = False, why: bool = False
) -> None:
    """Print tiers, pairs, factors, noise and the examples that nearly all runs get wrong.

    Args:
        judgement: what to print.
        class_names: one name a class.
        noun: what the examples are called.
        explore: the exploratory metrics too.
        why: the reason of every verdict, however many.
    """
    from mlpstudy.cli.printing.terminal import console

    if judgement.is_provisional:
        console().print(
            "Provisional: not all planned runs have finished. The verdicts of record come then.\n", style="yellow"
        )
    for metric in judgement.metrics if explore else judgement.metrics[:1]:
        _print_metric(metric, judgement, noun, why=why)
    _print_noise(judgement)
    if judgement.hard:
        from mlpstudy.evidence.audits.ledger import LISTED_HARD

        first = ", ".join(
            f"{h.example} ({class_names[h.label]}, read as {class_names[h.usual]})" for h in judgement.hard[:6]
        )
        least = "at least " if len(judgement.hard) == LISTED_HARD else ""
        found = f": {least}{counted(len(judgement.hard), 'test example')}; first {first}"
        console().print(styled(("Wrong in nearly all runs", "bold"), found), soft_wrap=True)


def _print_metric(metric: MetricJudgement, judgement: Judgement, noun: str, *, why: bool) -> None:
    """Print what is known by one metric."""
    from mlpstudy.cli.printing.terminal import console

    role = "primary metric" if metric.is_primary else "exploratory"
    console().print(_standings(metric, f"{metric.metric.name} ({role})"))
    n = len(metric.pairs)
    title = f"{counted(n, 'declared comparison')}, {metric.metric.name}, {metric.metric.unit.in_full}"
    console().print(_pairs(metric, title, level(judgement.judging.confidence), judgement.n_examples, noun))
    _print_reasons(metric.pairs, why=why)
    if metric.effects:
        console().print(_effects(metric))
    for sentence in judgement.effects_left_out:
        console().print(f"{sentence}\n", soft_wrap=True)


def _print_reasons(pairs: Sequence[PairJudgement], *, why: bool) -> None:
    """Print how many verdicts of each kind there are, and the reasons: of all, or of those that say something."""
    from rich.padding import Padding

    from mlpstudy.cli.printing.terminal import console

    counts = {kind: sum(pair.verdict.kind == kind for pair in pairs) for kind in COLOURS}
    said = [(f"{n} {kind}", COLOURS[kind]) for kind, n in counts.items() if n]
    listed = [part for one in said for part in (", ", one)][1:]
    console().print(styled(("In short", "bold"), f": of {len(pairs)} declared comparisons ", *listed, "."))
    all_of_them = why or counts["UNRESOLVED"] <= FEW
    shown = [pair for pair in pairs if all_of_them or pair.verdict.kind != "UNRESOLVED"]
    for pair in shown:
        kind = (pair.verdict.kind, COLOURS[pair.verdict.kind])
        console().print(Padding(styled(kind, f" {pair.a} / {pair.b}: {pair.verdict.reason}"), (0, 0, 0, 2)))
    if len(shown) < len(pairs):
        console().print(f"  The reasons of the {counts['UNRESOLVED']} UNRESOLVED ones: --why")
    console().print()


def _standings(metric: MetricJudgement, title: str) -> Table:
    """Return means and tiers, best first."""
    table = new_table(title=title, collapse_padding=True)
    for heading in ("Architecture", "Tier"):
        table.add_column(heading, no_wrap=True)
    for heading in ("Seeds", "Mean"):
        table.add_column(heading, justify="right")
    for standing in metric.best_first():
        mean = "-" if standing.mean is None else metric.metric.value(standing.mean)
        table.add_row(standing.architecture, standing.tier or "-", str(standing.n_seeds), mean)
    return table


def _pairs(metric: MetricJudgement, title: str, percent: str, n_examples: int, noun: str) -> Table:
    """Return the declared comparisons."""
    notes = [f"Intervals at {percent}, a minus b."]
    if metric.metric.counts_examples:
        notes.append(f"{noun.capitalize()}: of the {n_examples:,} tested, mean over seeds.")
    if metric.pairs[0].estimate.components is not None and _columns() >= MEDIUM:
        notes.append("Seeds n %: share of the uncertainty on new data that more seeds would remove.")
    table = new_table(title=styled(title, (f"\n{' '.join(notes)}", "not bold")), collapse_padding=True)
    table.add_column("a / b", no_wrap=True)
    _add_estimate_columns(table, "Difference")
    roomy = _columns() >= MEDIUM
    if roomy:
        table.add_column("P(a beats b)", justify="right", no_wrap=True)
    table.add_column("Verdict", no_wrap=True)
    for pair in metric.pairs:
        cells = [f"{pair.a}\n{pair.b}", _difference(pair, metric, noun), *_estimate_cells(pair.estimate, metric)]
        if roomy:
            cells.append(_chance(pair))
        table.add_row(*cells, _verdict(pair))
    return table


def _add_estimate_columns(table: Table, first: str) -> None:
    """Add the columns of an estimate, as many as there is room for."""
    headings = [first, "All at once,\non new data"]
    if _columns() >= MEDIUM:
        headings = [first, "If retrained,\nall at once", "On new data", "p\n(Holm)"]
    if _columns() >= WIDE:
        headings = [first, "If retrained,\nsame test set", "same, all at\nonce", "On new data", "p\n(Holm)"]
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)


def _estimate_cells(estimate: Estimate, metric: MetricJudgement) -> list[str]:
    """Return the cells of an estimate, but for its value."""
    together = metric.metric.interval(estimate.simultaneous.low, estimate.simultaneous.high)
    if _columns() < MEDIUM:
        return [f"{together}\n{_new_data(estimate, metric, with_share=False)}"]
    cells = [together, _new_data(estimate, metric), f"{estimate.p_adjusted:.2g}"]
    if _columns() < WIDE:
        return cells
    return [metric.metric.interval(estimate.same_test_set.low, estimate.same_test_set.high), *cells]


def _chance(pair: PairJudgement) -> str:
    """Write P(a beats b) with its interval."""
    beats = pair.a_beats_b
    if beats is None:
        return "-"
    return f"{beats.probability:.2f}\n[{beats.interval.low:.2f}, {beats.interval.high:.2f}]"


def _columns() -> int:
    """Return the console's width."""
    from mlpstudy.cli.printing.terminal import console

    return console().width


def _verdict(pair: PairJudgement) -> Text:
    """Write the verdict with its winner."""
    verdict = pair.verdict
    more = ""
    if verdict.winner:
        more = f"\n{verdict.winner}"
    elif verdict.needs:
        more = f"\n{verdict.needs}"
    return styled((verdict.kind, COLOURS[verdict.kind]), more)


def _effects(metric: MetricJudgement) -> Table:
    """Return main effects and interactions."""
    table = new_table(title=f"Factors, {metric.metric.name}, {metric.metric.unit.in_full}", collapse_padding=True)
    table.add_column("Effect")
    _add_estimate_columns(table, "Change")
    for effect in metric.effects:
        cells = _estimate_cells(effect.estimate, metric)
        table.add_row(effect.label, _number(effect.estimate.value, metric), *cells)
    return table


def _print_noise(judgement: Judgement) -> None:
    """Print the noise audit."""
    from mlpstudy.cli.printing.terminal import console

    console().print(styled(("Noise", "bold")))
    for one in judgement.noise:
        text = "no finished run" if one.audit is None else one.audit.sentence
        counts = [f"{n} {word}" for n, word in ((one.n_diverged, "diverged"), (one.n_failed, "failed")) if n]
        marks = f" ({', '.join(counts)})" if counts else ""
        console().print(styled(f"  {one.architecture}", (marks, "red"), f": {text}"), soft_wrap=True)
    console().print()


def _number(value: float, metric: MetricJudgement) -> str:
    """Write a difference."""
    return "-" if math.isnan(value) else metric.metric.number(value)


def _difference(pair: PairJudgement, metric: MetricJudgement, noun: str) -> str:
    """Write a difference, for accuracy also in test examples."""
    n = pair.test_examples
    suffix = "" if n is None or math.isnan(n) else f"\n{examples_words(n)} {noun}"
    return _number(pair.difference, metric) + suffix


def _new_data(estimate: Estimate, metric: MetricJudgement, *, with_share: bool = True) -> str:
    """Write the interval of question 2, and what more seeds can do about it."""
    if estimate.new_data is None or estimate.components is None:
        return "-"
    text = metric.metric.interval(estimate.new_data.low, estimate.new_data.high)
    if not (with_share and estimate.new_data.is_bounded):
        return text
    return f"{text}\nseeds {percent(estimate.components.share_from_seeds, 0)}"
