"""How it was done, and how to do it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpstudy.page.blocks import Code, Details, Facts, Heading, Section, Text
from mlpstudy.report.toml_text import toml_text
from mlpstudy.study.loading import builtin_names, load_study
from mlpstudy.text.escaping import shell
from mlpstudy.text.numerals import duration
from mlpstudy.text.words import counted

if TYPE_CHECKING:
    from mlpstudy.page.blocks import Block
    from mlpstudy.report.gathered import Gathered


def section(of: Gathered) -> Section:
    """Return the section."""
    store, study = of.store, of.study
    n_train, n_validation, n_test = store.n_examples
    source = "the test examples themselves" if store.validation_source == "test" else "apart from both"
    shape = store.image_shape
    kind = f"images of {shape[0]} x {shape[1]}" if shape else f"{store.n_features:,} features"
    looks = store.looks()
    facts = [
        ("Study", f"{study.name}" + (f": {study.title}" if study.title else "")),
        ("Identity of the study", study.identity()),
        ("Data", f"{study.data.title}: {kind}, {len(of.class_names)} classes"),
        ("Data hash (SHA-256)", store.data_sha256),
        ("Examples", f"{n_train:,} training, {n_test:,} test; validation: {n_validation:,}, {source}"),
        ("Runs", f"{of.n_ended} of {of.results.n_planned} ended, {len(of.finished)} finished"),
        ("Looks at the test set", _looks(len(looks))),
        *_provenance(of),
    ]
    blocks: list[Block] = [
        Facts(tuple(facts)),
        Heading("Do it again"),
        Text("The built-in study of that name:" if _is_builtin(of) else "With the study below saved as study.toml:"),
        Code(_command(of)),
        Details("The study, as it was run", (Code(toml_text(of.study.to_fields())),)),
        Heading("How to read the numbers"),
        Text(
            "If retrained, same test set: where the difference would lie if both were trained again with other seeds "
            "and judged on the same test examples (paired t interval over the common seeds). All at once: the same, "
            "wide enough that all intervals of the family hold together. On new data: seeds and test examples are both "
            "taken as samples, so it answers for other data of the same kind."
        ),
        Text(
            "BETTER: the interval for all comparisons at once excludes 0, and the exact sign-flip test, Holm-adjusted, "
            "confirms it. EQUIVALENT: two one-sided tests put the difference inside the band that does not matter. "
            "UNRESOLVED: neither; more seeds may tell. UNSTABLE: a run diverged, or the seeds scatter far more than "
            "finite test data explain."
        ),
    ]
    return Section("method", "How it was done", tuple(blocks))


def _looks(n: int) -> str:
    """Return how often results on the test examples were shown."""
    return f"{counted(n, 'time')} noted that a command showed results on the test examples, this report included"


def _provenance(of: Gathered) -> list[tuple[str, str]]:
    """Return what computed the runs: several where they were made on several machines."""
    made = list(dict.fromkeys(record.provenance for record in of.records))
    facts = []
    for i, p in enumerate(made):
        mark = f" ({i + 1})" if len(made) > 1 else ""
        engine = f"engine {p.engine} {p.engine_version} ({p.instruction_set})"
        facts += [
            (f"Hardware{mark}", f"{p.cpu}, {counted(p.n_cores, 'core')}, {p.platform}"),
            (f"Software{mark}", f"mlpstudy {p.mlpstudy}, {engine}, Python {p.python}, NumPy {p.numpy}"),
        ]
    starts = sorted(record.started_at for record in of.records)
    if starts:
        facts.append(("Runs started", starts[0] if len(starts) == 1 else f"{starts[0]} to {starts[-1]} (UTC)"))
    total = sum(record.wall_s for record in of.records)
    if total:
        facts.append(("Time of all runs together", f"{duration(total)} (added up; several ran at once)"))
    return facts


def _command(of: Gathered) -> str:
    """Return the commands that make the study and this report again."""
    source = shell(of.study.name if _is_builtin(of) else "study.toml")
    return (
        f"mlpstudy run {source} --seeds {of.study.seeds} --engine {shell(of.store.engine)} --out runs/{of.study.name}\n"
        f"mlpstudy report runs/{of.study.name}"
    )


def _is_builtin(of: Gathered) -> bool:
    """Say whether a built-in study is the same."""
    name = of.study.name
    return name in builtin_names() and load_study(name).identity() == of.study.identity()
