"""The server: one process, one event loop; it ends on Ctrl-C, or when nobody needs it any more."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import uvicorn

from mlpstudy.dashboard.following.hub import Hub
from mlpstudy.dashboard.serving.app import make_app
from mlpstudy.dashboard.serving.connections import Connection

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from mlpstudy.dashboard.following.folder import StudyFolder
    from mlpstudy.dashboard.serving.security import Access

PRIORITY = 5
"""Below that of a run, so that training goes first where processors are scarce."""

LINGER_S = 10.0
"""After the run, the dashboard beside it stays for as long as a page is open or was so recently: to be reloaded."""

GRACE_S = 1
"""How long answers that are being sent may take when the server is asked to end."""

CHECK_EVERY = 10
"""Ticks of the server, of 0.1 s, between two looks at how long its connections have been idle."""


class _Server(uvicorn.Server):
    """A server that closes idle connections, and ends its streams when it is asked to end."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self.hub = hub

    async def on_tick(self, counter: int) -> bool:
        """Close the connections that have had their time."""
        if counter % CHECK_EVERY == 0:
            for connection in list(self.server_state.connections):
                if isinstance(connection, Connection):
                    connection.check()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, which would otherwise go on, and with them what works for their pages; then all else."""
        self.hub.close()
        await super().shutdown(sockets)


def serve(
    folder: StudyFolder,
    listening: socket.socket,
    access: Access,
    *,
    ready: Callable[[], None] = lambda: None,
    beside_run: bool = False,
) -> None:
    """Show a folder's studies until Ctrl-C.

    Args:
        folder: the folder.
        listening: a socket that listens; closed at the end.
        access: who may ask.
        ready: called once the dashboard can be opened.
        beside_run: end by itself, once standard input has ended (the run is over) and no page is open.
    """
    with listening, suppress(KeyboardInterrupt):
        asyncio.run(_serve(folder, listening, access, ready, beside_run=beside_run))


async def _serve(
    folder: StudyFolder, listening: socket.socket, access: Access, ready: Callable[[], None], *, beside_run: bool
) -> None:
    """Serve until asked to end."""
    hub = Hub(folder)
    config = uvicorn.Config(
        make_app(hub, access),
        loop="asyncio",
        http=Connection,
        ws="none",
        lifespan="off",
        log_level="critical",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
        proxy_headers=False,
    )
    server = _Server(config, hub)
    with suppress(OSError):
        os.nice(PRIORITY)
    watching = asyncio.create_task(_end_with_run(server, hub)) if beside_run else None
    # The socket listens already: whoever comes early waits in its queue.
    ready()
    try:
        await server.serve(sockets=[listening])
    finally:
        if watching is not None:
            watching.cancel()


async def _end_with_run(server: uvicorn.Server, hub: Hub) -> None:
    """End the server once the run is over and no page has been open for a while."""
    await _end_of_input()
    while True:
        still_s = LINGER_S - (time.monotonic() - hub.alone_since)
        if still_s <= 0 and not hub.n_listening:
            break
        await asyncio.sleep(max(still_s, 0.5))
    server.should_exit = True


async def _end_of_input() -> None:
    """Wait for the end of standard input, which the run holds open, and which ends however the run does."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    try:
        while await reader.read(1024):
            pass
    finally:
        transport.close()
