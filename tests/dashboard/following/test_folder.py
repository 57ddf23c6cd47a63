"""Which studies a folder holds."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mlpstudy.dashboard.following import folder as module
from mlpstudy.dashboard.following.folder import StudyFolder
from mlpstudy.errors import StoreError
from mlpstudy.store import Store
from store import samples

STUDY = samples.tiny_study(title="A <b>title</b>")


def test_studies_are_listed_latest_first(tmp_path: Path) -> None:
    """Every study in a folder is listed, the one that changed last at the top; other folders are not."""
    for i, name in enumerate(("old", "new")):
        samples.fill(tmp_path / name, [samples.finished(STUDY)], STUDY)
        os.utime(tmp_path / name / "study.db", (i * 1000, i * 1000))
    (tmp_path / "empty").mkdir()
    (tmp_path / ".hidden").mkdir()
    samples.fill(tmp_path / ".hidden", [])
    (tmp_path / "study.txt").touch()
    found = StudyFolder(tmp_path).summaries()
    assert [summary.key for summary in found] == ["new", "old"]
    assert (found[0].title, found[0].status, found[0].n_done, found[0].n_planned) == ("A <b>title</b>", "stopped", 1, 4)
    assert found[0].changed_at == "1970-01-01T00:16:40+00:00"


def test_a_study_is_its_own_folder(tmp_path: Path) -> None:
    """A study's own folder is watched alone."""
    samples.fill(tmp_path / "mine", [])
    folder = StudyFolder(tmp_path / "mine")
    assert folder.only_key == "mine"
    assert folder.studies() == {"mine": tmp_path / "mine"}


def test_a_folder_is_followed(tmp_path: Path) -> None:
    """Studies that come, grow, run and go are seen."""
    folder = StudyFolder(tmp_path)
    assert folder.summaries() == ()
    with samples.write(tmp_path / "a") as writer:
        assert [s.status for s in folder.summaries()] == ["running"]
        writer.finish_run(samples.finished(samples.tiny_study()))
        assert [s.n_done for s in folder.summaries()] == [1]
    assert [s.status for s in folder.summaries()] == ["stopped"]
    (tmp_path / "a" / "study.db").unlink()
    assert folder.summaries() == ()


def test_a_study_is_opened_only_when_it_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking at a list of finished studies again opens none of them."""
    samples.fill(tmp_path / "a", [])
    folder = StudyFolder(tmp_path)
    first = folder.summaries()
    monkeypatch.setattr(module, "_summary", lambda *_: pytest.fail("opened again"))
    assert folder.summaries() == first


def test_a_damaged_study_is_listed_with_its_problem(tmp_path: Path) -> None:
    """One study that cannot be read does not hide the others."""
    samples.fill(tmp_path / "good", [])
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "study.db").write_bytes(b"no database at all")
    found = {summary.key: summary for summary in StudyFolder(tmp_path).summaries()}
    assert found["good"].problem is None
    assert found["bad"].status is None
    assert "must be undamaged" in str(found["bad"].problem)


@pytest.mark.parametrize("at_s", [-(2**33), 2**33])
def test_a_file_of_any_time_is_listed(tmp_path: Path, at_s: int) -> None:
    """The time of a file may be one that no clock of this machine ever had."""
    samples.fill(tmp_path / "a", [])
    os.utime(tmp_path / "a" / "study.db", (at_s, at_s))
    assert [(s.key, s.problem) for s in StudyFolder(tmp_path).summaries()] == [("a", None)]


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: Path(path).symlink_to("/dev/zero")])
@pytest.mark.parametrize("name", ["study.db", "study.db-wal", "study.db-shm", "lock"])
def test_what_is_no_file_is_that_studys_problem(tmp_path: Path, make: Callable[[Path], None], name: str) -> None:
    """A pipe, which would be waited for, a folder or a link in the place of a file does not hide the other studies."""
    for study in ("good", "bad"):
        samples.fill(tmp_path / study, [])
    place = tmp_path / "bad" / name
    place.unlink(missing_ok=True)
    make(place)
    found = {summary.key: summary.problem for summary in StudyFolder(tmp_path).summaries()}
    assert found["good"] is None
    assert found["bad"] is not None
    assert str(place) in found["bad"]


def test_an_error_that_nobody_foresaw_is_that_studys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One study on which reading fails in a way of its own does not hide the others."""
    for name in ("bad", "good"):
        samples.fill(tmp_path / name, [])
    opened = Store.open

    def broken(folder: Path) -> Store:
        if folder.name == "bad":
            raise KeyError(folder.name)
        return opened(folder)

    monkeypatch.setattr(Store, "open", broken)
    found = {summary.key: summary.problem for summary in StudyFolder(tmp_path).summaries()}
    assert found == {"bad": "KeyError: 'bad'", "good": None}


def test_links_lead_nowhere(tmp_path: Path) -> None:
    """A symbolic link to a study elsewhere is not listed."""
    samples.fill(tmp_path / "elsewhere", [])
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "link").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert StudyFolder(tmp_path / "runs").studies() == {}


def test_no_folder_is_one_line(tmp_path: Path) -> None:
    """A folder that is not there, or no folder, cannot be watched."""
    with pytest.raises(StoreError, match="must be there to be watched, got no such folder, fix: "):
        StudyFolder(tmp_path / "none")
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="got something else of that name"):
        StudyFolder(tmp_path / "file")
