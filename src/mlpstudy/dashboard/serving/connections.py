"""One connection to the dashboard: closed where it asks nothing, or does not read what it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

IDLE_S = 10.0
"""How long a connection may stay without a request that is being answered, whatever else it sends."""

STALLED_S = 60.0
"""How long nothing of what waits to be sent may be taken."""

MAX_CONNECTIONS = 256
"""Connections at once; beyond them a new one takes the place of the one that has asked nothing for longest."""


class Connection(H11Protocol):
    """A connection whose time is limited while it is not being answered.

    Half a request, a body that nobody asked for, and silence between two requests all count alike: none of them may
    hold a place for long. A stream is an answer that goes on.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Begin to wait for a request; where there are too many connections, one of them goes."""
        super().connection_made(transport)
        self._idle_since = self._moved_at = self.loop.time()
        self._unsent = 0
        if len(self.connections) > MAX_CONNECTIONS:
            self._make_room()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        # Before what may be waiting already is handled.
        self._idle_since = self.loop.time()
        super().on_response_complete()

    def shutdown(self) -> None:
        """End: at once where nothing is being answered."""
        if self.is_answering:
            super().shutdown()
        else:
            self.transport.close()

    @property
    def is_answering(self) -> bool:
        """Whether a request has come and its answer is not complete."""
        return self.cycle is not None and not self.cycle.response_complete

    def check(self) -> None:
        """Close the connection where it has had its time; called about once a second."""
        now = self.loop.time()
        unsent = self.transport.get_write_buffer_size()
        if unsent == 0 or unsent < self._unsent:
            self._moved_at = now
        self._unsent = unsent
        # What is still on its way to somebody slow is no idleness.
        is_idle = not self.is_answering and unsent == 0 and now - self._idle_since >= IDLE_S
        if is_idle or now - self._moved_at >= STALLED_S:
            self._drop()

    def _make_room(self) -> None:
        """Drop the connection that has been idle for longest; this one where all others are being answered."""
        others = [one for one in self.connections if isinstance(one, Connection) and not one.is_answering]
        min(others, key=lambda one: one._idle_since)._drop()  # noqa: SLF001  # of the same class

    def _drop(self) -> None:
        # The set would be told only once the event loop comes to it.
        self.connections.discard(self)
        self.transport.abort()
