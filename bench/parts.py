"""What a session of the bench has measured so far, in a file: an interrupted session goes on where it stopped."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from bench.ours import Ours

if TYPE_CHECKING:
    from pathlib import Path

    from bench.rival import Rival


class Parts:
    """A file of JSON lines: one for each network that all rivals have finished, one for each run of ours.

    Args:
        path: the file.
        settings: what the session measures; a file of other settings is put aside.
    """

    def __init__(self, path: Path, settings: dict[str, Any]) -> None:
        self._path = path
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []
        if lines and lines[0] != {"settings": settings}:
            path.replace(path.with_name(f"{path.name}.old"))
            lines = []
        if not lines:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._append({"settings": settings})
        self.ours = [Ours(**line["ours"]) for line in lines if "ours" in line]
        self._networks: dict[str, dict[str, Any]] = {
            line["network"]: line["rivals"] for line in lines if "network" in line
        }

    def done(self, network: str) -> bool:
        """Say whether all rivals have finished a network."""
        return network in self._networks

    def add_ours(self, ours: Ours) -> None:
        """Keep a run of ours."""
        self.ours.append(ours)
        self._append({"ours": dataclasses.asdict(ours)})

    def add_network(self, network: str, rivals: list[Rival]) -> None:
        """Keep what all rivals did of a network."""
        kept = {
            rival.title: {
                "start_up_s": rival.start_up_s,
                "versions": rival.versions,
                "set_up_s": rival.set_up_s[network],
                "epochs_s": rival.epochs_s[network],
                "accuracy": rival.accuracies[network],
            }
            for rival in rivals
            if rival.knows(network)
        }
        self._networks[network] = kept
        self._append({"network": network, "rivals": kept})

    def restore(self, rivals: list[Rival]) -> None:
        """Give the rivals what they did in earlier sessions."""
        for network, kept in self._networks.items():
            for rival in rivals:
                if (own := kept.get(rival.title)) is None:
                    continue
                rival.start_up_s = rival.start_up_s or own["start_up_s"]
                rival.versions = rival.versions or own["versions"]
                rival.set_up_s[network] = own["set_up_s"]
                rival.epochs_s[network] = own["epochs_s"]
                rival.accuracies[network] = own["accuracy"]

    def finish(self) -> None:
        """Remove the file: the table is written."""
        self._path.unlink()

    def _append(self, line: dict[str, Any]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
