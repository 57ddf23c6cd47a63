"""What runs while pages are open: one reader a study for all of them, and nothing at all while none is."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from mlpstudy.dashboard.background import in_background_or_here
from mlpstudy.dashboard.following.channel import Channel
from mlpstudy.dashboard.following.reader import StudyReader
from mlpstudy.dashboard.judging.judge import Judge
from mlpstudy.dashboard.state.delta import delta, whole
from mlpstudy.errors import MlpstudyError
from mlpstudy.evidence.plain import Plain, plain
from mlpstudy.store import note_look

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator
    from pathlib import Path

    from mlpstudy.dashboard.following.folder import StudyFolder, StudySummary
    from mlpstudy.dashboard.state.shown import StudyState

T = TypeVar("T")

POLL_S = 0.5
"""Pause between two looks at a study: pages get at most two events a second."""

LIST_POLL_S = 2.0
"""Pause between two looks at the list of studies."""

MAX_DUTY = 0.01
"""Share of one core that looking may take: a longer pause follows a look that took long."""

MAX_PAUSE_S = 3.0
"""The longest pause: a page is never further behind, whatever looking takes."""

MAX_STREAMS = 64
"""Pages that may listen at once; a browser needs one connection for all of its tabs."""

PROBLEM_S = 2.0
"""Least pause after a folder could not be read."""


def pause_s(least_s: float, spent_s: float) -> float:
    """Return the seconds to wait after a look that took so much processor time.

    >>> pause_s(0.5, 0.001), pause_s(0.5, 0.02), pause_s(0.5, 1.0)
    (0.5, 2.0, 3.0)
    """
    return max(least_s, min(spent_s / MAX_DUTY, MAX_PAUSE_S))


class TooManyPagesError(Exception):
    """As many pages are listening as may."""


class _Followed:
    """Something that is looked at in turns while anybody listens."""

    def __init__(self, name: str) -> None:
        self.channel = Channel(name, self.whole)
        self.n_listening = 0
        self._problem: str | None = None
        self._task: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._work: asyncio.Task[Any] | None = None

    def whole(self) -> tuple[str, Plain] | None:
        """Return the event that tells everything, or what keeps it from being told."""
        return self.known() if self._problem is None else ("problem", {"problem": self._problem})

    def known(self) -> tuple[str, Plain] | None:
        """Return the event that tells everything; None before the first look."""
        raise NotImplementedError

    async def look(self) -> float:
        """Look once, publish what changed, and return the least seconds until the next look."""
        raise NotImplementedError

    def fail(self, error: Exception) -> None:
        """Tell the pages, also those that come later, what keeps them from being told more; looking goes on."""
        problem = str(error) if isinstance(error, MlpstudyError) else f"{type(error).__name__}: {error}"
        if problem != self._problem:
            self._problem = problem
            self.channel.publish("problem", {"problem": problem})

    async def in_background(self, work: Callable[[], T]) -> T:
        """Return what work returns; what was begun for a page that has left is waited for, not begun again."""
        if self._work is None:
            self._work = asyncio.create_task(in_background_or_here(work))
            # Where nobody comes back for it, an error is no news.
            self._work.add_done_callback(lambda task: task.cancelled() or task.exception())
        mine = self._work
        try:
            result: T = await asyncio.shield(mine)
            return result
        finally:
            if mine.done():
                self._work = None

    @property
    def is_busy(self) -> bool:
        """Whether a page listens, or something that was begun for one is not done yet."""
        return self.n_listening > 0 or (self._work is not None and not self._work.done())

    @contextmanager
    def listening(self) -> Iterator[Channel]:
        """Look while at least one page is inside."""
        self.n_listening += 1
        if self._task is None:
            self._task = asyncio.create_task(self._follow())
        try:
            yield self.channel
        finally:
            self.n_listening -= 1
            if self.n_listening == 0 and self._task is not None:
                # The page's own task may be on its way out and must not wait: what follows cleans up by itself.
                self._task.cancel()
                self._task = None

    async def _follow(self) -> None:
        """Look in turns; the next one waits until the one before has cleaned up."""
        async with self._turn:
            try:
                while True:
                    before_s = time.process_time()
                    try:
                        least_s = await self.look()
                    except Exception as error:  # noqa: BLE001  # a page that stands still would say nothing of it
                        least_s = PROBLEM_S
                        self.fail(error)
                    spent_s = time.process_time() - before_s
                    await asyncio.sleep(pause_s(least_s, spent_s))
            finally:
                self.rest()

    def rest(self) -> None:
        """Let go of what looking needs, at once."""


class FollowedStudy(_Followed):
    """A study that pages are open on."""

    def __init__(self, folder: Path, name: str, turn: asyncio.Lock) -> None:
        super().__init__(name)
        self.folder = folder
        self._reader = StudyReader(folder)
        self._judge = Judge(folder, turn)
        self._state: StudyState | None = None
        self._is_noted = False

    def known(self) -> tuple[str, Plain] | None:
        """Return the whole state."""
        return None if self._state is None else ("state", whole(self._state))

    def fail(self, error: Exception) -> None:
        """Tell it as a problem of the study's, until the study can be read again."""
        super().fail(error)
        self._reader.close()

    async def look(self) -> float:
        """Read what was committed; see whether there is a new verdict."""
        read = await self.in_background(self._reader.read)
        before = read or self._state
        if before is not None:
            self._judge.consider(before)
            now = self._judge.said_of(before)
            if read is not None or (now.verdict, now.judging) != (before.verdict, before.judging):
                self._tell(now)
        return POLL_S

    def _tell(self, state: StudyState) -> None:
        """Publish what changed; everything where pages may know nothing or a problem."""
        before, self._state = self._state, state
        if before is None or self._problem is not None:
            self._problem = None
            self.channel.publish("state", whole(state))
        elif changed := delta(before, state):
            self.channel.publish("delta", changed)
        if not self._is_noted:
            self._is_noted = True
            note_look(self.folder, "mlpstudy watch")

    def rest(self) -> None:
        """Let go of the folder."""
        self._judge.stop()
        self._reader.close()


class FollowedFolder(_Followed):
    """The list of studies."""

    def __init__(self, folder: StudyFolder, name: str) -> None:
        super().__init__(name)
        self.folder = folder
        self._summaries: tuple[StudySummary, ...] | None = None

    def known(self) -> tuple[str, Plain] | None:
        """Return the list."""
        return None if self._summaries is None else ("studies", plain(self._summaries))

    async def look(self) -> float:
        """Read the list again where a study changed."""
        found = await self.in_background(self.folder.summaries)
        if found != self._summaries or self._problem is not None:
            self._summaries, self._problem = found, None
            self.channel.publish("studies", plain(found))
        return LIST_POLL_S


class Hub:
    """All that is followed, and who listens.

    Attributes:
        folder: the folder that is watched.
        n_listening: pages that listen now.
        alone_since: since when none does, by the monotonic clock.
    """

    def __init__(self, folder: StudyFolder) -> None:
        self.folder = folder
        self.n_listening = 0
        self.alone_since = time.monotonic()
        # Ids of events of an earlier server must not be taken for this one's.
        self._name = secrets.token_hex(4)
        self._list = FollowedFolder(folder, f"{self._name}-list")
        self._studies: dict[str, FollowedStudy] = {}
        self._n_made = 0
        # One judgement at a time, however many studies pages are open on: each may take gigabytes.
        self._turn = asyncio.Lock()
        self._is_closed = False

    def study_stream(self, key: str, last_event_id: str | None) -> Listening | None:
        """Return what a page on one study is sent, None where there is no such study.

        Raises:
            TooManyPagesError: as many pages are listening as may.
        """
        followed = self._followed(key)
        return None if followed is None else self._stream(followed, last_event_id)

    def list_stream(self, last_event_id: str | None) -> Listening:
        """Return what a page with the list is sent.

        Raises:
            TooManyPagesError: as many pages are listening as may.
        """
        return self._stream(self._list, last_event_id)

    def close(self) -> None:
        """End all streams."""
        self._is_closed = True
        for followed in (self._list, *self._studies.values()):
            followed.channel.close()

    def _followed(self, key: str) -> FollowedStudy | None:
        """Return what follows a study; a study whose folder went is followed while a page listens."""
        folder = self.folder.studies().get(key)
        if folder is None:
            return self._studies.get(key)
        if key not in self._studies or self._studies[key].folder != folder:
            self._studies = {k: s for k, s in self._studies.items() if s.is_busy}
            self._n_made += 1
            self._studies[key] = FollowedStudy(folder, f"{self._name}-{self._n_made}", self._turn)
        return self._studies[key]

    def _stream(self, followed: _Followed, last_event_id: str | None) -> Listening:
        if self.n_listening >= MAX_STREAMS or self._is_closed:
            raise TooManyPagesError
        return Listening(self, followed, last_event_id)


class Listening(AsyncIterator[bytes]):
    """What one page is sent. It has its place from the beginning, not from its first event, until it is closed."""

    def __init__(self, hub: Hub, followed: _Followed, last_event_id: str | None) -> None:
        hub.n_listening += 1
        self._hub: Hub | None = hub
        self._events = _events(followed, last_event_id)

    async def __anext__(self) -> bytes:
        return await anext(self._events)

    async def aclose(self) -> None:
        """Give the place back, once."""
        hub, self._hub = self._hub, None
        if hub is not None:
            hub.n_listening -= 1
            hub.alone_since = time.monotonic()
        await self._events.aclose()


async def _events(followed: _Followed, last_event_id: str | None) -> AsyncGenerator[bytes, None]:
    with followed.listening() as channel:
        async for text in channel.stream(last_event_id):
            yield text
