"""What runs while pages are open, and what does not while none is."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path

import pytest

from dashboard.pages import Json, parsed
from mlpstudy.dashboard.following import hub as module
from mlpstudy.dashboard.following.folder import StudyFolder
from mlpstudy.dashboard.following.hub import Hub
from mlpstudy.dashboard.following.reader import StudyReader
from mlpstudy.dashboard.state.shown import StudyState
from mlpstudy.store import Store
from patience import PATIENCE_S
from store import samples


def with_hub(folder: Path, act: Callable[[Hub], Coroutine[None, None, None]]) -> None:
    """Do something with the hub of a folder, and see that nothing of it goes on afterwards."""

    async def main() -> None:
        async with asyncio.timeout(PATIENCE_S):
            hub = Hub(StudyFolder(folder))
            await act(hub)
            hub.close()
            await until(lambda: len(asyncio.all_tasks()) == 1)

    asyncio.run(main())


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    for _ in range(6000):
        if holds():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it never came about")


def noting(monkeypatch: pytest.MonkeyPatch, owner: type, name: str, notes: list[str]) -> None:
    """Note every call of a method, which does what it does."""
    method = getattr(owner, name)

    def noted(*arguments: object) -> object:
        notes.append(name)
        return method(*arguments)

    monkeypatch.setattr(owner, name, noted)


async def next_event(stream: AsyncIterator[bytes] | None) -> Json:
    """Return the next event of a stream, which there must be."""
    assert stream is not None
    while True:
        fields = parsed((await anext(stream)).decode())
        if "event" in fields:
            return dict(fields)


def test_nobody_looks_while_nobody_listens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading begins with the first page and ends with the last; the folder is then let go of."""
    samples.fill(tmp_path / "tiny", [])
    reads: list[str] = []
    monkeypatch.setattr(module, "POLL_S", 0.01)
    noting(monkeypatch, StudyReader, "read", reads)
    noting(monkeypatch, StudyReader, "close", reads)

    async def act(hub: Hub) -> None:
        assert reads == []
        streams = [hub.study_stream("tiny", None) for _ in range(3)]
        for stream in streams:
            assert (await next_event(stream))["event"] == "state"
        assert hub.n_listening == 3
        for stream in streams:
            assert stream is not None
            await stream.aclose()
        assert hub.n_listening == 0
        await until(lambda: "close" in reads)
        n_reads = len(reads)
        await asyncio.sleep(0.1)
        assert len(reads) == n_reads

    with_hub(tmp_path, act)


def test_one_reader_serves_all_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many pages are open on a study, its folder is opened once."""
    samples.fill(tmp_path / "tiny", [])
    opened: list[str] = []
    noting(monkeypatch, StudyReader, "_opened", opened)
    opens: list[str] = []
    noting(monkeypatch, Store, "open", opens)

    async def act(hub: Hub) -> None:
        streams = [hub.study_stream("tiny", None) for _ in range(10)]
        for stream in streams:
            await next_event(stream)
        assert opened
        assert opens == ["open"]
        for stream in streams:
            assert stream is not None
            await stream.aclose()

    with_hub(tmp_path, act)


def test_a_page_that_leaves_and_comes_back_waits_for_the_same_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often a page is loaded while a study takes long to read, it is read once at a time, and then shown."""
    for name in ("tiny", "other"):
        samples.fill(tmp_path / name, [])
    read, go, reads = StudyReader.read, threading.Event(), []

    def slow(reader: StudyReader) -> StudyState | None:
        reads.append("read")
        assert go.wait(PATIENCE_S)
        return read(reader)

    async def act(hub: Hub) -> None:
        monkeypatch.setattr(StudyReader, "read", slow)
        for _ in range(5):
            # Another study comes in between.
            assert hub.study_stream("other", None) is not None
            stream = hub.study_stream("tiny", None)
            assert stream is not None
            await anext(stream)
            waiting = asyncio.create_task(next_event(stream))
            await until(lambda: reads != [])
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            await stream.aclose()
        assert reads == ["read"]
        stream = hub.study_stream("tiny", None)
        assert stream is not None
        go.set()
        assert (await next_event(stream))["event"] == "state"
        await stream.aclose()

    with_hub(tmp_path, act)


def test_a_place_is_given_back_by_a_page_that_never_began(tmp_path: Path) -> None:
    """A page has its place from the moment it is let in, and gives it back once, also if nothing was ever sent."""
    samples.fill(tmp_path / "tiny", [])

    async def act(hub: Hub) -> None:
        streams = [hub.list_stream(None) for _ in range(module.MAX_STREAMS)]
        with pytest.raises(module.TooManyPagesError):
            hub.list_stream(None)
        for stream in streams * 2:
            await stream.aclose()
        assert hub.n_listening == 0

    with_hub(tmp_path, act)


def test_an_error_that_nobody_foresaw_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page says what went wrong, and goes on when it has passed."""
    samples.fill(tmp_path / "tiny", [])
    monkeypatch.setattr(module, "PROBLEM_S", 0.01)
    read = StudyReader.read

    def broken(_: StudyReader) -> None:
        raise KeyError

    async def act(hub: Hub) -> None:
        monkeypatch.setattr(StudyReader, "read", broken)
        stream = hub.study_stream("tiny", None)
        assert stream is not None
        event = await next_event(stream)
        assert (event["event"], event["data"]) == ("problem", {"problem": "KeyError: "})
        monkeypatch.setattr(StudyReader, "read", read)
        assert (await next_event(stream))["event"] == "state"
        await stream.aclose()

    with_hub(tmp_path, act)


def test_an_error_of_the_list_is_told_to_pages_that_come_later_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the list fails every page says so, and shows the list when that has passed, also where it is as before."""
    monkeypatch.setattr(module, "PROBLEM_S", 0.01)
    monkeypatch.setattr(module, "LIST_POLL_S", 0.01)
    summaries = StudyFolder.summaries

    def broken(_: StudyFolder) -> None:
        raise KeyError

    async def act(hub: Hub) -> None:
        first = hub.list_stream(None)
        assert (await next_event(first))["data"] == []
        monkeypatch.setattr(StudyFolder, "summaries", broken)
        for stream in (first, late := hub.list_stream(None)):
            event = await next_event(stream)
            while event["event"] == "studies":  # the later page's own, told before the list failed
                event = await next_event(stream)
            assert (event["event"], event["data"]) == ("problem", {"problem": "KeyError: "})
        latest = hub.list_stream(None)
        assert (await next_event(latest))["event"] == "problem"
        monkeypatch.setattr(StudyFolder, "summaries", summaries)
        for stream in (first, late, latest):
            assert (await next_event(stream))["event"] == "studies"
            await stream.aclose()

    with_hub(tmp_path, act)


def test_a_look_at_the_test_examples_is_noted_once(tmp_path: Path) -> None:
    """Opening a study's page is a look at the test examples; a second page of the same server is the same look."""
    samples.fill(tmp_path / "tiny", [samples.finished(samples.tiny_study())])

    async def act(hub: Hub) -> None:
        for _ in range(2):
            stream = hub.study_stream("tiny", None)
            assert stream is not None
            await next_event(stream)
            await stream.aclose()

    with_hub(tmp_path, act)
    with Store.open(tmp_path / "tiny") as store:
        assert [look.what for look in store.looks()] == ["mlpstudy watch"]
