"""A folder belongs to one study, one engine and one state of the data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mlpstudy.errors import StudyError
from mlpstudy.store import Store, WritableStore, verify
from store import samples
from store.breaking import execute, said

STUDY = samples.tiny_study()


def test_another_study_in_the_folder(tmp_path: Path) -> None:
    """A folder of another study is refused with what differs, and left as it is."""
    folder = tmp_path / "s"
    samples.fill(folder, [samples.finished(STUDY)])
    before = (folder / "study.db").read_bytes()
    other = samples.tiny_study(name="other", training={"epochs": 5})
    assert said(samples.write, folder, other) == (
        f'folder {folder} must belong to this study "other", got another study "tiny" with '
        "training.epochs 3 there, 5 here, fix: --out another folder"
    )
    assert (folder / "study.db").read_bytes() == before


@pytest.mark.parametrize(
    ("changes", "difference"),
    [
        ({"data": {"name": "mnist", "validation": 0.1}}, 'data.name "blobs" there, "mnist" here'),
        ({"study_seed": 7}, "study_seed 0 there, 7 here"),
        ({"judging": {"confidence": 0.9}}, "judging.confidence 0.95 there, 0.9 here"),
        ({"factors": {"width": {"4": {"hidden": [4]}}}}, "the architecture 3 only there"),
        (
            {"factors": {"width": {"4": {"hidden": [8]}, "3": {"hidden": [3], "batch_normalisation": True}}}},
            "4: network.hidden [4] there, [8] here",
        ),
        (
            {"factors": {"width": {"3": {"hidden": [3], "batch_normalisation": True}, "4": {"hidden": [4]}}}},
            "the order of the architectures",
        ),
        (
            {"training": {"epochs": 4, "batch_size": 2, "learning_rate": 0.5, "beta_1": 0.1}},
            (
                "training.epochs 3 there, 4 here; training.batch_size 128 there, 2 here; "
                "training.learning_rate 0.001 there, 0.5 here; and 1 more"
            ),
        ),
    ],
)
def test_what_differs_between_studies(tmp_path: Path, changes: dict[str, Any], difference: str) -> None:
    """Whatever makes two studies different ones is said in the words of the study file."""
    samples.fill(tmp_path, [])
    assert f"with {difference}, fix" in said(samples.write, tmp_path, samples.tiny_study(**changes))


def test_another_engine_or_other_data(tmp_path: Path) -> None:
    """Runs of two engines, or of data that changed, do not go into one folder."""
    samples.fill(tmp_path, [])
    text = said(WritableStore.create_or_open, tmp_path, STUDY, samples.tiny_data(), "torch")
    assert "must hold runs of the engine \"torch\", got runs of 'native', fix: --out another folder" in text
    text = said(WritableStore.create_or_open, tmp_path, STUDY, samples.tiny_data("e" * 64), "native")
    assert "runs made from other data: SHA-256 dddddddddddd there, eeeeeeeeeeee here (the file has changed" in text
    assert "or this version reads it otherwise), fix: --out another folder" in text


def test_other_semantics(tmp_path: Path) -> None:
    """A study that was begun under other semantics can be read but not extended."""
    samples.fill(tmp_path, [])
    execute(tmp_path, "UPDATE study SET semantics = 2")
    assert "must be of the semantics 1, got the semantics 2" in said(samples.write, tmp_path)
    with Store.open(tmp_path) as store:
        assert store.semantics_version == 2


def test_more_seeds_are_no_difference(tmp_path: Path) -> None:
    """The folder remembers the largest number of seeds, and the latest title."""
    samples.fill(tmp_path, [samples.finished(STUDY)])
    for seeds, planned in ((5, 5), (1, 5), (7, 7)):
        with samples.write(tmp_path, STUDY.with_changes(seeds=seeds)) as store:
            assert store.planned_seeds == planned
    with samples.write(tmp_path, samples.tiny_study(title="A title", name="renamed")) as store:
        assert (store.study().title, store.study().name, store.planned_seeds) == ("A title", "renamed", 7)
        assert len(store.runs()) == 1
        assert verify(store) == []


def test_runs_of_another_study_are_refused(tmp_path: Path) -> None:
    """A run whose id is not the hash of what decides its result is not recorded."""
    with samples.write(tmp_path) as store:
        begun = samples.record(STUDY)
        for run_id in ("0123456789abcdef", "../../../etc/passwd"):
            text = said(store.begin_run, replace(begun, run_id=run_id))
            assert f"must be the hash {begun.run_id} of what decides its result" in text
        with pytest.raises(StudyError, match="must be one of the study's architectures"):
            store.begin_run(replace(begun, architecture="5"))
        assert store.runs() == ()
