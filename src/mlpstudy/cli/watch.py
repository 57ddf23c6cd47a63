"""``mlpstudy watch``: a study in the browser, while it runs and after."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlpstudy.cli.printing.terminal import say, say_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlpstudy.dashboard.beside import Beside
    from mlpstudy.engine.events import Event
    from mlpstudy.running.listening import Listener, Plan


def watch(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A study's folder, or a folder of several studies.")
    ] = Path("runs"),
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port; 0 for any free one.", show_default="8228, or the next free one"),
    ] = None,
    host: Annotated[str, typer.Option(help="Interface; others than the loopback one need the token.")] = "127.0.0.1",
    token: Annotated[bool, typer.Option("--token", help="Ask for a token, where others use this machine.")] = False,
    browser: Annotated[
        bool | None,
        typer.Option("--browser/--no-browser", help="Open a browser.", show_default="on a terminal with a desktop"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the address as JSON.")] = False,
) -> None:
    """Show a study in the browser while it runs: progress, curves, the verdict so far. Ctrl-C ends it.

    Example: mlpstudy watch runs/notebook
    """
    import secrets

    from mlpstudy.cli.printing.terminal import is_terminal
    from mlpstudy.dashboard.following.folder import StudyFolder
    from mlpstudy.dashboard.serving.address import Address, is_loopback, listen, shown_host
    from mlpstudy.dashboard.serving.security import LOCAL_NAMES, Access, machine_names
    from mlpstudy.dashboard.serving.server import serve

    studies = StudyFolder(folder)
    is_local = is_loopback(host)
    secret = secrets.token_urlsafe(32) if token or not is_local else None
    listening = listen(host, port)
    number = int(listening.getsockname()[1])
    access = Access(number, is_local, secret, LOCAL_NAMES if is_local else machine_names(host))
    address = Address(shown_host(host), number, secret)
    opens = browser if browser is not None else is_terminal() and has_desktop()

    def ready() -> None:
        if as_json:
            say_json({"url": address.url, "folder": str(folder)})
        else:
            say(f"{folder} is shown at {address.url}   Ctrl-C ends it; a run goes on without it")
        # A token does not go through a browser's command line, which other users of the machine can read.
        if opens and secret is None:
            open_browser(address.url)

    serve(studies, listening, access, ready=ready)


def open_browser(url: str) -> None:
    """Open a page in the browser of the desktop."""
    import webbrowser

    webbrowser.open(url)


def has_desktop() -> bool:
    """Say whether a browser would have a screen; a text browser would take the terminal away from the command."""
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


class _Watched:
    """A listener that starts the dashboard once the study's folder is there, and passes everything on."""

    def __init__(self, listener: Listener, *, as_json: bool) -> None:
        self.listener = listener
        self.as_json = as_json
        self.beside: Beside | None = None

    def planned(self, plan: Plan) -> None:
        """Start the dashboard and say where it is."""
        from mlpstudy.cli.printing.terminal import is_terminal
        from mlpstudy.dashboard.beside import Beside

        self.beside = Beside.start(plan.folder)
        url = self.beside.url
        if self.as_json:
            say_json({"event": "watching", "url": url})
        else:
            say(f"watch it at {url}")
        if is_terminal() and has_desktop():
            open_browser(url)
        self.listener.planned(plan)

    def happened(self, event: Event) -> None:
        """Pass an event on."""
        self.listener.happened(event)


@contextmanager
def dashboard_beside(listener: Listener, *, wanted: bool, as_json: bool) -> Iterator[Listener]:
    """Give the listener of a run; where it is wanted, one that starts the dashboard beside the run.

    After the run the dashboard stays while a page is open. On a terminal the command waits for that, and Ctrl-C ends
    it; elsewhere nothing waits. A run that is interrupted or ends with an error takes the dashboard with it.
    """
    if not wanted:
        yield listener
        return
    from mlpstudy.cli.printing.terminal import is_terminal

    watched = _Watched(listener, as_json=as_json)
    try:
        yield watched
    except BaseException:
        if watched.beside is not None:
            watched.beside.stop()
        raise
    if watched.beside is None:
        return
    if is_terminal() and not as_json:
        say(f"the dashboard stays at {watched.beside.url} while a page is open; Ctrl-C ends it")
        watched.beside.wait()
    else:
        watched.beside.release()
