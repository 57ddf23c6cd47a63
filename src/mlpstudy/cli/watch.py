"""``mlpstudy watch``: a study in the browser, while it runs and after."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from mlpstudy.dashboard.server import Address


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
    beside_run: Annotated[bool, typer.Option("--beside-run", hidden=True)] = False,
) -> None:
    """Show a study in the browser while it runs: progress, curves, the verdict so far. Ctrl-C ends it.

    Example: mlpstudy watch runs/notebook
    """
    from mlpstudy.cli.terminal import is_terminal
    from mlpstudy.dashboard.folder import StudyFolder
    from mlpstudy.dashboard.server import serve

    opens = browser if browser is not None else is_terminal() and has_desktop()

    def ready(address: Address) -> None:
        if as_json:
            typer.echo(json.dumps({"url": address.url, "folder": str(folder)}))
        else:
            typer.echo(f"{folder} is shown at {address.url}   Ctrl-C ends it; a run goes on without it")
        # A token does not go through a browser's command line, which other users of the machine can read.
        if opens and address.token is None:
            import webbrowser

            webbrowser.open(address.url)

    serve(StudyFolder(folder), host=host, port=port, with_token=token, ready=ready, beside_run=beside_run)


def has_desktop() -> bool:
    """Say whether a browser would have a screen; a text browser would take the terminal away from the command."""
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
