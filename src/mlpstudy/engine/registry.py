"""The menu of engines: each is imported only when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from mlpstudy.errors import EngineError, must, nearest

if TYPE_CHECKING:
    from mlpstudy.engine.interface import Engine

_HOMES = {
    "native": ("mlpstudy.engine.native", "NativeEngine"),
    "torch": ("mlpstudy.engine.torch", "TorchEngine"),
}

ENGINE_NAMES = tuple(_HOMES)
ENGINES_IN_WORDS = " or ".join(ENGINE_NAMES)


def get_engine(name: str) -> Engine:
    """Return an engine by name.

    Raises:
        EngineError: there is no engine of that name, or it is not installed.

    >>> get_engine("native").name
    'native'
    """
    if name not in ENGINE_NAMES:  # a caller from Python may give anything
        near = nearest(str(name), ENGINE_NAMES)
        raise EngineError(must("engine", f"be {ENGINES_IN_WORDS}", name, f'write "{near}"' if near else None))
    module, engine = _HOMES[name]
    made: Engine = getattr(import_module(module), engine)()
    return made
