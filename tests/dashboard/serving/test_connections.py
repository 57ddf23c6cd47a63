"""Connections that ask nothing, or read nothing, hold no place for long; no number of them shuts anybody out."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn
from uvicorn.server import ServerState

from dashboard.pages import listening, watching
from mlpstudy.dashboard.following.hub import MAX_STREAMS
from mlpstudy.dashboard.serving.connections import MAX_CONNECTIONS, STALLED_S, Connection
from patience import PATIENCE_S, wait_until
from store import samples

SOON = """
from mlpstudy.dashboard.following import channel
from mlpstudy.dashboard.serving import connections
connections.IDLE_S = 0.5
channel.HEARTBEAT_S = 0.1
"""
NEVER = SOON.replace("0.5", "1e9")


@contextlib.contextmanager
def connected(url: str, n: int, sent: bytes = b"") -> Iterator[list[socket.socket]]:
    """Open connections that send something, and no more."""
    place = urlsplit(url)
    with contextlib.ExitStack() as opened:
        found = []
        for _ in range(n):
            one = opened.enter_context(
                socket.create_connection((str(place.hostname), int(place.port or 0)), timeout=PATIENCE_S)
            )
            one.sendall(sent.replace(b"HOST", place.netloc.encode()))
            found.append(one)
        yield found


def read_to_the_end(one: socket.socket) -> bytes:
    """Return what a connection is sent until it is closed."""
    found = b""
    with contextlib.suppress(ConnectionResetError):
        while part := one.recv(65536):
            found += part
    return found


REQUEST = b"GET /files/watch.css HTTP/1.1\r\nHost: HOST\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /files/wa",
        REQUEST,
        REQUEST + b"\r\n",
        REQUEST + b"Content-Length: 1000000\r\n\r\nx",
        REQUEST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
        REQUEST + b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n",
    ],
)
def test_a_connection_that_asks_nothing_is_closed(tmp_path: Path, sent: bytes) -> None:
    """Silence, half a request, a body that never ends and a pause between requests end with the connection."""
    samples.fill(tmp_path / "tiny", [])
    with watching(tmp_path / "tiny", before=SOON) as (url, _), connected(url, 1, sent) as [one]:
        answer = read_to_the_end(one)
    assert answer.startswith(b"HTTP/1.1 200") == (b"\r\n\r\n" in sent)


def test_dripping_is_no_asking(tmp_path: Path) -> None:
    """Who sends a little now and then, and never a whole request, is closed all the same; a stream goes on."""
    samples.fill(tmp_path / "tiny", [])
    with (
        watching(tmp_path / "tiny", before=SOON) as (url, process),
        listening(f"{url}study/tiny/events") as stream,
        connected(url, 1, REQUEST) as [one],
    ):
        one.settimeout(0.05)

        def is_closed() -> bool:
            try:
                one.sendall(b"x")
                return one.recv(1) == b""
            except TimeoutError:
                return False
            except OSError:
                return True

        wait_until(is_closed)
        for _ in range(10):
            next(stream)
        assert process.poll() is None


def test_idle_connections_shut_nobody_out(tmp_path: Path) -> None:
    """Beyond the limit the connection that has asked nothing for longest makes room; streams are left alone."""
    samples.fill(tmp_path / "tiny", [])
    with (
        watching(tmp_path / "tiny", before=NEVER) as (url, _),
        listening(f"{url}study/tiny/events") as stream,
        connected(url, MAX_CONNECTIONS + 40, REQUEST) as idle,
    ):
        for _ in range(3):
            assert httpx.get(f"{url}study/tiny", trust_env=False, timeout=PATIENCE_S).status_code == 200
        for one in idle[:40]:
            assert read_to_the_end(one) == b""
        for _ in range(3):
            next(stream)


def test_a_burst_of_pages_is_counted(tmp_path: Path) -> None:
    """Of many pages that come at once as many listen as may; once they leave, others may."""
    samples.fill(tmp_path / "tiny", [])
    asks = b"GET /study/tiny/events HTTP/1.1\r\nHost: HOST\r\n\r\n"
    with watching(tmp_path / "tiny") as (url, _):
        with connected(url, MAX_STREAMS + 16) as burst:
            for one in burst:
                one.sendall(asks.replace(b"HOST", urlsplit(url).netloc.encode()))
            answers = [one.recv(12) for one in burst]
        assert [answers.count(f"HTTP/1.1 {n}".encode()) for n in (200, 503)] == [MAX_STREAMS, 16]

        def is_let_in() -> bool:
            with connected(url, 1, asks) as [one]:
                return one.recv(12) == b"HTTP/1.1 200"

        wait_until(is_let_in)


class Unread(asyncio.Transport):
    """A transport whose other end reads as much as it is told to."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 2)})
        self.n_unsent = 0
        self.is_aborted = False

    def get_write_buffer_size(self) -> int:
        """Return how many bytes wait to be sent."""
        return self.n_unsent

    def abort(self) -> None:
        """Note it."""
        self.is_aborted = True


@pytest.mark.parametrize(
    ("unsent", "is_dropped"), [((500, 500, 500), True), ((500, 400, 300), False), ((9, 0, 9), False)]
)
def test_what_nobody_reads_is_dropped(unsent: tuple[int, ...], is_dropped: bool) -> None:
    """Where nothing of what waits is taken for a minute the connection goes; somebody slow is waited for."""

    async def main() -> bool:
        config = uvicorn.Config(lambda: None, log_config=None)
        config.load()
        connection = Connection(config, ServerState(), {})
        transport = Unread()
        connection.connection_made(transport)
        for transport.n_unsent in unsent:
            # 0.6 of the time that is given goes by.
            connection._moved_at -= 0.6 * STALLED_S
            connection.check()
        return transport.is_aborted

    assert asyncio.run(main()) is is_dropped
