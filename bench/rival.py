"""The rivals, each a process that waits for its turns (``bench/rivals/turns.py``)."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.tables import Row

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Spec:
    """What a rival is: a title, its script with options, whether it is slow, whether it knows plain networks only."""

    title: str
    command: tuple[str, ...]
    slow: bool = False
    plain_only: bool = False


RIVALS = (
    Spec("Keras 3 on JAX", ("keras_fit", "--backend", "jax")),
    Spec("Keras 3 on TensorFlow", ("keras_fit", "--backend", "tensorflow")),
    Spec("Keras 3 on PyTorch", ("keras_fit", "--backend", "torch"), slow=True),
    Spec("PyTorch eager, fused Adam, flush-to-zero", ("torch_eager", "--at-once", "2", "--flush")),
    Spec("PyTorch eager, fused Adam, denormals kept", ("torch_eager", "--at-once", "2")),
    Spec("JAX jit(scan) + Optax", ("jax_scan",)),
    Spec("scikit-learn MLPClassifier (plain only)", ("sklearn_mlp",), slow=True, plain_only=True),
)


@dataclass
class Rival:
    """A rival's process and the times that it reports.

    Attributes:
        spec: what it is.
        networks: names of the networks.
        n_epochs: epochs that it trains of each.
    """

    spec: Spec
    networks: tuple[str, ...]
    n_epochs: int
    start_up_s: float = 0.0
    versions: dict[str, str] = field(default_factory=dict)
    set_up_s: dict[str, float] = field(default_factory=dict)
    epochs_s: dict[str, list[float]] = field(default_factory=dict)
    accuracies: dict[str, float] = field(default_factory=dict)
    process: Any = None

    @property
    def title(self) -> str:
        """What it is."""
        return self.spec.title

    @property
    def is_complete(self) -> bool:
        """Whether it can train all of the networks."""
        return not self.spec.plain_only

    def knows(self, network: str) -> bool:
        """Say whether it can train a network."""
        return self.is_complete or network.startswith("plain")

    def start(self) -> None:
        """Start its process and wait until imports and data are done."""
        options = ("--turns", "--networks", ",".join(n for n in self.networks if self.knows(n)))
        numbers = ("--epochs", str(self.n_epochs))
        module, *own = self.spec.command
        start = time.perf_counter()
        self.process = subprocess.Popen(  # noqa: S603  # our own script
            [sys.executable, "-m", f"bench.rivals.{module}", *own, *options, *numbers],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        self.versions = self._message()["versions"]
        self.start_up_s = time.perf_counter() - start

    def take_turn(self, network: str, step: int) -> None:
        """Let it do a step of a network: 0 is its set-up, 1 and more its epochs."""
        if not self.knows(network) or step > self.n_epochs:
            return
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        message = self._message()
        if step == 0:
            self.set_up_s[network] = message["wall_s"]
            self.epochs_s[network] = []
        else:
            self.epochs_s[network].append(message["wall_s"])
            self.accuracies[network] = message["val_accuracy"]

    def close(self) -> None:
        """Let its process end."""
        self.process.stdin.close()
        self.process.wait()

    def epoch_s(self, network: str) -> float:
        """Median of the epochs after the first, which compiles."""
        return statistics.median(self.epochs_s[network][1:])

    def row(self, n_epochs: int, *, network_factor: float) -> Row:
        """Return its row; what it did not do is extrapolated from the medians of what it did.

        Args:
            n_epochs: epochs of the whole study.
            network_factor: networks of the whole study for one that was measured.
        """
        compile_s = training_s = 0.0
        for network, epochs in self.epochs_s.items():
            usual = self.epoch_s(network)
            compile_s += self.set_up_s[network] + max(epochs[0] - usual, 0.0)
            training_s += min(epochs[0], usual) + sum(epochs[1:]) + (n_epochs - len(epochs)) * usual
        start_up_s, compile_s, training_s = self.start_up_s, compile_s * network_factor, training_s * network_factor
        n = min(len(epochs) for epochs in self.epochs_s.values()) - 1
        return Row(
            title=self.title,
            start_up_s=start_up_s,
            compile_s=compile_s,
            training_s=training_s,
            tables_s=0.0,
            total_s=start_up_s + compile_s + training_s,
            ratio=0.0,
            n=n,
            accuracy=statistics.fmean(self.accuracies.values()),
            note="" if n + 1 >= n_epochs else f"from {n + 1} epochs",
        )

    def _message(self) -> dict[str, Any]:
        """The next line that it says; other libraries may print lines of their own."""
        for line in self.process.stdout:
            if line.startswith('{"event"'):
                return dict(json.loads(line))
        sys.exit(f"{self.title} must take its turn, got the end of its output")
