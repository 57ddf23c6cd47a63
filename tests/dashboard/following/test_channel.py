"""One stream for all pages: numbered, remembered for a while, bounded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from dashboard.pages import Json, parsed
from mlpstudy.dashboard.following import channel as module
from mlpstudy.dashboard.following.channel import Channel
from patience import PATIENCE_S


class Counter:
    """A channel whose whole is the number of events that were sent."""

    def __init__(self) -> None:
        self.n = 0
        self.channel = Channel("s", lambda: ("state", self.n) if self.n else None)

    def publish(self, times: int = 1) -> None:
        """Send events, each with its number."""
        for _ in range(times):
            self.n += 1
            self.channel.publish("delta", self.n)


async def heard(counter: Counter, n: int, last: str | None = None) -> list[Json]:
    """Return the first n events of a stream."""
    found: list[Json] = []
    stream = counter.channel.stream(last)
    async for text in stream:
        fields = parsed(text.decode())
        if "event" in fields:
            found.append(fields)
        if len(found) == n:
            break
    await stream.aclose()
    return found


def test_a_new_page_gets_everything_then_changes() -> None:
    """The first event tells all, later ones what changed, each with an id."""

    async def main() -> list[Json]:
        counter = Counter()
        counter.publish(3)
        task = asyncio.create_task(heard(counter, 2))
        await asyncio.sleep(0.01)
        counter.publish()
        return await task

    first, second = asyncio.run(main())
    assert first == {"id": "s-3", "event": "state", "data": 3}
    assert second == {"id": "s-4", "event": "delta", "data": 4}


def test_a_page_that_comes_before_anything_waits() -> None:
    """While there is nothing to tell, a page hears nothing."""

    async def main() -> list[Json]:
        counter = Counter()
        task = asyncio.create_task(heard(counter, 1))
        await asyncio.sleep(0.02)
        assert not task.done()
        counter.publish()
        return await task

    assert asyncio.run(main()) == [{"id": "s-1", "event": "state", "data": 1}]


def test_a_page_that_comes_back_gets_what_it_missed() -> None:
    """Last-Event-ID: only the events after it are sent."""

    async def main() -> list[Json]:
        counter = Counter()
        counter.publish(5)
        return await heard(counter, 2, "s-3")

    assert [event["data"] for event in asyncio.run(main())] == [4, 5]


@pytest.mark.parametrize(
    "last", ["s-0", "s-5", "s-127", "other-3", "s-x", "s-", "", "s-٣", "s-" + "9" * 5000, "s-3\x00"]
)
def test_a_page_of_another_time_gets_everything(last: str) -> None:
    """An id that is forgotten, of the future, of another server or no id at all: everything anew."""

    async def main() -> list[Json]:
        counter = Counter()
        counter.publish(module.REMEMBERED + 6)
        counter.publish(-2)
        return await heard(counter, 1, last)

    assert [event["event"] for event in asyncio.run(main())] == ["state"]


def test_a_slow_page_costs_no_memory_and_gets_everything_in_the_end() -> None:
    """What a page does not take is not kept for it: it is sent the whole instead."""

    async def main() -> tuple[list[Json], int]:
        counter = Counter()
        counter.publish()
        stream = counter.channel.stream()
        taken = [await anext(stream), await anext(stream)]
        counter.publish(10 * module.REMEMBERED)
        taken.append(await anext(stream))
        n_kept = len(counter.channel.missed(counter.n - module.REMEMBERED)[1])
        await stream.aclose()
        return [parsed(text.decode()) for text in taken[1:]], n_kept

    (first, second), n_kept = asyncio.run(main())
    assert (first["event"], first["data"]) == ("state", 1)
    assert (second["event"], second["data"]) == ("state", 10 * module.REMEMBERED + 1)
    assert n_kept == module.REMEMBERED


def test_large_events_are_remembered_as_far_as_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept for pages that come back is bounded in bytes too; the newest event is always kept."""
    monkeypatch.setattr(module, "REMEMBERED_BYTES", 5000)
    channel = Channel("s", lambda: ("state", None))
    for size in (10, 2000, 2000, 2000):
        channel.publish("state", "x" * size)
    assert [len(channel.missed(place)[1]) for place in (1, 2, 3)] == [1, 2, 1]
    assert b"event: state" in channel.missed(1)[1][0]
    assert len(channel.missed(1)[1][0]) < 2000
    channel.publish("state", "x" * 9000)
    assert len(channel.missed(4)[1]) == 1


def test_silence_is_broken_by_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page hears a beat where nothing happens."""
    monkeypatch.setattr(module, "HEARTBEAT_S", 0.01)

    async def main() -> list[Json]:
        counter = Counter()
        counter.publish()
        return await heard(counter, 3)

    assert [event["event"] for event in asyncio.run(main())] == ["state", "beat", "beat"]


def test_closing_ends_every_stream() -> None:
    """Pages that wait are let go."""

    async def main() -> list[bytes]:
        counter = Counter()
        stream = counter.channel.stream()
        await anext(stream)
        task = asyncio.create_task(_rest(stream))
        await asyncio.sleep(0.01)
        counter.channel.close()
        return await asyncio.wait_for(task, PATIENCE_S)

    assert asyncio.run(main()) == []


async def _rest(stream: AsyncIterator[bytes]) -> list[bytes]:
    """Return what else a stream sends."""
    return [text async for text in stream]
