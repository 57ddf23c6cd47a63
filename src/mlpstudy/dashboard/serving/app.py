"""The addresses of the dashboard, and what is answered there."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from mlpstudy.dashboard.following.hub import Hub, TooManyPagesError
from mlpstudy.dashboard.serving.pages import list_page, page_files, study_page
from mlpstudy.dashboard.serving.security import Access, Guard

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from mlpstudy.dashboard.following.hub import Listening

RETRY_AFTER_S = "5"


def study_address(key: str) -> str:
    """Return the address of a study's page.

    >>> study_address("a study")
    '/study/a%20study'
    """
    return f"/study/{quote(key, safe='')}"


def make_app(hub: Hub, access: Access) -> ASGIApp:
    """Return the dashboard as an ASGI application."""
    answers = _Answers(hub)
    routes = [
        Route("/", answers.start),
        Route("/events", answers.list_events),
        Route("/study/{key}", answers.study),
        Route("/study/{key}/events", answers.study_events),
        Route("/files/{name}", answers.file),
    ]
    return Guard(Starlette(routes=routes, exception_handlers={404: _not_found}), access)


async def _not_found(_request: Request, _error: Exception) -> Response:
    return PlainTextResponse("There is nothing here. The dashboard begins at /\n", 404)


class _Answers:
    """What is answered; keys and names are looked up among those that there are."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub

    async def start(self, _request: Request) -> Response:
        """Show the list, or go to the one study."""
        key = self.hub.folder.only_key
        if key is not None:
            return RedirectResponse(study_address(key), 307)
        return HTMLResponse(list_page(self.hub.folder.root.resolve().name))

    async def study(self, request: Request) -> Response:
        """Show a study."""
        key = request.path_params["key"]
        if key not in self.hub.folder.studies():
            return PlainTextResponse("There is no such study here. The studies are listed at /\n", 404)
        return HTMLResponse(study_page(key, has_list=self.hub.folder.only_key is None))

    async def study_events(self, request: Request) -> Response:
        """Stream what happens to a study."""
        key, last = request.path_params["key"], request.headers.get("last-event-id")
        return _streamed(request, lambda: self.hub.study_stream(key, last))

    async def list_events(self, request: Request) -> Response:
        """Stream what happens to the list."""
        last = request.headers.get("last-event-id")
        return _streamed(request, lambda: self.hub.list_stream(last))

    async def file(self, request: Request) -> Response:
        """Send a file of the pages."""
        found = page_files().get(request.path_params["name"])
        if found is None:
            return PlainTextResponse("There is no such file here.\n", 404)
        headers = {"etag": found.tag, "cache-control": "no-cache"}
        if request.headers.get("if-none-match") == found.tag:
            return Response(status_code=304, headers=headers)
        return Response(found.content, media_type=found.media_type, headers=headers)


def _streamed(request: Request, opened: Callable[[], Listening | None]) -> Response:
    """Return an answer that streams events."""
    if request.method == "HEAD":
        return Response(media_type="text/event-stream")
    try:
        stream = opened()
    except TooManyPagesError:
        return PlainTextResponse("Too many pages are open.\n", 503, {"retry-after": RETRY_AFTER_S})
    if stream is None:
        return PlainTextResponse("There is no such study here.\n", 404)
    return _Stream(stream)


class _Stream(StreamingResponse):
    """A stream that gives its place back however it ends, also where it has not begun."""

    def __init__(self, events: Listening) -> None:
        super().__init__(events, media_type="text/event-stream")
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._events.aclose()
