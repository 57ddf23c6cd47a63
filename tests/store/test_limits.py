"""A folder from elsewhere cannot exhaust the memory: sizes are checked before anything is read."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from mlpstudy.machine import files
from mlpstudy.store import Store, connection, verify
from store import samples
from store.breaking import execute, said

STUDY = samples.tiny_study()
RESULT = samples.finished(STUDY)
TERABYTE = 1 << 40


def full_of_holes(path: Path) -> None:
    """Make a file claim a terabyte; it takes no room on the disk."""
    with path.open("r+b") as file:
        os.truncate(file.fileno(), TERABYTE)


def test_weights_that_claim_a_terabyte(tmp_path: Path) -> None:
    """A file of weights with holes is refused, though its record claims the same size; verify names it."""
    samples.fill(tmp_path, [RESULT])
    full_of_holes(tmp_path / "weights" / f"{RESULT.record.run_id}.safetensors")
    execute(tmp_path, "UPDATE runs SET weights_bytes = ?", (TERABYTE,))
    with Store.open(tmp_path) as store:
        assert f"bytes to be read here, got {TERABYTE} bytes" in said(store.weights, RESULT.record.run_id, "final")
        assert any(finding.what.startswith("weights of run") for finding in verify(store))


def test_a_checkpoint_that_claims_a_terabyte(tmp_path: Path) -> None:
    """A checkpoint larger than its run's can be is not read."""
    with samples.write(tmp_path, STUDY) as store:
        store.begin_run(samples.record(STUDY))
        store.save_checkpoint(samples.checkpoint(STUDY))
        (file,) = (tmp_path / "checkpoints").iterdir()
        full_of_holes(file)
        found = store.find_checkpoint(RESULT.record.run_id, samples.MAKER, 2 * TERABYTE)
        assert (found.checkpoint, found.note) == (None, "a checkpoint is damaged")
        assert [finding.remedy for finding in verify(store)] == ["remove"]


def test_values_of_the_database_have_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text or blob beyond the limit is one line, for readers and the writer."""
    samples.fill(tmp_path, [RESULT])
    execute(tmp_path, "UPDATE runs SET reason = ?", ("x" * 200_000,))
    with monkeypatch.context() as small:
        small.setattr(connection, "LARGEST_VALUE", 100_000)
        with Store.open(tmp_path) as store:
            assert "study.db must be undamaged, got a value too large to be of a study" in said(store.runs)
    with Store.open(tmp_path) as store:
        assert len(store.runs()) == 1


def test_the_limit_follows_the_address_space() -> None:
    """Half of what the process may use is what a file may have."""
    code = (
        "import resource; from mlpstudy.machine import files;"
        "resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30)); print(files.largest_file())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) == 1 << 29
    assert files.largest_file() <= os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    assert resource.getrlimit(resource.RLIMIT_AS)
