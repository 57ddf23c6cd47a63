"""Asking a running study to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Stop:
    """Asks a running study to stop, from a signal's handler or another thread; all that it has done is kept."""

    def __init__(self) -> None:
        self.is_requested = False
        self._ask: Callable[[], None] | None = None

    def request(self) -> bool:
        """Ask; return whether there is somebody training who will heed it."""
        self.is_requested = True
        if self._ask is not None:
            self._ask()
        return self._ask is not None

    def heeded_by(self, ask: Callable[[], None] | None) -> None:
        """Name whom to ask, None for nobody."""
        self._ask = ask
        if ask is not None and self.is_requested:
            ask()
