"""What a trainer's state is made of, and who may go on from it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from mlpstudy.engine.provenance import provenance

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from mlpstudy.engine.interface import Origin
    from mlpstudy.records import TrainerState

NOT_DECIDING = {"n_cores"}
"""Fields of the provenance that cannot change a bit of a result."""


_MOST_STEPS = 2**53  # of which float64 tells one from the next


def tensors_of(
    state: TrainerState, part: str, names: Iterable[str], dtype: type[np.generic] = np.float32
) -> list[npt.NDArray[Any]]:
    """Return the tensors of one part of a state (``"parameter"``, or a slot of the optimiser), by their names in order.

    Raises:
        ValueError: one is missing or of another dtype: the state is another architecture's.
    """
    wanted = [f"{part}/{name}" for name in names]
    for name in wanted:
        if name not in state.tensors:
            message = f"the state must hold {name}, got {len(state.tensors)} other tensors"
            raise ValueError(message)
        if state.tensors[name].dtype != dtype:
            message = f"{name} must have the dtype {dtype.__name__}, got {state.tensors[name].dtype}"
            raise ValueError(message)
    return [state.tensors[name] for name in wanted]


def steps_of(state: TrainerState) -> int:
    """Return the number of steps of a state.

    Raises:
        ValueError: no training has taken so many.
    """
    if not 0 <= state.n_steps <= _MOST_STEPS:
        message = f"the number of steps must lie in 0..{_MOST_STEPS}, got {state.n_steps!r:.40}"
        raise ValueError(message)
    return state.n_steps


def maker(engine: Origin) -> str:
    """Return the hash of all that must be the same for a run to go on bit for bit: build, versions, machine."""
    origin = {name: value for name, value in asdict(provenance(engine)).items() if name not in NOT_DECIDING}
    return hashlib.sha256(json.dumps([origin, engine.build()], sort_keys=True).encode()).hexdigest()
