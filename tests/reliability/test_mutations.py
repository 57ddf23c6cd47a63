"""Whatever stands in a column of a study's database, every command ends well or in one line; all of it: make mutate."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mlpstudy.results import StudyResults
from reliability.mutations import COMMAND, COMMANDS, columns, fault, faults, make_base, mutations
from store import samples
from store.breaking import execute

N_CHANGES = 90
"""A sample of the changes; `make mutate` tries all of them."""


def test_every_command_that_reads_a_folder_is_tried() -> None:
    """Each, known by its argument's DIR, is tried on what a folder cannot hold; ``watch`` has tests of its own.

    Every argument but the name of a study says in that way what it is.
    """
    commands: Mapping[str, Any] = vars(COMMAND)["commands"]
    told = {
        name: {p.name: p.metavar for p in made.params if p.param_type_name == "argument"}
        for name, made in commands.items()
    }
    assert {argument for arguments in told.values() for argument, says in arguments.items() if not says} == {"study"}
    reading = {name for name, arguments in told.items() if any("DIR" in str(says) for says in arguments.values())}
    assert {command[0] for command in COMMANDS} == reading - {"watch"}


@pytest.fixture(name="base", scope="module")
def _base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the study that is changed; every command must succeed on it as it is."""
    folder = tmp_path_factory.mktemp("mutations")
    make_base(folder)
    for command in COMMANDS:
        assert fault(command, folder / "base", folder / "new.csv") is None
    return folder / "base"


def test_a_sample_of_all_changes(base: Path) -> None:
    """Each of a sample of changes, under commands drawn at random: success, or one line of ours."""
    choose = random.Random(20261126)  # noqa: S311  # no secret
    quick = [command for command in COMMANDS if command[0] != "report"]
    for mutation in choose.sample(list(mutations(base)), N_CHANGES):
        assert faults(base, mutation, tuple(choose.sample(quick, 4))) == []


def test_every_column_is_changed(base: Path) -> None:
    """The changes are made of the schema: a column that is added to it is changed too."""
    changed = {mutation.what for mutation in mutations(base)}
    assert {f"{table}.{name}" for table, name, *_ in columns(base)} <= changed
    assert len(changed) > 75


@pytest.mark.parametrize("command", [c for c in COMMANDS if c[0] != "report"], ids=" ".join)
def test_claims_of_any_kind(base: Path, command: tuple[str, ...]) -> None:
    """Claims that somebody wrote are no business of most commands, and one line of the one that checks them."""
    path = base / "claims.json"
    sound = path.read_text()
    try:
        for text in (
            "",
            "[]",
            "{}",
            "[" * 100_000,
            "9" * 100_000,
            json.dumps({**json.loads(sound), "seeds": {"x": [1]}}),
        ):
            path.write_text(text)
            assert fault(command, base, base.parent / "new.csv") is None
            path.write_text(sound)
    finally:
        path.write_text(sound)


def test_a_study_that_claims_a_hundred_million_runs(tmp_path: Path) -> None:
    """What is planned costs nothing: commands read the runs that there are, however many are planned."""
    study = samples.tiny_study()
    samples.fill(tmp_path / "s", [samples.finished(study, name, seed) for name in ("4", "3") for seed in (0, 1)])
    fields = study.to_fields()
    fields["seeds"] = 100_000
    fields["judging"] = {"family": "against", "baseline": "4"}
    fields["factors"]["width"] |= {f"w{i}": {"hidden": [5 + i]} for i in range(1000)}
    execute(tmp_path / "s", "UPDATE study SET fields = ?", (json.dumps(fields),))
    for command in COMMANDS:
        if command[0] in {"show", "plan", "verify"}:
            assert fault(command, tmp_path / "s", tmp_path) is None
    assert StudyResults(tmp_path / "s").n_planned == 100_200_000
