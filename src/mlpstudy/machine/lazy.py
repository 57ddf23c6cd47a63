"""What is imported when it is first used, so that whoever only names it starts fast: modules, and names of packages."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType


class Lazy:
    """A module that is imported when something of it is first asked for.

    It stands in the ``else`` of ``if TYPE_CHECKING``, where the module itself is imported under the same name, so that
    its types are known.

    >>> Lazy("fractions").Fraction(1, 2)
    Fraction(1, 2)
    """

    def __init__(self, module: str) -> None:
        self._name = module
        self._module: ModuleType | None = None

    def __getattr__(self, name: str) -> object:
        if self._module is None:  # asking the import system each time takes its lock, and 8 us
            self._module = import_module(self._name)
        return getattr(self._module, name)


def offered(package: str, homes: Mapping[str, str]) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` of a package each of whose names is imported when it is first used.

    As with ``Lazy``, the names themselves are imported under ``if TYPE_CHECKING``.

    Args:
        package: its name.
        homes: the module of each name, within the package; behind a colon what it is called there, where otherwise.

    >>> find, names = offered("mlpstudy.text", {"counted": "words", "of_share": "numerals:percent"})
    >>> find("counted")(2, "seed"), find("of_share")(0.5), names()
    ('2 seeds', '50.00 %', ['counted', 'of_share'])
    """

    def find(name: str) -> object:
        if name not in homes:
            message = f"module {package!r} has no attribute {name!r}"
            raise AttributeError(message)
        module, _, own = homes[name].partition(":")
        return getattr(import_module(f"{package}.{module}"), own or name)

    return find, lambda: sorted(homes)
