"""Checkpoints of running runs: two generations a run, each a safetensors file that holds its own hash.

The newer one is written beside the older, and read back; only then may the next one take the older's place. So
there is always one that is whole, whatever happens at whatever moment.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from mlpstudy.errors import StoreError, damaged
from mlpstudy.machine.files import holds, make_folder, names, read_at_most, remove, write_durably
from mlpstudy.records import Checkpoint, EpochRecord, LayerDiagnostics, Resumption, TrainerState
from mlpstudy.store import rows
from mlpstudy.store.ranges import check_written
from mlpstudy.store.weights import HEADER_LENGTH_BYTES, RUN_ID

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "checkpoints"
GENERATIONS: tuple[Generation, Generation] = ("a", "b")
Generation = Literal["a", "b"]
FORMAT = 1
_NAME = re.compile(r"([0-9a-f]{16})\.([ab])|\.([0-9a-f]{16})\.[ab](?:\.[0-9a-f]{16})?\.tmp")
_NO_HASH = "0" * 64
_HEADER_AT_MOST = 1 << 24
_STATE = "state/"


def file_name(run_id: str, generation: Generation) -> str:
    """Return the name of a checkpoint.

    Raises:
        StoreError: the id is none, and could lead out of the folder.

    >>> file_name("0123456789abcdef", "a")
    '0123456789abcdef.a'
    """
    if not RUN_ID.fullmatch(run_id):
        raise damaged(FOLDER, f"the run id {run_id!r:.60}")
    return f"{run_id}.{generation}"


def run_id_of(name: str) -> str | None:
    """Return the run that a file belongs to by its name, or None where it is no checkpoint.

    >>> run_id_of("0123456789abcdef.b"), run_id_of(".0123456789abcdef.a.tmp"), run_id_of("notes.txt")
    ('0123456789abcdef', '0123456789abcdef', None)
    """
    match = _NAME.fullmatch(name)
    return (match[1] or match[3]) if match else None


def size_at_most(n_parameters: int, n_slots: int, n_epochs: int, n_layers: int) -> int:
    """Return more bytes than a checkpoint of such a run can have: parameters, slots, epochs, header."""
    return 4 * (1 + n_slots) * n_parameters + 64 * n_epochs * (1 + n_layers) + 2048 * (1 + n_layers) + (1 << 16)


def encode(checkpoint: Checkpoint) -> bytearray:
    """Return the bytes of a checkpoint; the same checkpoint always gives the same bytes."""
    layers = sorted({layer.layer for layer in checkpoint.diagnostics})
    note = {
        "sha256": _NO_HASH,
        "format": FORMAT,
        "run_id": checkpoint.run_id,
        "maker": checkpoint.maker,
        "started_at": checkpoint.started_at,
        "wall_s": checkpoint.wall_s,
        "n_steps": checkpoint.state.n_steps,
        "order": list(checkpoint.state.tensors),
        "layers": layers,
    }
    tensors: dict[str, Any] = {
        f"{_STATE}{name}": np.ascontiguousarray(t) for name, t in checkpoint.state.tensors.items()
    }
    tensors["epochs"] = _table([_numbers(epoch, rows.EPOCH_COLUMNS) for epoch in checkpoint.epochs], rows.EPOCH_COLUMNS)
    tensors["diagnostics"] = _table(
        [
            [layer.epoch, layers.index(layer.layer), *_numbers(layer, rows.LAYER_COLUMNS[2:])]
            for layer in checkpoint.diagnostics
        ],
        rows.LAYER_COLUMNS,
    )
    content = bytearray(save(tensors, metadata={"mlpstudy": json.dumps(note, separators=(",", ":"))}))
    header = _header(content, "the checkpoint")
    stamped = header.replace(_NO_HASH.encode(), _digest(content, header).encode(), 1)
    content[HEADER_LENGTH_BYTES : HEADER_LENGTH_BYTES + len(header)] = stamped
    return content


def _numbers(record: object, columns: tuple[str, ...]) -> list[float]:
    return [float(getattr(record, name)) for name in columns]


def _table(values: list[list[float]], columns: tuple[str, ...]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array(values, np.float64).reshape(len(values), len(columns))


def _header(content: bytes | bytearray, what: object) -> bytes:
    n_bytes = int.from_bytes(content[:HEADER_LENGTH_BYTES], "little")
    if not 0 < n_bytes <= min(_HEADER_AT_MOST, len(content) - HEADER_LENGTH_BYTES):
        raise damaged(what, f"a header of {n_bytes} bytes in a file of {len(content)}")
    return bytes(content[HEADER_LENGTH_BYTES : HEADER_LENGTH_BYTES + n_bytes])


def _digest(content: bytes | bytearray, blank_header: bytes) -> str:
    """Return the hash of a file in whose header zeros stand in the hash's place."""
    digest = hashlib.sha256(content[:HEADER_LENGTH_BYTES])
    digest.update(blank_header)
    digest.update(memoryview(content)[HEADER_LENGTH_BYTES + len(blank_header) :])
    return digest.hexdigest()


def decode(content: bytes, what: object) -> Checkpoint:
    """Return the checkpoint in a file, its hash checked.

    Args:
        content: the file.
        what: its name, for errors.

    Raises:
        StoreError: it is not what ``encode`` wrote.
    """
    header = _header(content, what)
    try:
        note = json.loads(json.loads(header)["__metadata__"]["mlpstudy"])
        sha256 = str(note["sha256"])
        if _digest(content, header.replace(sha256.encode(), _NO_HASH.encode(), 1)) != sha256:
            raise damaged(what, "another content than was written")
        if note["format"] != FORMAT:
            raise damaged(what, f"the format {note['format']!r:.20}")
        # The library checks every tensor's extent against the bytes present.
        return _checkpoint(note, load(content))
    except (SafetensorError, ValueError, KeyError, TypeError, IndexError, OverflowError, RecursionError) as error:
        raise damaged(what, f"no checkpoint of mlpstudy's ({error!r:.200})") from error


def _checkpoint(note: dict[str, Any], tensors: dict[str, Any]) -> Checkpoint:
    epochs = [EpochRecord(int(epoch), *values) for epoch, *values in tensors["epochs"].tolist()]
    if [epoch.epoch for epoch in epochs] != list(range(1, len(epochs) + 1)) or not epochs:
        message = f"{len(epochs)} epochs, not in order"
        raise ValueError(message)
    layers = [str(layer) for layer in note["layers"]]
    diagnostics = [
        LayerDiagnostics(int(epoch), layers[int(layer)], *values)
        for epoch, layer, *values in tensors["diagnostics"].tolist()
    ]
    found = Checkpoint(
        run_id=str(note["run_id"]),
        maker=str(note["maker"]),
        started_at=str(note["started_at"]),
        wall_s=float(note["wall_s"]),
        epochs=tuple(epochs),
        diagnostics=tuple(diagnostics),
        state=TrainerState(int(note["n_steps"]), {str(name): tensors[_STATE + name] for name in note["order"]}),
    )
    _check_recordable(found)
    return found


def _check_recordable(found: Checkpoint) -> None:
    """Raise for what the database would refuse: a run that went on from it could never be recorded.

    Raises:
        StoreError: a value is impossible.
        ValueError: diagnostics are of other epochs, or of a layer twice.
    """
    check_written("runs", {"wall_s": found.wall_s, "started_at": found.started_at})
    for epoch in found.epochs:
        check_written("epochs", rows.plain(epoch, rows.EPOCH_COLUMNS))
    for layer in found.diagnostics:
        check_written("layers", rows.plain(layer, rows.LAYER_COLUMNS))
    places = {(layer.epoch, layer.layer) for layer in found.diagnostics}
    if len(places) < len(found.diagnostics) or any(epoch > len(found.epochs) for epoch, _ in places):
        message = f"diagnostics that are not of its {len(found.epochs)} epochs"
        raise ValueError(message)


class CheckpointFiles:
    """The checkpoints in a study's folder. ``find`` may be called from any thread, the rest from the writer's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / FOLDER
        self._kept: dict[str, Generation] = {}

    def run_ids(self) -> frozenset[str]:
        """Return the runs that have a file of a checkpoint, whole or not."""
        return frozenset(found for name in names(self.folder) if (found := run_id_of(name)) is not None)

    def read(self, run_id: str, generation: Generation, at_most: int) -> Checkpoint | None:
        """Return one generation of a run's checkpoint, None where there is no such file.

        Raises:
            StoreError: it is damaged.
            OSError: it cannot be read.
        """
        name = file_name(run_id, generation)
        if name not in names(self.folder):
            return None
        found = decode(read_at_most(self.folder, name, at_most), self.folder / name)
        if found.run_id != run_id:
            raise damaged(self.folder / name, f"a checkpoint of run {found.run_id!r:.60}")
        return found

    def find(self, run_id: str, maker: str, at_most: int) -> Resumption:
        """Return what a run goes on from: the newest generation that is whole, and of this build and machine.

        Raises:
            OSError: a file cannot be read.
        """
        chosen: Checkpoint | None = None
        notes: list[str] = []
        for generation in GENERATIONS:
            try:
                found = self.read(run_id, generation, at_most)
            except StoreError:
                notes.append("a checkpoint is damaged")
                continue
            if found is None:
                continue
            if found.maker != maker:
                notes.append("a checkpoint is of another build, instruction set or machine")
            elif chosen is None or len(found.epochs) > len(chosen.epochs):
                chosen, self._kept[run_id] = found, generation
        return Resumption(chosen, "; ".join(dict.fromkeys(notes)) or None)

    def save(self, checkpoint: Checkpoint) -> None:
        """Write a checkpoint in the place of the older generation, and read it back.

        Raises:
            StoreError: the disk gives back something else.
            OSError: it cannot be written; the other generation is as it was.
        """
        if not self.folder.is_dir():
            make_folder(self.folder)
        generation: Generation = "b" if self._kept.get(checkpoint.run_id) == "a" else "a"
        name, content = file_name(checkpoint.run_id, generation), encode(checkpoint)
        write_durably(self.folder, name, content)
        if not holds(self.folder, name, content):
            raise damaged(self.folder / name, "another content than was just written")
        self._kept[checkpoint.run_id] = generation

    def remove_torn(self) -> None:
        """Remove temporary files, which a killed writer left half written.

        Raises:
            OSError: a file cannot be removed.
        """
        for name in names(self.folder):
            if name.startswith(".") and run_id_of(name) is not None:
                remove(self.folder, name)

    def discard(self, run_id: str) -> None:
        """Remove what there is of a run's checkpoints, and the folder with the last one.

        Raises:
            OSError: a file cannot be removed.
        """
        found = names(self.folder)
        mine = [name for name in found if run_id_of(name) == run_id]
        for name in mine:
            remove(self.folder, name)
        self._kept.pop(run_id, None)
        if len(mine) == len(found):
            with suppress(OSError):
                os.rmdir(self.folder)  # noqa: PTH106  # it may be gone, or a link: then it stays
