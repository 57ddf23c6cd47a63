"""The server: one process, one event loop; it ends on Ctrl-C, or when nobody needs it any more."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import os
import secrets
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import uvicorn

from mlpstudy.dashboard.app import make_app
from mlpstudy.dashboard.hub import Hub
from mlpstudy.dashboard.security import LOCAL_NAMES, Access, machine_names
from mlpstudy.errors import StoreError, must

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from mlpstudy.dashboard.folder import StudyFolder

DEFAULT_PORT = 8228
N_PORTS = 20
"""Ports that are tried, from the default one, where none was asked for."""

PRIORITY = 5
"""Below that of a run, so that training goes first where processors are scarce."""

LINGER_S = 10.0
"""After the run, the dashboard beside it stays for as long as a page is open, and this much longer."""

MAX_CONNECTIONS = 256


@dataclass(frozen=True, slots=True)
class Address:
    """Where the dashboard is.

    Attributes:
        host: as it stands in an address of the web.
        port: its port.
        token: secret to be brought, None where there is none.
    """

    host: str
    port: int
    token: str | None

    @property
    def url(self) -> str:
        """What to open in a browser.

        >>> Address("127.0.0.1", 8228, None).url
        'http://127.0.0.1:8228/'
        """
        return f"http://{self.host}:{self.port}/" + (f"?token={self.token}" if self.token else "")


def listen(host: str, port: int | None) -> socket.socket:
    """Return a socket that listens; without a port, the first free one from the default one on.

    Raises:
        StoreError: the port is taken, or the host is not this machine's.
    """
    wanted = [port] if port is not None else [*range(DEFAULT_PORT, DEFAULT_PORT + N_PORTS), 0]
    for candidate in wanted:
        with suppress(_PortTakenError):
            return _bind(host, candidate)
    raise StoreError(must(f"port {port}", "be free", "another program on it", "--port 0 for any free one"))


class _PortTakenError(Exception):
    """Another program listens there."""


def _bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens on a host and port."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise StoreError(must(f"host {host}", "be an address of this machine", str(error), "127.0.0.1")) from error
    try:
        # So that a dashboard that was just stopped can be started again at once.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(place)
        listening.listen(128)
    except PermissionError as error:
        listening.close()
        raise StoreError(must(f"port {port}", "be allowed", str(error.strerror), "a port above 1023")) from error
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise _PortTakenError from error
        raise StoreError(must(f"host {host}", "be an address of this machine", str(error), "127.0.0.1")) from error
    return listening


def is_loopback(host: str) -> bool:
    """Say whether only this machine can connect to a host.

    >>> is_loopback("localhost"), is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0")
    (True, True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def shown_host(host: str) -> str:
    """Return the host as it stands in an address; a server on all interfaces is shown by this machine's name.

    >>> shown_host("::1"), shown_host("localhost")
    ('[::1]', 'localhost')
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.is_unspecified:
        return socket.gethostname()
    return f"[{address}]" if address.version == 6 else str(address)  # noqa: PLR2004  # IPv6


class _Server(uvicorn.Server):
    """A server that ends its streams when it is asked to end: pages would otherwise hold it open."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self.hub = hub

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end, on a signal."""
        asyncio.get_running_loop().call_soon_threadsafe(self.hub.close)
        super().handle_exit(sig, frame)


def serve(
    folder: StudyFolder,
    *,
    host: str = "127.0.0.1",
    port: int | None = None,
    with_token: bool = False,
    ready: Callable[[Address], None],
    beside_run: bool = False,
) -> None:
    """Show a folder's studies until Ctrl-C.

    Args:
        folder: the folder.
        host: interface to listen on; others than the loopback one need a token.
        port: 0 for any free one; None for the first free one from the default one on.
        with_token: ask for a token on the loopback interface too, against other users of this machine.
        ready: called once the dashboard can be opened.
        beside_run: end by itself, once standard input has ended (the run is over) and no page is open.

    Raises:
        StoreError: the port is taken or the host is not this machine's.
    """
    is_local = is_loopback(host)
    token = secrets.token_urlsafe(32) if with_token or not is_local else None
    with listen(host, port) as listening:
        number = int(listening.getsockname()[1])
        access = Access(number, is_local, token, LOCAL_NAMES if is_local else machine_names(host))
        address = Address(shown_host(host), number, token)
        with suppress(KeyboardInterrupt):
            asyncio.run(_serve(folder, listening, access, lambda: ready(address), beside_run=beside_run))


async def _serve(
    folder: StudyFolder, listening: socket.socket, access: Access, ready: Callable[[], None], *, beside_run: bool
) -> None:
    """Serve until asked to end."""
    hub = Hub(folder)
    config = uvicorn.Config(
        make_app(hub, access),
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        log_level="critical",
        access_log=False,
        server_header=False,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_graceful_shutdown=2,
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
        hub.close()
        if watching is not None:
            watching.cancel()


async def _end_with_run(server: uvicorn.Server, hub: Hub) -> None:
    """End the server once the run is over and no page has been open for a while."""
    await _end_of_input()
    over_since = time.monotonic()
    while True:
        still_s = LINGER_S - (time.monotonic() - max(over_since, hub.alone_since))
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
