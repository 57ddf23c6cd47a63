"""Work that must not hold up the pages, in threads that nobody waits for at the end."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class NoThreadError(Exception):
    """The system lets this process start no thread."""


async def in_background(work: Callable[[], T]) -> T:
    """Return what work returns, done in a thread of its own.

    Whatever that thread is doing, it keeps neither a cancelled task nor the end of the process waiting; for those of
    ``asyncio.to_thread`` a process waits before it ends.

    Raises:
        NoThreadError: no thread can be started.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def tell(finish: Callable[[], None]) -> None:
        if not done.done():
            finish()

    def act() -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001  # raised again by whoever waits for it
            finish = partial(done.set_exception, error)
        else:
            finish = partial(done.set_result, result)
        with suppress(RuntimeError):  # the server has ended meanwhile
            loop.call_soon_threadsafe(tell, finish)

    try:
        threading.Thread(target=act, name="mlpstudy-dashboard", daemon=True).start()
    except RuntimeError as error:
        raise NoThreadError(str(error)) from error
    return await done


async def in_background_or_here(work: Callable[[], T]) -> T:
    """Return what work returns; where no thread can be started it is done here, and the pages wait."""
    try:
        return await in_background(work)
    except NoThreadError:
        return work()
