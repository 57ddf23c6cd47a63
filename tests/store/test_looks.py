"""The ledger of looks at the test set."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

from mlpstudy.store import Store, looks, note_look
from store import samples
from store.breaking import become_nobody, nobody, said

if TYPE_CHECKING:
    from pathlib import Path

STUDY = samples.tiny_study()


def test_looks_are_noted_in_order(tmp_path: Path) -> None:
    """Each look is there with its time and its command; a writer and the database notice nothing of it."""
    with samples.write(tmp_path) as store:
        before = store.change_counter()
        for what in ("show", "judge", "report"):
            note_look(tmp_path, what)
        assert [look.what for look in store.looks()] == ["show", "judge", "report"]
        assert all(look.at.endswith("+00:00") for look in store.looks())
        assert store.change_counter() == before


def test_a_study_that_nobody_looked_at(tmp_path: Path) -> None:
    """No ledger is no look; reading makes none."""
    samples.fill(tmp_path, [])
    with Store.open(tmp_path) as store:
        assert store.looks() == ()
    assert not (tmp_path / "looks").exists()


def test_looks_of_many_at_once_do_not_mix(tmp_path: Path) -> None:
    """Looks that are noted at the same time are all there, each whole."""
    samples.fill(tmp_path, [])
    names = [f"show {i} " + "x" * 80 for i in range(8)]

    def look_often(name: str) -> None:
        for _ in range(50):
            note_look(tmp_path, name)

    threads = [threading.Thread(target=look_often, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Store.open(tmp_path) as store:
        assert sorted(look.what for look in store.looks()) == sorted(names * 50)


def test_where_nothing_may_be_written() -> None:
    """A folder that may not be written, or is none, is no error."""
    with nobody() as folder:
        samples.fill(folder, [])
        become_nobody(folder)
        note_look(folder, "show")
        note_look(folder / "nowhere", "show")
        with Store.open(folder) as store:
            assert store.looks() == ()


def test_a_torn_or_foreign_line_is_passed_over(tmp_path: Path) -> None:
    """Half a line, as a crash may leave, loses that look alone; what is no look counts for nothing."""
    samples.fill(tmp_path, [])
    note_look(tmp_path, "show\nforged")
    with (tmp_path / "looks").open("ab") as file:
        file.write(b"\xff\xfe nonsense\n2026-01-01T00:00")
    note_look(tmp_path, "judge")
    with Store.open(tmp_path) as store:
        assert [look.what for look in store.looks()] == ["show forged", "judge"]


def test_links_and_pipes_in_its_place(tmp_path: Path) -> None:
    """Nothing is written through a link out of the folder, and nobody waits at a pipe."""
    samples.fill(tmp_path / "s", [])
    ledger = tmp_path / "s" / "looks"
    ledger.symlink_to(tmp_path / "outside")
    note_look(tmp_path / "s", "show")
    assert not (tmp_path / "outside").exists()
    with Store.open(tmp_path / "s") as store:
        assert "must lie in the study's folder, got a symbolic link" in said(store.looks)
        ledger.unlink()
        os.mkfifo(ledger)
        note_look(tmp_path / "s", "show")
        assert "looks must be undamaged, got something that is no regular file" in said(store.looks)


def test_the_ledger_does_not_grow_for_ever(tmp_path: Path) -> None:
    """A ledger that is full takes no more, and no more than that is read of a foreign one."""
    samples.fill(tmp_path, [])
    line = b"2026-01-01T00:00:00+00:00 show\n"
    (tmp_path / "looks").write_bytes(line * (2 * looks.LARGEST // len(line)))
    size = (tmp_path / "looks").stat().st_size
    note_look(tmp_path, "judge")
    assert (tmp_path / "looks").stat().st_size == size
    with Store.open(tmp_path) as store:
        assert len(store.looks()) == looks.LARGEST // len(line)
