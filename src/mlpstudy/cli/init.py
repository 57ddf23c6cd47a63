"""``mlpstudy init``: a study file for data of one's own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlpstudy.cli.data import With
from mlpstudy.cli.printing.keys import offering_keys
from mlpstudy.text.escaping import shell

if TYPE_CHECKING:
    from mlpstudy.datasets.overview.target_guess import Guess
    from mlpstudy.running.proposal import Proposal


def init(
    data: Annotated[
        list[str],
        typer.Argument(metavar="DATA...", help="A file, a folder of images, two files (features, labels), or a name."),
    ],
    target: Annotated[
        str | None,
        typer.Option(help="The column that holds the class.", show_default="guessed, where one name alone says so"),
    ] = None,
    test: Annotated[str | None, typer.Option(help="A file of test examples, else a share is held out.")] = None,
    drop: Annotated[
        list[str] | None, typer.Option(help="A column that is left out; may be given several times.")
    ] = None,
    group: Annotated[
        str | None, typer.Option(help="A column: rows of one group are held out together.", show_default="none")
    ] = None,
    time: Annotated[
        str | None, typer.Option(help="A column: the latest rows are held out.", show_default="rows at random")
    ] = None,
    more: With = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The study file.", show_default="<name of the data>.toml")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace a study file that is there already.")] = False,
) -> None:
    """Write a commented study file for your data: networks of a sensible size, baselines, a number of seeds.

    Example: mlpstudy init penguins.csv --target species
    """
    from mlpstudy.running.proposal import propose, write_proposal
    from mlpstudy.study.loading import parse_keys

    name = study_name(data[0])
    path = out or Path(f"{name}.toml")
    keys = {key: value for key, value in (("drop", drop), ("group", group), ("time", time)) if value}
    with offering_keys():
        fields, guessed = _fields(data, target, test, path.parent, {**parse_keys(more or ()), **keys})
        proposal = propose(fields, path.parent, name)
    write_proposal(proposal, path, replace=replace)
    _print(proposal, path, guessed)


def study_name(path: str) -> str:
    """Return a study's name for the name of a file or folder.

    >>> study_name("data/My table (2).csv.gz"), study_name("mnist")
    ('my-table-2', 'mnist')
    """
    stem = Path(path).resolve().name.split(".")[0]
    return re.sub(r"[^a-z0-9_]+", "-", stem.lower()).strip("-_")[:60] or "study"


def _fields(
    data: list[str], target: str | None, test: str | None, folder: Path, keys: dict[str, Any]
) -> tuple[dict[str, Any], str | None]:
    """Return the study's data as a study file has them, and how the target was guessed, where it was."""
    from mlpstudy.datasets import named_datasets
    from mlpstudy.errors import DataError, must, nearest
    from mlpstudy.running.proposal import relative

    names = {named.info.name for named in named_datasets()}
    is_there = Path(data[0]).exists()
    is_name = len(data) == 1 and not is_there and data[0].isidentifier()
    near = nearest(data[0], names) if is_name and data[0] not in names else None
    if near is not None:
        be = "be a file, a folder or the name of a data set"
        raise DataError(must("the data", be, data[0], f'write "{near}"'))
    if len(data) == 1 and data[0] in names and not is_there:
        fields: dict[str, Any] = {"name": data[0], "validation": 0.1}
    else:
        paths = [relative(path, folder) for path in data]
        fields = {"path": paths[0] if len(paths) == 1 else paths}
    guess = None
    if target is None and "target" not in keys and "path" in fields and len(data) == 1:
        guess = _guess(Path(data[0]), keys)
    if target is not None:
        fields["target"] = target
    elif guess is not None:
        fields["target"] = guess.target
    if test is not None:
        fields["test"] = relative(test, folder)
    fields |= keys
    return fields, None if guess is None else str(guess)


def _guess(path: Path, keys: dict[str, Any]) -> Guess | None:
    """Return the column of a table that probably holds the class, None where it is no table.

    Args:
        path: the file.
        keys: what else is known of the data: columns that are something else, how the file is written.

    Raises:
        DataError: several columns are as probable; the line names them.
    """
    from mlpstudy.datasets.overview.target_guess import guess_target_of
    from mlpstudy.errors import DataError, must
    from mlpstudy.study import Study

    data = Study(name="x", data={"path": "./x", **keys}, factors={"hidden": {"16": {"hidden": [16]}}}).data
    guess = guess_target_of(path, {*data.drop, data.group, data.time}, data.reading)
    if guess is not None and guess.is_ambiguous:
        fix = f"--target {shell(guess.target)}, or another column"
        found = f"several that could be it: {', '.join(guess.candidates)}"
        raise DataError(must(f"the column of {path} that holds the class", "be named", found, fix))
    return guess


def _print(proposal: Proposal, path: Path, guessed: str | None) -> None:
    """Say what was found and what comes next."""
    from mlpstudy.cli.printing.terminal import console

    study, dataset = proposal.study, proposal.dataset
    sizes = f"{len(dataset.train)} training, {len(dataset.validation)} validation, {len(dataset.test)} test examples"
    say = console().print
    features = f"{dataset.n_features} feature{'s' * (dataset.n_features != 1)}"
    say(f"{dataset.name}: {sizes}, {features}, {dataset.n_classes} classes")
    if guessed:
        say(
            f'The class is taken from the column "{study.data.target}", {guessed}; --target names another.',
        )
    for warning in proposal.warnings:
        say(f"Warning: {warning}", style="yellow", soft_wrap=True)
    names = ", ".join(architecture.name for architecture in study.architectures)
    say(f"{len(study.architectures)} architectures x {study.seeds} seeds: {names}")
    say(f"{path}   read it, then: mlpstudy run {shell(path)}", soft_wrap=True)
