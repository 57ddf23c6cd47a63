"""Engines by name, imported only when they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpstudy.errors import EngineError, must, nearest

if TYPE_CHECKING:
    from mlpstudy.engine.interface import Engine

ENGINE_NAMES = ("native", "torch")


def get_engine(name: str) -> Engine:
    """Return an engine by name.

    Raises:
        EngineError: there is no engine of that name, or it is not installed.

    >>> get_engine("native").name
    'native'
    """
    if name == "native":
        from mlpstudy.engine.native.engine import NativeEngine  # noqa: PLC0415  # loads the compiled kernels

        return NativeEngine()
    if name == "torch":
        from mlpstudy.engine.torch import TorchEngine  # noqa: PLC0415  # torch is an extra and heavy

        return TorchEngine()
    near = nearest(str(name), ENGINE_NAMES)  # a caller from Python may give anything
    raise EngineError(must("engine", "be native or torch", name, f'write "{near}"' if near else None))
