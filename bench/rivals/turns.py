"""How a rival takes turns: it waits for a line before each step, does the step, and prints how long it took.

A step is the set-up of a network (building, compiling) or one epoch with its validation. So many rivals can be
alternated step by step in one session, each in one process for all its fits. Without ``--turns`` a rival does not
wait, and its script alone is a benchmark of it.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mlpstudy.study import load_study

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlpstudy.study import Architecture


class Turns:
    """The steps of one rival.

    Args:
        parser: the rival's own options.
    """

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        names = [architecture.name for architecture in load_study("notebook").architectures]
        parser.add_argument("--networks", default=",".join(names), help="names of networks, comma-separated")
        parser.add_argument("--epochs", type=int, default=20)
        parser.add_argument("--share", type=float, default=1.0, help="use that share of the examples")
        parser.add_argument("--turns", action="store_true", help="wait for a line on stdin before every step")
        self.options = parser.parse_args()
        self._start = 0.0

    def networks(self) -> list[Architecture]:
        """Return the networks that are to be trained."""
        study = load_study("notebook")
        return [study.architecture(name) for name in self.options.networks.split(",")]

    def ready(self, **versions: str) -> None:
        """Say that imports and data are done."""
        _say({"event": "ready", "versions": {"Python": sys.version.split()[0], **versions}})

    def begin(self) -> None:
        """Wait for the turn, then start the clock."""
        if self.options.turns and not sys.stdin.readline():
            sys.exit(0)
        self._start = time.perf_counter()

    def end(self, network: str, step: str, val_accuracy: float | None = None, share: float = 1.0) -> None:
        """Report a step; a share of 1/2 where two runs took it at once."""
        wall_s = (time.perf_counter() - self._start) * share
        _say({"event": "step", "network": network, "step": step, "wall_s": wall_s, "val_accuracy": val_accuracy})

    @contextmanager
    def step(self, network: str, step: str) -> Iterator[None]:
        """Wait, do, report."""
        self.begin()
        yield
        self.end(network, step)


def _say(message: dict[str, object]) -> None:
    print(json.dumps(message), flush=True)
