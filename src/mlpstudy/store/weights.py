"""A run's weights as one safetensors file: ``initial/<name>`` and ``final/<name>``, float32."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Literal

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from mlpstudy.errors import StoreError, damaged, must
from mlpstudy.store.failures import DATABASE

if TYPE_CHECKING:
    from mlpstudy.arrays import Float32Array, Weights

Which = Literal["initial", "final"]

FOLDER = "weights"
SUFFIX = ".safetensors"
RUN_ID = re.compile("[0-9a-f]{16}")
LEFTOVER = re.compile(r"[0-9a-f]{16}\.safetensors|\.[0-9a-f]{16}\.safetensors(\.[0-9a-f]{16})?\.tmp")
HEADER_LENGTH_BYTES = 8


def file_name(run_id: str) -> str:
    """Return the name of a run's file of weights.

    Raises:
        StoreError: the id is none, and could lead out of the folder.

    >>> file_name("0123456789abcdef")
    '0123456789abcdef.safetensors'
    """
    if not RUN_ID.fullmatch(run_id):
        raise damaged(DATABASE, f"the run id {run_id!r:.60}")
    return run_id + SUFFIX


def may_be_leftover(name: str) -> bool:
    """Say whether a file has a name that a writer gives: a run's weights, or the temporary file of such.

    >>> may_be_leftover(".0123456789abcdef.safetensors.tmp"), may_be_leftover("notes.txt")
    (True, False)
    """
    return LEFTOVER.fullmatch(name) is not None


def sha256(content: bytes) -> str:
    """Return the SHA-256 of bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def encode(run_id: str, initial: Weights, final: Weights) -> bytes:
    """Return the bytes of the file; the same weights always give the same bytes.

    The library orders tensors by name, so the order of the layers goes into the metadata.

    Raises:
        StoreError: a tensor is not float32.

    >>> kernel = {"output.kernel": np.zeros((2, 3), np.float32)}
    >>> list(decode(encode("0123456789abcdef", kernel, kernel), "final"))
    ['output.kernel']
    """
    tensors: dict[str, Float32Array] = {}
    for which, weights in (("initial", initial), ("final", final)):
        for name, tensor in weights.items():
            if tensor.dtype != np.float32:
                raise StoreError(must(f"weights {which}/{name} of run {run_id}", "be float32", str(tensor.dtype)))
            tensors[f"{which}/{name}"] = np.ascontiguousarray(tensor).reshape(tensor.shape)
    note = json.dumps({"run_id": run_id, "order": list(tensors)}, separators=(",", ":"))
    return bytes(save(tensors, metadata={"mlpstudy": note}))


def decode(content: bytes, which: Which, what: object = "the weights") -> dict[str, Float32Array]:
    """Return the tensors of a file by name, in the order of the layers.

    Args:
        content: the file.
        which: the weights before training, or after it.
        what: the file's name, for errors.

    Raises:
        StoreError: the file is not what ``encode`` wrote.
    """
    try:
        # The library checks the header's length and every tensor's extent against the bytes present.
        tensors = load(content)
        order = _order(content)
    except (SafetensorError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise damaged(what, f"no safetensors file of mlpstudy's ({error})") from error
    if set(order) != set(tensors):
        raise damaged(what, "an order of layers that does not fit its tensors")
    chosen = {name.removeprefix(f"{which}/"): tensors[name] for name in order if name.startswith(f"{which}/")}
    for name, tensor in chosen.items():
        if tensor.dtype != np.float32:
            raise damaged(what, f"a tensor {which}/{name} of type {tensor.dtype}")
    return chosen


def _order(content: bytes) -> list[str]:
    """Read the order of the layers from the header, whose length the library has checked."""
    end = HEADER_LENGTH_BYTES + int.from_bytes(content[:HEADER_LENGTH_BYTES], "little")
    header = json.loads(content[HEADER_LENGTH_BYTES:end])
    return [str(name) for name in json.loads(header["__metadata__"]["mlpstudy"])["order"]]
