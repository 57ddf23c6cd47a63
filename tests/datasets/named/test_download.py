"""Sets that are downloaded: from a local server, each file of the size and hash that it must have."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from datasets.readers.test_idx_folder import X, Y, idx
from mlpstudy.datasets.named.download import CACHE, RemoteFile, RemoteSet, cache_folder
from mlpstudy.datasets.named.fashion_mnist import FASHION_MNIST
from mlpstudy.datasets.named.registry import DOWNLOADED
from mlpstudy.errors import DataError

CONTENT = {
    "train-images-idx3-ubyte.gz": gzip.compress(idx(X), mtime=0),
    "train-labels-idx1-ubyte.gz": gzip.compress(idx(Y), mtime=0),
    "t10k-images-idx3-ubyte.gz": gzip.compress(idx(X[:2]), mtime=0),
    "t10k-labels-idx1-ubyte.gz": gzip.compress(idx(Y[:2]), mtime=0),
}
FILES = tuple(RemoteFile(name, len(content), hashlib.sha256(content).hexdigest()) for name, content in CONTENT.items())
INFO = replace(FASHION_MNIST.info, name="small-set", class_names=("no", "yes"), image_shape=(2, 3))


@dataclass
class Server:
    """What the local server gives, and what it was asked for.

    Attributes:
        url: of its folder.
        content: what it gives by name.
        asked: the names that were asked for.
    """

    url: str
    content: dict[str, bytes]
    asked: list[str] = field(default_factory=list)

    @property
    def remote(self) -> RemoteSet:
        return RemoteSet(INFO, self.url, FILES)


@pytest.fixture
def server() -> Iterator[Server]:
    """Serve the four files on the loopback interface, from a thread."""
    state = Server("", dict(CONTENT))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name that the base class calls
            """Answer with a file, or with 404."""
            name = self.path.rpartition("/")[2]
            state.asked.append(name)
            content = state.content.get(name)
            self.send_response(404 if content is None else 200)
            self.end_headers()
            with suppress(ConnectionError):  # whoever has enough hangs up
                self.wfile.write(content or b"")

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    state.url = f"http://127.0.0.1:{httpd.server_port}/set/"
    try:
        yield state
    finally:
        httpd.shutdown()
        thread.join()
        httpd.server_close()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep downloads in a folder of the test's own."""
    monkeypatch.setenv(CACHE, str(tmp_path))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return tmp_path / INFO.name


def refusal(remote: RemoteSet) -> str:
    """Return the line with which a set is refused."""
    with pytest.raises(DataError) as caught:
        remote.load()
    assert str(caught.value).isprintable()
    return str(caught.value)


def test_a_set_is_downloaded_once(server: Server, cache: Path) -> None:
    """The second time nobody is asked; the arrays are those of the files, the classes those of the set."""
    for _ in range(2):
        examples = server.remote.load().labelled()
        np.testing.assert_array_equal(examples.values, X.reshape(4, 6), strict=True)
        assert (examples.labels.tolist(), examples.class_names) == ([1, 0, 0, 1], ("no", "yes"))
        assert examples.test is not None
        assert examples.test.labels.tolist() == [1, 0]
        assert sorted(server.asked) == sorted(CONTENT)
    assert sorted(path.name for path in cache.iterdir()) == sorted(CONTENT)
    assert [check.ok for check in server.remote.check()] == [True] * 4


def test_a_damaged_file_in_the_cache_is_found_and_downloaded_again(server: Server, cache: Path) -> None:
    """Verifying names it; loading replaces it."""
    server.remote.load()
    damaged = cache / FILES[1].name
    damaged.write_bytes(b"damaged")
    assert [check.file for check in server.remote.check() if not check.ok] == [FILES[1].name]
    server.remote.load()
    assert damaged.read_bytes() == CONTENT[FILES[1].name]


def test_another_file_is_refused_and_not_kept(server: Server, cache: Path) -> None:
    """One changed byte on the way: one line with the hash, and nothing stays in the cache."""
    name = FILES[0].name
    server.content[name] = bytes([*CONTENT[name][:-1], CONTENT[name][-1] ^ 1])
    assert f"{name} must be the original with SHA-256 {FILES[0].sha256[:16]}" in refusal(server.remote)
    assert list(cache.iterdir()) == []


def test_no_byte_more_than_the_file_has_is_kept(server: Server, cache: Path) -> None:
    """A server that sends without end is cut off."""
    server.content[FILES[0].name] = bytes(2**24)
    assert f"must have {FILES[0].n_bytes} bytes, got more of them" in refusal(server.remote)
    assert list(cache.iterdir()) == []


def test_a_missing_file_is_one_line(server: Server) -> None:
    """The answer's status is in it, and the way out."""
    del server.content[FILES[2].name]
    told = refusal(server.remote)
    assert told.startswith(
        f"the data set small-set must be downloaded once, got no answer from {server.url} (status 404)"
    )


def test_offline_is_one_line(server: Server, cache: Path) -> None:
    """Nobody listens: what to do is said, and checking says that nothing is there."""
    offline = RemoteSet(INFO, "http://127.0.0.1:9/set/", FILES)
    fix = f"fix: connect once, or put the 4 files of http://127.0.0.1:9/set/ into {cache}"
    assert refusal(offline).endswith(fix)
    assert [check.problem is not None and "no such file" in check.problem for check in offline.check()] == [True] * 4
    server.remote.load()
    assert len(offline.load().train) == 4, "what is in the cache needs no connection"


def test_a_cache_that_cannot_be_written_is_one_line(server: Server, cache: Path) -> None:
    """A file where the folder would be."""
    cache.write_text("")
    assert f"must be kept in {cache}" in refusal(server.remote)


def test_the_user_names_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the variable it is in the user's own cache folder."""
    assert cache_folder() == tmp_path
    monkeypatch.delenv(CACHE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    assert cache_folder() == tmp_path / "home" / "mlpstudy"


@pytest.mark.parametrize("remote", DOWNLOADED)
def test_the_sets_name_four_files_over_https(remote: RemoteSet) -> None:
    """MNIST's names, a size and a SHA-256 each, no two alike."""
    assert [file.name for file in remote.files] == list(CONTENT)
    assert remote.url.startswith("https://")
    assert remote.url.endswith("/")
    assert len({file.sha256 for file in remote.files}) == 4
    assert all(len(bytes.fromhex(file.sha256)) == 32 for file in remote.files)
    assert len(set(remote.info.class_names)) == 10
