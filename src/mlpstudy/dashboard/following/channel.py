"""One stream of server-sent events for any number of pages: numbered, remembered for a while, never piled up."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from typing import TYPE_CHECKING

from mlpstudy.text.escaping import printable_values

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from mlpstudy.evidence.plain import Plain

HEARTBEAT_S = 10.0
"""Silence after which a beat is sent: a page that hears nothing for longer connects again."""

REMEMBERED = 120
"""Events that a page may have missed and still gets one by one: a minute of them. After that it gets all anew."""

REMEMBERED_BYTES = 16 * 2**20
"""Text of these events; the newest one is kept whatever its size."""

RETRY_MS = 1000


def message(event: str, data: Plain, event_id: str) -> bytes:
    r"""Return one server-sent event.

    >>> message("beat", None, "a-1")
    b'id: a-1\nevent: beat\ndata: null\n\n'
    """
    # JSON has no line break outside of strings, and escapes them inside: the data are one line.
    text = json.dumps(printable_values(data), separators=(",", ":"), allow_nan=False)
    return f"id: {event_id}\nevent: {event}\ndata: {text}\n\n".encode()


class Channel:
    """What pages listen to.

    A page holds nothing here but its place: a slow one gets later what it missed, or everything anew, and costs no
    memory. Each event is written as text once, for all pages.

    Attributes:
        whole: gives the event that tells everything, and its data; None while there is nothing to tell.
    """

    def __init__(self, name: str, whole: Callable[[], tuple[str, Plain] | None]) -> None:
        """Open the channel; the name tells its events' ids from those of an earlier server."""
        self.name = name
        self.whole = whole
        self._version = 0
        self._remembered: deque[tuple[int, bytes]] = deque(maxlen=REMEMBERED)
        self._whole_text: tuple[int, bytes] | None = None
        self._changed = asyncio.Event()
        self._is_closed = False

    def publish(self, event: str, data: Plain) -> None:
        """Send an event to all pages."""
        self._version += 1
        text = message(event, data, self._id(self._version))
        self._remembered.append((self._version, text))
        n_bytes = sum(len(one) for _, one in self._remembered)
        while n_bytes > REMEMBERED_BYTES and len(self._remembered) > 1:
            n_bytes -= len(self._remembered.popleft()[1])
        self._wake()

    def close(self) -> None:
        """End all streams."""
        self._is_closed = True
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _id(self, version: int) -> str:
        return f"{self.name}-{version}"

    def place(self, last_event_id: str | None) -> int | None:
        """Return the version of the last event that a page has seen, None where it needs everything anew."""
        prefix, _, version = (last_event_id or "").rpartition("-")
        if prefix != self.name or not (version.isascii() and version.isdigit()):
            return None
        place = int(version[:20])
        return place if self._oldest() - 1 <= place <= self._version else None

    def _oldest(self) -> int:
        """Return the first event that is remembered, the next one where none is."""
        return self._remembered[0][0] if self._remembered else self._version + 1

    def missed(self, place: int | None) -> tuple[int | None, list[bytes]]:
        """Return a page's next place and what to send it before."""
        if place is not None and place >= self._oldest() - 1:
            return self._version, [text for version, text in self._remembered if version > place]
        told = self.whole()
        if told is None:
            return None, []
        if self._whole_text is None or self._whole_text[0] != self._version:
            self._whole_text = self._version, message(*told, self._id(self._version))
        return self._version, [self._whole_text[1]]

    async def stream(self, last_event_id: str | None = None) -> AsyncGenerator[bytes, None]:
        """Yield what one page is sent, until the channel closes."""
        place = self.place(last_event_id)
        yield f"retry: {RETRY_MS}\n\n".encode()
        while not self._is_closed:
            changed = self._changed
            place, texts = self.missed(place)
            for text in texts:
                yield text
            if texts:
                continue  # more may have come while a slow page took these
            try:
                await asyncio.wait_for(changed.wait(), HEARTBEAT_S)
            except TimeoutError:
                yield b"event: beat\ndata: null\n\n"
