"""Work spread over threads, with as many of them as the system grants."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_threads(work: Callable[[Item], Result], items: Sequence[Item], n_threads: int) -> list[Result]:
    """Return what work returns for every item, in order; this thread and others take one item after the other.

    Where the system starts fewer threads than are asked for, those that there are do the work, if need be this one
    alone. Of several errors that of the first item is raised; items that nobody has begun are then left.

    Args:
        work: done in several threads at once; worth it where it releases the GIL.
        items: what it is done for.
        n_threads: threads in all, this one included.

    >>> in_threads(lambda n: n * n, [1, 2, 3], 2)
    [1, 4, 9]
    """
    results: dict[int, Result] = {}
    errors: dict[int, BaseException] = {}
    waiting = iter(enumerate(items))
    lock = threading.Lock()

    def act() -> None:
        while not errors:
            with lock:
                taken = next(waiting, None)
            if taken is None:
                return
            i, item = taken
            try:
                results[i] = work(item)
            except BaseException as error:  # noqa: BLE001  # raised below, in the caller's thread
                errors[i] = error

    helpers = [threading.Thread(target=act, name=f"mlpstudy-data-{i}") for i in range(1, min(n_threads, len(items)))]
    started = []
    with suppress(RuntimeError):  # what RuntimeError says: no thread is left on this machine
        for helper in helpers:
            helper.start()
            started.append(helper)
    act()
    try:
        for helper in started:
            helper.join()
    except BaseException as error:  # Ctrl-C: the others begin nothing more
        errors.setdefault(-1, error)
        raise
    if errors:
        raise errors[min(errors)]
    return [results[i] for i in range(len(items))]
