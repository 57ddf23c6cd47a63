"""Modules that are imported when they are first used, so that whoever only names them starts fast."""

from __future__ import annotations

from importlib import import_module


class Lazy:
    """A module that is imported when something of it is first asked for.

    It stands in the ``else`` of ``if TYPE_CHECKING``, where the module itself is imported under the same name, so that
    its types are known.

    >>> Lazy("fractions").Fraction(1, 2)
    Fraction(1, 2)
    """

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> object:
        return getattr(import_module(self._module), name)
