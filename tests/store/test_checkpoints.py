"""Checkpoints: what goes in comes out, what is not as it was written is not used, and one is always whole."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from mlpstudy.errors import StoreError
from mlpstudy.machine import files
from mlpstudy.records import Checkpoint, Resumption
from mlpstudy.store import Store, checkpoints, verify
from mlpstudy.store.checkpoints import decode, encode, size_at_most
from store import samples
from store.breaking import said

if TYPE_CHECKING:
    from mlpstudy.store import WritableStore

STUDY = samples.tiny_study()
RUN = samples.record(STUDY).run_id


def find(store: WritableStore, maker: str = samples.MAKER) -> Resumption:
    """Return what the first run can go on from."""
    return store.find_checkpoint(RUN, maker, samples.CHECKPOINT_AT_MOST)


def begun(folder: Path) -> WritableStore:
    """Return a store in which the first run has begun."""
    store = samples.write(folder, STUDY)
    store.begin_run(samples.record(STUDY))
    return store


def same(found: Checkpoint | None, written: Checkpoint) -> bool:
    """Say whether a checkpoint is what was written, bit by bit."""
    assert found is not None
    fields = {field.name for field in dataclasses.fields(Checkpoint)} - {"state"}
    return (
        all(str(getattr(found, name)) == str(getattr(written, name)) for name in fields)
        and found.state.n_steps == written.state.n_steps
        and list(found.state.tensors) == list(written.state.tensors)
        and all(
            tensor.dtype == found.state.tensors[name].dtype and tensor.tobytes() == found.state.tensors[name].tobytes()
            for name, tensor in written.state.tensors.items()
        )
    )


def test_a_checkpoint_is_read_back() -> None:
    """Every number and every tensor comes back bit by bit, NaN, infinity and denormals among them."""
    written = samples.checkpoint(STUDY, "3", n_epochs=3)
    odd = np.array([np.nan, -np.inf, 1e-42, -0.0], np.float32)
    written.state.tensors["v/odd"] = odd  # type: ignore[index]  # a dictionary
    diverging = dataclasses.replace(written.epochs[-1], train_loss=float("nan"), val_loss=float("inf"))
    written = dataclasses.replace(written, epochs=(*written.epochs[:-1], diverging), wall_s=1 / 3)
    content = bytes(encode(written))
    assert same(decode(content, "it"), written)
    assert bytes(encode(written)) == content


def test_without_diagnostics() -> None:
    """A run that records nothing of its layers has a checkpoint, too."""
    written = dataclasses.replace(samples.checkpoint(STUDY), diagnostics=())
    assert same(decode(bytes(encode(written)), "it"), written)


def test_every_byte_counts() -> None:
    """A flipped bit anywhere, a byte too few or too many: each is found."""
    content = bytes(encode(samples.checkpoint(STUDY)))
    for position in range(0, len(content), 7):
        flipped = bytearray(content)
        flipped[position] ^= 0x10
        assert "it must be undamaged, got " in said(decode, bytes(flipped), "it")
    for wrong in (content[:-1], content + b"\0", b"", content[:5], content[:100]):
        assert "it must be undamaged, got " in said(decode, wrong, "it")


def test_forged_ones_are_refused() -> None:
    """A file whose hash fits but whose content is impossible is damaged, not an exception of another kind."""
    sound = samples.checkpoint(STUDY, n_epochs=2)
    missing = dataclasses.replace(sound, epochs=sound.epochs[1:])
    none = dataclasses.replace(sound, epochs=())
    for forged in (missing, none):
        assert "epochs, not in order" in said(decode, bytes(encode(forged)), "it")
    other = bytes(encode(sound)).replace(b'\\"format\\":1', b'\\"format\\":2')
    assert "another content than was written" in said(decode, other, "it")


def test_numbers_that_could_not_be_recorded_are_refused() -> None:
    """A run that went on from them would stop the study whenever it is tried, instead of beginning anew."""
    sound = samples.checkpoint(STUDY, n_epochs=2)
    first, last = sound.diagnostics[0], sound.diagnostics[-1]
    changes: list[dict[str, object]] = [
        {"wall_s": float("nan")},
        {"wall_s": -1.0},
        {"wall_s": float("inf")},
        {"started_at": "\x1b[31m soon"},
        {"epochs": (dataclasses.replace(sound.epochs[0], val_accuracy=7.0), *sound.epochs[1:])},
        {"epochs": (dataclasses.replace(sound.epochs[0], train_s=-3.0), *sound.epochs[1:])},
        {"diagnostics": (dataclasses.replace(first, gradient_norm=-4.0), *sound.diagnostics[1:])},
        {"diagnostics": (*sound.diagnostics[:-1], dataclasses.replace(last, epoch=99))},
        {"diagnostics": (*sound.diagnostics, last)},
    ]
    for change in changes:
        with pytest.raises(StoreError):
            decode(bytes(encode(dataclasses.replace(sound, **change))), "it")  # type: ignore[arg-type]  # of each field


def test_the_bound_of_the_size_holds() -> None:
    """No checkpoint of a run is larger than what is allowed to be read."""
    for width in (1, 64):
        study = samples.tiny_study(factors={"width": {"4": {"hidden": [width] * 9}}})
        record = samples.record(study)
        for n_epochs in (1, 200):
            size = len(encode(samples.checkpoint(study, n_epochs=n_epochs)))
            assert size <= size_at_most(record.n_parameters, len(study.architectures[0].training.slots), n_epochs, 10)


def test_the_newest_is_found(tmp_path: Path) -> None:
    """Each checkpoint takes the place of the older one of two; the newest is what a run goes on from."""
    with begun(tmp_path) as store:
        assert find(store) == Resumption()
        for n_epochs in (1, 2, 3):
            store.add_epoch(RUN, samples.epoch(n_epochs))
            store.save_checkpoint(samples.checkpoint(STUDY, n_epochs=n_epochs))
            assert same(find(store).checkpoint, samples.checkpoint(STUDY, n_epochs=n_epochs))
            assert len(list((tmp_path / "checkpoints").iterdir())) == min(n_epochs, 2)
        assert verify(store) == []
    with samples.write(tmp_path, STUDY) as store:
        assert store.forget_unfinished() == ()
        assert store.checkpointed_run_ids() == {RUN}
        assert same(find(store).checkpoint, samples.checkpoint(STUDY, n_epochs=3))


def test_the_older_is_kept_until_the_newer_is_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that gives back something else than was written is noticed; the older one is still there."""
    with begun(tmp_path) as store:
        for n_epochs in (1, 2):
            store.add_epoch(RUN, samples.epoch(n_epochs))
        store.save_checkpoint(samples.checkpoint(STUDY, n_epochs=1))
        with monkeypatch.context() as broken:
            broken.setattr(
                checkpoints, "write_durably", lambda at, name, _: files.write_durably(at, name, b"something else")
            )
            assert "another content than was just written" in said(
                store.save_checkpoint, samples.checkpoint(STUDY, n_epochs=2)
            )
        found = find(store)
        assert found.note == "a checkpoint is damaged"
        assert same(found.checkpoint, samples.checkpoint(STUDY, n_epochs=1))
        store.save_checkpoint(samples.checkpoint(STUDY, n_epochs=2))
        assert same(find(store).checkpoint, samples.checkpoint(STUDY, n_epochs=2))
        assert find(store).note is None


def test_others_checkpoints_are_not_used(tmp_path: Path) -> None:
    """A checkpoint of another build, of another run, or larger than this run's can be, is not used."""
    with begun(tmp_path) as store:
        store.save_checkpoint(samples.checkpoint(STUDY))
        assert find(store, "n" * 64) == Resumption(None, "a checkpoint is of another build, instruction set or machine")
        assert store.find_checkpoint(RUN, samples.MAKER, 100) == Resumption(None, "a checkpoint is damaged")
        other = samples.record(STUDY, "3").run_id
        (tmp_path / "checkpoints" / f"{RUN}.a").rename(tmp_path / "checkpoints" / f"{other}.a")
        found = store.find_checkpoint(other, samples.MAKER, samples.CHECKPOINT_AT_MOST)
        assert found == Resumption(None, "a checkpoint is damaged")


def test_only_running_runs_have_checkpoints(tmp_path: Path) -> None:
    """A run that has not begun, or is finished, gets none; the end of a run removes what it had."""
    with samples.write(tmp_path, STUDY) as store:
        assert "be running to have a checkpoint, got not begun" in said(
            store.save_checkpoint, samples.checkpoint(STUDY)
        )
        store.begin_run(samples.record(STUDY))
        store.save_checkpoint(samples.checkpoint(STUDY))
        store.finish_run(samples.finished(STUDY))
        assert not (tmp_path / "checkpoints").exists()
        assert "be running to have a checkpoint, got 'finished'" in said(
            store.save_checkpoint, samples.checkpoint(STUDY)
        )
        with pytest.raises(StoreError, match="must not be recorded twice"):
            store.resume_run(samples.record(STUDY, n_epochs_done=1), samples.checkpoint(STUDY))


def test_a_run_goes_on_with_the_epochs_of_its_checkpoint(tmp_path: Path) -> None:
    """Epochs after the checkpoint are dropped, to be trained again; another run's checkpoint is refused."""
    with begun(tmp_path) as store:
        for number in (1, 2, 3):
            store.add_epoch(RUN, samples.epoch(number), samples.diagnostics(number))
        store.resume_run(samples.record(STUDY, n_epochs_done=2), samples.checkpoint(STUDY, n_epochs=2))
        assert store.epochs(RUN) == samples.epochs(2)
        assert str(store.diagnostics(RUN)) == str(samples.diagnostics(1) + samples.diagnostics(2))
        assert verify(store) == []
        text = said(store.resume_run, samples.record(STUDY, n_epochs_done=2), samples.checkpoint(STUDY, "3"))
        assert "must be its own, got one of run" in text


def test_a_run_that_begins_anew_drops_its_checkpoints(tmp_path: Path) -> None:
    """What was not used must not be found by a later attempt."""
    with begun(tmp_path) as store:
        store.save_checkpoint(samples.checkpoint(STUDY))
        store.begin_run(samples.record(STUDY))
        assert find(store) == Resumption()


def test_a_failed_run_keeps_its_checkpoint(tmp_path: Path) -> None:
    """Work is not lost because memory ran out."""
    with begun(tmp_path) as store:
        store.add_epoch(RUN, samples.epoch(1))
        store.save_checkpoint(samples.checkpoint(STUDY))
        store.fail_run(dataclasses.replace(samples.failed(STUDY), n_epochs_done=1))
        assert store.forget_unfinished() == ()
        assert same(find(store).checkpoint, samples.checkpoint(STUDY))
        assert verify(store) == []


def test_leftovers_go_with_the_next_writer(tmp_path: Path) -> None:
    """Half-written files and checkpoints of runs that nobody knows are removed; others' files stay."""
    with begun(tmp_path) as store:
        store.save_checkpoint(samples.checkpoint(STUDY))
    folder = tmp_path / "checkpoints"
    for name in (f".{RUN}.b.tmp", "00000000000000ff.a", "notes.txt"):
        (folder / name).write_bytes(b"x")
    with Store.open(tmp_path) as reader:
        assert [str(f) for f in verify(reader)] == [
            "the file checkpoints/00000000000000ff.a: no run recorded that it belongs to"
        ]
    with samples.write(tmp_path, STUDY) as store:
        store.forget_unfinished()
    assert sorted(path.name for path in folder.iterdir()) == [f"{RUN}.a", "notes.txt"]


def test_links_are_refused(tmp_path: Path) -> None:
    """Nothing outside the folder is read or written through a link in its place."""
    with begun(tmp_path / "s") as store:
        store.save_checkpoint(samples.checkpoint(STUDY))
        file = tmp_path / "s" / "checkpoints" / f"{RUN}.a"
        file.rename(tmp_path / "outside")
        file.symlink_to(tmp_path / "outside")
        assert find(store) == Resumption(None, "a checkpoint is damaged")
        file.unlink()
        file.parent.rmdir()
        file.parent.symlink_to(tmp_path)
        assert "must lie in the study's folder, got a symbolic link" in said(
            store.save_checkpoint, samples.checkpoint(STUDY)
        )
        assert sorted(path.name for path in tmp_path.iterdir()) == ["outside", "s"]


def test_verify_names_a_damaged_checkpoint(tmp_path: Path) -> None:
    """Which generation of which run, and that it can be done without."""
    with begun(tmp_path) as store:
        for n_epochs in (1, 2):
            store.add_epoch(RUN, samples.epoch(n_epochs))
            store.save_checkpoint(samples.checkpoint(STUDY, n_epochs=n_epochs))
    (tmp_path / "checkpoints" / f"{RUN}.b").write_bytes(b"x" * 100)
    with Store.open(tmp_path) as reader:
        (finding,) = verify(reader)
    assert finding.what == f"checkpoint b of run {RUN} (4, seed 0)"
    assert (finding.run_id, finding.remedy, finding.name) == (RUN, "remove", f"checkpoints/{RUN}.b")
