"""The comparison tables as text: what the notebook printed, with spread over seeds, reported values beside ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpstudy.cli.printing.terminal import console, new_table, styled
from mlpstudy.tasks.metrics.accuracy import ACCURACY
from mlpstudy.tasks.metrics.log_loss import LOG_LOSS
from mlpstudy.text.escaping import shell

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.table import Table
    from rich.text import Text

    from mlpstudy.evidence.comparison import ComparisonRow
    from mlpstudy.evidence.estimates.spread import Spread
    from mlpstudy.results import StudyResults
    from mlpstudy.study import Architecture, Study
    from mlpstudy.tasks.metrics.metric import Metric

WIDE = 110
"""From this many columns on, the tables show every setting in a column of its own."""


def print_results(results: StudyResults) -> None:
    """Print comparison tables, observations, and what the number of seeds can say."""
    from rich.padding import Padding

    from mlpstudy.study import why_unjudged

    compared, tiers = results.comparison_with_tiers()
    rows = {row.architecture: row for row in compared}
    for title, architectures in grouped(results.study):
        console().print(_table(title, architectures, results.study, rows, tiers))
    if tiers:
        console().print(
            f"Architectures that share a tier's letter cannot be told apart: mlpstudy judge {shell(results.folder)}\n",
            soft_wrap=True,
        )
    if why := why_unjudged(results.study, results.store.test_labels().size):
        console().print(f"No tiers and no verdicts: {why}.\n", soft_wrap=True)
    print_baselines(results)
    print_class_use(results)
    observations = results.observations()
    if observations:
        console().print(styled(("What the curves show", "bold")))
        for name, seen in observations.items():
            console().print(Padding(styled((name, "bold"), f": {seen.sentence}"), (0, 0, 0, 2)))
        console().print()
    n_done = sum(row.n_finished + row.n_diverged + row.n_failed for row in rows.values())
    if n_done < results.n_planned:
        console().print(f"Provisional: {n_done} of {results.n_planned} runs have ended.", style="yellow")
    console().print(honest_line(results.study, list(rows.values())))
    n_looks = len(results.store.looks())
    if n_looks > 1:
        console().print(
            f"Results on the test examples have been shown {n_looks} times: each choice that they guide makes them "
            "say less of new data."
        )


def print_baselines(results: StudyResults) -> None:
    """Print what simple methods reach, where the study names some."""
    baselines = results.store.baselines()
    if baselines:
        said = ", ".join(
            f"{b.name} {ACCURACY.value(b.test_accuracy)} (loss {LOG_LOSS.bare(b.test_loss)})" for b in baselines
        )
        console().print(styled(("For scale", "bold"), f", on the same test examples: {said}\n"), soft_wrap=True)


def print_class_use(results: StudyResults) -> None:
    """Print which classes are never predicted, and what accuracy always giving the commonest one would have."""
    from mlpstudy.evidence.audits.class_use import class_words

    lines, scale = class_words(results.class_use(), results.store.class_names, has_baseline=results.names_majority)
    for line in lines:
        console().print(line, style="yellow", soft_wrap=True)
    if scale:
        console().print(scale, soft_wrap=True)
    if lines or scale:
        console().print()


def print_lost(results: StudyResults) -> None:
    """Print how many runs diverged or failed, and what helps, where some did."""
    from mlpstudy.evidence.lost import lost_runs

    if lost := lost_runs(results.study, results.comparison()):
        console().print(f"{lost.sentence}\n", style="yellow", soft_wrap=True)


def grouped(study: Study) -> list[tuple[str, list[Architecture]]]:
    """Return the architectures table by table: one a level of the first factor where there are two or more."""
    architectures = list(study.architectures)
    if len(study.factors) < 2:  # noqa: PLR2004  # one factor: one table
        return [(study.name, architectures)]
    factor, levels = next(iter(study.factors.items()))
    return [(f"{factor}: {level}", [a for a in architectures if dict(a.levels)[factor] == level]) for level in levels]


def _settings(architecture: Architecture) -> dict[str, str]:
    """Return what the notebook's tables said of how a network is made and trained."""
    network, training = architecture.network, architecture.training
    return {
        "Activation": network.activation,
        "Optimizer": training.optimizer,
        "Initial weights": network.initial_weights.text().replace(", ", "\n"),
    }


def _table(
    title: str, architectures: list[Architecture], study: Study, rows: dict[str, ComparisonRow], tiers: dict[str, str]
) -> Table:
    """Return one comparison table; in a narrow terminal, what all rows share stands in its title."""
    settings = {architecture.name: _settings(architecture) for architecture in architectures}
    columns, shared_line = list(_settings(architectures[0])), ""
    if console().width < WIDE:
        shared = [name for name in columns if len({own[name] for own in settings.values()}) == 1]
        columns = [name for name in columns if name not in shared]
        same = [f"{name.lower()} {settings[architectures[0].name][name]}".replace("\n", ", ") for name in shared]
        shared_line = f"\n{'; '.join(same)}" if same else ""
    table = new_table(title=styled(title, (shared_line, "not bold")), collapse_padding=True)
    table.add_column("Layers", justify="right")
    for heading in ("Architecture", *columns):
        table.add_column(heading, no_wrap=True)
    for heading in ("Seeds", "Test loss", "Test accuracy"):
        table.add_column(heading, justify="right")
    if tiers:
        table.add_column("Tier", no_wrap=True)
    if study.reported:
        lines = ["Reported by" if study.reported_by else "Reported", study.reported_by]
        lines += study.reported_caveat.replace(", ", ",\n").replace(": ", ":\n").split("\n")
        table.add_column("\n".join(filter(None, lines)), justify="right")
    for architecture in architectures:
        row = rows.get(architecture.name)
        hidden = architecture.network.hidden
        cells: list[str | Text] = [
            str(len(hidden)),
            styled(architecture.name, ("\n" + "-".join(str(width) for width in hidden), "dim")),
            *(settings[architecture.name][name] for name in columns),
            _seeds(row),
            _spread(row.loss if row else None, LOG_LOSS, LOG_LOSS.bare),
            _spread(row.accuracy if row else None, ACCURACY, ACCURACY.value),
        ]
        if tiers:
            cells.append(tiers.get(architecture.name) or "-")
        if study.reported:
            cells.append(_reported(study, architecture.name))
        table.add_row(*cells)
    return table


def _seeds(row: ComparisonRow | None) -> Text:
    """Write how many runs a row stands on, and how many it does not."""
    if row is None:
        return styled("0")
    parts: list[str | tuple[str, str]] = [str(row.n_finished)]
    for count, word in ((row.n_diverged, "diverged"), (row.n_failed, "failed"), (row.n_running, "running")):
        if count:
            parts.append((f"\n{count} {word}", "red" if word != "running" else ""))
    return styled(*parts)


def _spread(spread: Spread | None, metric: Metric, written: Callable[[float], str]) -> Text:
    """Write mean and SD over seeds."""
    if spread is None:
        return styled("-")
    return styled(written(spread.mean), ("" if spread.sd is None else f"\nSD {metric.bare(spread.sd)}", "dim"))


def _reported(study: Study, name: str) -> str:
    """Write what somebody else reported."""
    reported = study.reported.get(name)
    if reported is None:
        return "-"
    parts = []
    if reported.test_loss is not None:
        parts.append(LOG_LOSS.bare(reported.test_loss))
    if reported.test_accuracy is not None:
        parts.append(ACCURACY.value(reported.test_accuracy))
    return "\n".join(parts)


def honest_line(study: Study, rows: list[ComparisonRow]) -> str:
    """Say what the number of seeds can and cannot say, and how many were lost."""
    from mlpstudy.evidence.lost import lost_runs

    lost = lost_runs(study, rows)
    n_finished = [row.n_finished for row in rows if row.n_finished]
    if lost is not None and (not n_finished or (lost.are_most and max(n_finished) < 2)):  # noqa: PLR2004  # no spread
        return lost.sentence
    return " ".join([_seeds_say(study, rows), *([] if lost is None else [lost.sentence])])


def _seeds_say(study: Study, rows: list[ComparisonRow]) -> str:
    """Say what the seeds that finished can and cannot say."""
    counts = sorted({row.n_finished for row in rows if row.n_finished})
    if len(study.architectures) < 2:  # noqa: PLR2004  # nothing to compare
        return "One architecture: nothing is compared here."
    if not counts:
        return "No run has finished: nothing is compared yet."
    if counts[-1] < 2 <= max(row.n_finished + row.n_diverged + row.n_failed for row in rows):  # noqa: PLR2004  # no spread
        return "No architecture has two finished seeds: how far it scatters is not known."
    if counts[-1] < 2:  # noqa: PLR2004  # no spread
        return (
            "One seed says how these runs ended, not which architecture is better: the same network trained again "
            "ends elsewhere. See the spread with more seeds, for example --seeds 5."
        )
    n_seeds = f"{counts[-1]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    sd = max(row.accuracy.sd for row in rows if row.accuracy is not None and row.accuracy.sd is not None)
    if sd == 0:
        return (
            f"{n_seeds} seeds: every architecture reached one accuracy with all its seeds, so these say nothing of how "
            "far it scatters. More test examples tell accuracies apart that a few count as equal."
        )
    return (
        f"{n_seeds} seeds: the accuracy of one architecture scatters by up to {ACCURACY.size(sd)} (SD) from seed to "
        "seed; a difference between two single runs that is no larger says nothing."
    )
