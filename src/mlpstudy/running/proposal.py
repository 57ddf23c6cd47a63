"""A study file proposed for data of one's own: sensible networks for its size, every choice with its reason."""

from __future__ import annotations

import json
import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mlpstudy.datasets import load, preprocessing_from_json
from mlpstudy.datasets.overview.balance import lopsided_warning
from mlpstudy.errors import StudyError, must
from mlpstudy.judging.planning import plan_study
from mlpstudy.study import Study, parse_study
from mlpstudy.study.batches import next_size
from mlpstudy.text.escaping import is_hidden, printable
from mlpstudy.text.words import commas

if TYPE_CHECKING:
    from mlpstudy.datasets.tables.columns import Column
    from mlpstudy.records import Dataset

SMALL, LARGE = 5_000, 200_000
"""Training examples up to which a data set is small, and from which it is large."""
WIDEST, NARROWEST = 256, 16
STEPS = 4_000
"""Optimiser steps that a network of the proposed widths mostly needs."""
FEWEST_EPOCHS, MOST_EPOCHS = 20, 100
LEAST_SEEDS = 10
SHOWN_COLUMNS = 60


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed study file.

    Attributes:
        text: the file.
        study: the study that it is.
        dataset: its data, loaded.
        warnings: what is to be known of the data, a line each: also of columns that the file leaves out.
    """

    text: str
    study: Study
    dataset: Dataset
    warnings: tuple[str, ...]


def propose(fields: dict[str, Any], folder: Path, name: str) -> Proposal:
    """Return a study file for some data.

    Widths grow with the root of the number of training examples; the batch size and the number of epochs give about
    4,000 steps; the number of seeds is what the declared comparisons need at the least, and 10.

    Args:
        fields: the study's data, as ``[data]`` has it; paths relative to ``folder``.
        folder: where the study file is going to be.
        name: of the study.

    Raises:
        StudyError: the name is none, or a field is wrong.
        DataError: the data are at fault.

    >>> proposal = propose({"name": "mnist", "validation": 0.1}, Path(), "digits")
    >>> [architecture.name for architecture in proposal.study.architectures][:2]
    ['256-plain', '256-batchnorm']
    """
    draft = Study(name=name, data=fields, factors={"hidden": {"16": {"hidden": [16]}}}).in_folder(folder)
    dataset = load(draft.data, draft.study_seed)
    warnings = (*dataset.warnings, *_lopsided(dataset))
    leaking = dataset.leaking if len(dataset.leaking) < len(_columns(dataset)) else ()
    if leaking:
        fields = {**fields, "drop": [*fields.get("drop", ()), *leaking]}
        draft = Study(name=name, data=fields, factors={"hidden": {"16": {"hidden": [16]}}}).in_folder(folder)
        dataset = load(draft.data, draft.study_seed)
        warnings = (*warnings, f"the file leaves out {', '.join(leaking)}: see its line drop = ...")
    n_train, n_test = len(dataset.train), len(dataset.test)
    batch_size = next_size(32 if n_train < SMALL else 128 if n_train < LARGE else 512, n_train)
    epochs = min(MOST_EPOCHS, max(FEWEST_EPOCHS, round(STEPS * batch_size / n_train)))
    widths = _widths(n_train)
    settings = {
        "baselines": list(draft.task.baselines),
        "training": {"epochs": epochs, "batch_size": batch_size},
        "factors": {"hidden": widths, "regularisation": _regularisations(n_train)},
        "judging": {"indifference_pp": _indifference(n_test)},
    }
    planned = Study(name=name, data=fields, **settings).in_folder(folder)
    seeds = max(LEAST_SEEDS, *(row.fewest for row in plan_study(planned).rows if row.is_declared))
    text = _text(name, fields, dataset, settings, seeds, warnings)
    return Proposal(text, parse_study(text, "the proposed study file").in_folder(folder), dataset, warnings)


def _columns(dataset: Dataset) -> tuple[Column, ...]:
    """Return the columns of a table, as they were read from the training examples; none where the data are no table."""
    stored = dataset.preprocessing
    if stored is None or stored["kind"] != "table":
        return ()
    preprocessing = preprocessing_from_json(stored)
    return preprocessing.columns if preprocessing.kind == "table" else ()


def _lopsided(dataset: Dataset) -> tuple[str, ...]:
    """Return the warning of classes out of balance, where they are."""
    parts = [dataset.train, dataset.test, *([dataset.validation] if dataset.validation_source == "held out" else [])]
    labels = np.concatenate([part.labels for part in parts])
    warning = lopsided_warning(dataset.class_names, np.bincount(labels, minlength=dataset.n_classes).tolist())
    return (warning,) if warning else ()


def _widths(n_train: int) -> dict[str, dict[str, list[int]]]:
    """One, two and three hidden layers, the last as wide as the root of the number of examples, a power of two."""
    last = min(WIDEST, max(NARROWEST, 2 ** round(math.log2(math.sqrt(n_train)))))
    narrowing = ([last], [2 * last, last], [4 * last, 2 * last, last])
    widest = ([last], [last, last // 2], [2 * last, last, last // 2])
    levels = narrowing if last < WIDEST else widest
    return {"-".join(str(width) for width in level): {"hidden": level} for level in levels}


def _regularisations(n_train: int) -> dict[str, dict[str, Any]]:
    """Batch normalisation estimates means from a batch: with few examples dropout alone is the safer choice."""
    if n_train < SMALL:
        return {"plain": {}, "dropout": {"dropout": 0.25}}
    return {
        "plain": {},
        "batchnorm": {"batch_normalisation": True},
        "batchnorm-dropout": {"batch_normalisation": True, "dropout": 0.25},
    }


def _indifference(n_test: int) -> float:
    """A difference of one test example, and no less than a tenth of a point."""
    return max(0.1, math.ceil(1000 / n_test) / 10)


def _text(  # what the file says
    name: str,
    fields: dict[str, Any],
    dataset: Dataset,
    settings: dict[str, Any],
    seeds: int,
    warnings: tuple[str, ...],
) -> str:
    """Write the file."""
    training, judging = settings["training"], settings["judging"]
    n_test = len(dataset.test)
    one = 100 / n_test
    n_seen = f"{len(dataset.train)} training, {len(dataset.validation)} validation, {n_test} test examples"
    lines = [
        f"# A study of {printable(dataset.name)}, written by mlpstudy init; docs/study-file.md explains every line.",
        f"# {n_seen}; {dataset.n_features} features; {_classes(dataset)}.",
        *(f"# {printable(warning)}" for warning in warnings),
        f"name = {_value(name)}",
        f"seeds = {seeds}  # mlpstudy plan says what so many can find, and how many more it takes",
        f"baselines = {_value(settings['baselines'])}  # shown beside the networks, for scale",
        "",
        "[data]",
        *(f"{key} = {_value(value)}" for key, value in fields.items()),
        *_more_of_data(fields, dataset),
        *_seen_columns(_columns(dataset)),
        "",
        "[training]",
        f"batch_size = {training['batch_size']}",
        f"epochs = {training['epochs']}  # more where the loss curves still fall, fewer where they rise",
        "learning_rate = 0.001",
        "",
        "# Every level of one factor is trained with every level of the other.",
    ]
    for factor, levels in settings["factors"].items():
        for level, own in levels.items():
            lines += [f"[factors.{factor}.{level}]", *(f"{key} = {_value(value)}" for key, value in own.items()), ""]
    lines += [
        "[judging]",
        'metric = "accuracy"',
        f"indifference_pp = {judging['indifference_pp']:g}  # points that do not matter; a test example is {one:.2g}",
    ]
    return "\n".join(lines) + "\n"


def _more_of_data(fields: dict[str, Any], dataset: Dataset) -> list[str]:
    """The shares that hold examples out, and what else could be said of the data."""
    lines = []
    has_test = dataset.has_own_test or "test" in fields or "name" in fields
    if not has_test:
        lines.append("test = 0.2  # share of the examples that is held out for the test; or a file like that of path")
    if "validation" not in fields and not dataset.has_own_validation:
        lines.append("validation = 0.1  # share of the others that the loss curves are measured on")
    columns = _columns(dataset)
    if columns:
        if "drop" not in fields:
            lines.append('# drop = ["a column"]  # columns that must not decide; group, time: docs/study-file.md')
        dates = [
            column.name
            for column in columns
            if column.kind == "number" and column.meaning == "date" and column.form.date != "clock"
        ]
        if dates and "time" not in fields and "group" not in fields:
            lines.append(f"# time = {_value(dates[0])}  # the latest rows are held out, where new ones come after all")
        lines.append('# numeric = "0-1"  # instead of mean 0, standard deviation 1')
    return lines


def _seen_columns(columns: tuple[Column, ...]) -> list[str]:
    """What each column of a table is taken for."""
    if not columns:
        return []
    width = min(30, max(len(column.name) for column in columns))
    lines = ["#", "# The columns, as they were read from the training examples:"]
    lines += [f"#   {_comment(column.name):<{width}}  {_column(column)}" for column in columns[:SHOWN_COLUMNS]]
    if len(columns) > SHOWN_COLUMNS:
        lines.append(f"#   and {len(columns) - SHOWN_COLUMNS} more")
    return lines


def _column(column: Column) -> str:
    if column.kind == "number":
        return f"{column.meaning}{'; missing values become the median, and are marked' if column.indicator else ''}"
    extra = [text for is_so, text in ((column.missing, "missing"), (column.other, "rare ones together")) if is_so]
    return f"category: {commas(map(_comment, column.levels))}" + "".join(f"; {text}" for text in extra)


def _classes(dataset: Dataset) -> str:
    shown = ", ".join(_comment(name) for name in dataset.class_names[:10])
    more = f", and {dataset.n_classes - 10} more" if dataset.n_classes > 10 else ""  # noqa: PLR2004  # as shown
    return f"{dataset.n_classes} classes: {shown}{more}"


def _comment(text: str) -> str:
    """Text from a data file inside a comment: one line, printable."""
    return "".join(c if c.isprintable() else " " for c in text)[:60]


def _value(value: Any) -> str:  # noqa: ANN401  # a plain TOML value
    """Write a value as TOML: JSON's forms of texts, numbers, truth values and arrays are TOML's too."""
    text = json.dumps(value, ensure_ascii=False)
    if text.isprintable():
        return text
    return "".join(f"\\U{ord(c):08X}" if is_hidden(text, i) else c for i, c in enumerate(text))


def relative(path: str | Path, folder: Path) -> str:
    """Return a path as a study file in a folder names it: relative to the folder, with forward slashes.

    >>> relative("data/penguins.csv", Path("studies"))
    '../data/penguins.csv'
    """
    text = Path(os.path.relpath(path, folder)).as_posix()
    return text if any(mark in text for mark in "/.") else f"./{text}"


def write_proposal(proposal: Proposal, path: Path, *, replace: bool = False) -> None:
    """Write the study file.

    Raises:
        StudyError: the file is there already and is not to be replaced, or it cannot be written.
    """
    try:
        with path.open("w" if replace else "x", encoding="utf-8") as file:
            file.write(proposal.text)
    except FileExistsError:
        fix = "-o another name, or --replace"
        raise StudyError(must(str(path), "be a new file", "one that is there already", fix)) from None
    except OSError as error:
        raise StudyError(must(str(path), "be a file that can be written", error.strerror or str(error))) from None
