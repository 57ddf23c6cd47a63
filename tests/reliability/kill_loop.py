"""Kill a real study again and again, and compare what it ends with.

    PYTHONPATH=tests python -m reliability.kill_loop --kills 200

The real command ``mlpstudy run`` is started on a small real study, killed with SIGKILL at a random moment, and
started again, each time with one, two or three threads. Whenever the study ends, what it holds is compared with
what an uninterrupted run holds, to the last bit, and the next study begins, until there were enough kills.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from mlpstudy.errors import StoreError
from mlpstudy.store import Store, verify

STUDY = """
name = "killed"
seeds = 2
data = { name = "mnist", train_examples = 4000, test_examples = 500 }
training = { epochs = 40, batch_size = 32 }

[factors.network]
plain = { hidden = [24] }
regularised = { hidden = [40, 16], batch_normalisation = true, dropout = 0.3 }
"""
N_RUNS = 4
SHARE_EARLY = 0.1
KILLS_A_STUDY = 4
MOST_ATTEMPTS = 400


def command(study: Path, folder: Path, n_threads: int) -> list[str]:
    """Return the real command; checkpoints after every epoch, so that kills fall among many of them."""
    options = ["--out", str(folder), "--threads", str(n_threads), "--checkpoint-s", "0", "--no-figures", "--json"]
    return [sys.executable, "-m", "mlpstudy", "run", str(study), *options]


def contents(folder: Path) -> dict[str, object]:
    """Return all that training decides in a folder, each (architecture, seed) once; nothing that the clock decides."""
    found: dict[str, object] = {}
    with Store.open(folder) as store:
        damage = [str(finding) for finding in verify(store)]
        if damage:
            sys.exit(f"{folder} must be undamaged after its kills, got {damage}")
        for record in store.runs():
            key = f"{record.architecture} seed {record.seed}"
            if key in found or record.status != "finished":
                sys.exit(f"{key} must be finished once, got {record.status} or a second record")
            outcome = store.outcome(record.run_id)
            epochs = [repr(replace(epoch, train_s=0.0, val_s=0.0)) for epoch in store.epochs(record.run_id)]
            weights = (folder / "weights" / f"{record.run_id}.safetensors").read_bytes()
            arrays = [array.tobytes() for array in (outcome.predicted, outcome.p_predicted, outcome.p_true)]
            hashes = [hashlib.sha256(content).hexdigest() for content in (*arrays, weights)]
            found[key] = [record.run_id, record.n_epochs_done, record.test_loss, record.test_accuracy, epochs, hashes]
    return found


class Killer:
    """Starts a study and kills it at random moments, counting what it met."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self.study = root / "killed.toml"
        self.study.write_text(STUDY)
        self.moments = random.Random(seed)  # noqa: S311  # moments, no secrets
        self.start_s = self.train_s = 0.0
        self.n_kills = 0
        self.seen: Counter[str] = Counter()
        self.environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}

    def straight(self) -> dict[str, object]:
        """Run the study without an interruption; return what it holds, and remember how long its parts took."""
        folder = self.root / "straight"
        start = time.monotonic()
        with subprocess.Popen(
            command(self.study, folder, 2), env=self.environment, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            heard = [(json.loads(line)["event"], time.monotonic() - start) for line in process.stdout]
        self.start_s = min(at for event, at in heard if event == "run_started")
        self.train_s = max(at for event, at in heard if event == "run_finished") - self.start_s
        return contents(folder)

    def kill(self, process: subprocess.Popen[str]) -> str:
        """Kill a study: seldom among the imports and the opening of the store, else while it trains.

        Returns:
            What it said. It may have ended by itself.
        """
        assert process.stdout is not None
        said: list[str] = []
        start = time.monotonic()
        if self.moments.random() < SHARE_EARLY:
            time.sleep(self.moments.uniform(0, self.start_s))
        else:
            for line in process.stdout:
                said.append(line)
                if '"run_started"' in line:
                    self.start_s = time.monotonic() - start
                    break
            time.sleep(self.moments.uniform(0, self.train_s / KILLS_A_STUDY))
        if process.poll() is None:
            process.kill()
            self.n_kills += 1
            if self.n_kills % 20 == 0:
                print(f"{self.n_kills} kills", flush=True)  # noqa: T201  # it takes minutes
        return "".join(said)

    def one_study(self, folder: Path, n_kills: int) -> None:
        """Kill one study until it ends by itself, or there were enough kills: then let it end."""
        for _ in range(MOST_ATTEMPTS):
            may_kill = self.n_kills < n_kills
            n_threads = self.moments.choice([1, 2, 3])
            with subprocess.Popen(
                command(self.study, folder, n_threads), env=self.environment, stdout=subprocess.PIPE, text=True
            ) as process:
                said = self.kill(process) if may_kill else ""
                assert process.stdout is not None
                self._count(said + process.stdout.read())
                code = process.wait()
            if code == 0:
                return
            if code != -9:
                sys.exit(f"mlpstudy run must end well or be killed, got exit code {code}")
            self._check(folder)
        sys.exit(f"the study must end after some attempts, got none of {MOST_ATTEMPTS} that did")

    def _count(self, output: str) -> None:
        """Count runs that went on from a checkpoint and those that started anew."""
        for line in output.splitlines():
            try:
                event = json.loads(line)
            except ValueError:
                continue  # cut short by the kill
            if event.get("event") == "run_started":
                self.seen["went on" if event["n_epochs_done"] else "started"] += 1

    def _check(self, folder: Path) -> None:
        """Check what a kill left: nothing yet, or a sound study."""
        if not (folder / "study.db").exists():
            self.seen["killed before there was a study"] += 1
            return
        try:
            with Store.open(folder) as store:
                damage = verify(store)
                n_running = sum(record.status == "running" for record in store.runs())
        except StoreError as error:
            if "must hold a study" in str(error):
                self.seen["killed before there was a study"] += 1
                return
            raise
        if damage:
            sys.exit(f"a killed study must be undamaged, got {[str(finding) for finding in damage]}")
        self.seen["killed among running runs" if n_running else "killed between runs"] += 1


def main(n_kills: int, seed: int) -> None:
    """Kill studies until there were enough kills; say what was met."""
    root = Path(tempfile.mkdtemp(prefix="kill-loop-"))
    try:
        killer = Killer(root, seed)
        expected = killer.straight()
        assert len(expected) == N_RUNS
        print(f"{killer.start_s:.2f} s to start, {killer.train_s:.2f} s of training")  # noqa: T201  # its claim
        n_studies = 0
        while killer.n_kills < n_kills:
            folder = root / f"{n_studies}"
            killer.one_study(folder, n_kills)
            if contents(folder) != expected:
                sys.exit(f"study {n_studies} must end in the bits of an uninterrupted run, got others")
            shutil.rmtree(folder)
            n_studies += 1
        met = ", ".join(f"{name}: {count}" for name, count in sorted(killer.seen.items()))
        print(f"{killer.n_kills} kills of {n_studies} studies, all ended bit-identical ({met})")  # noqa: T201  # its claim
    finally:
        shutil.rmtree(root)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20260101)
    arguments = parser.parse_args()
    main(arguments.kills, arguments.seed)
