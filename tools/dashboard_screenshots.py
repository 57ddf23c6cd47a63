"""Screenshots of the dashboard: the notebook's study while it trains, for docs/watch.md.

    python tools/dashboard_screenshots.py docs/images

Trains the study, with a few seeds, until more than half of it is done, holds it there, and takes the pictures.
``tools/screenshots.py`` may call :func:`dashboard_screenshots` with a browser of its own. Takes some minutes.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
N_SEEDS, N_EPOCHS = 4, 12
SHARE = 60
"""Percent of the work after which the run is held, provided that it has been judged by then: two minutes."""

PATIENCE_MS = 1_200_000


@dataclass(frozen=True)
class View:
    """A picture: its file, and the window that it is of."""

    name: str
    width: int
    height: int
    scheme: Literal["light", "dark"]


VIEWS = (View("dashboard.png", 1280, 1450, "light"), View("dashboard-phone.png", 390, 844, "dark"))


@contextlib.contextmanager
def _process(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run a command of mlpstudy's for as long as it is needed."""
    command = [sys.executable, "-m", "mlpstudy", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own command
        try:
            yield process
        finally:
            process.kill()


def dashboard_screenshots(browser: Browser, target: Path, n_epochs: int = N_EPOCHS) -> list[Path]:
    """Save the pictures of the dashboard in a folder, and return their paths.

    Args:
        browser: Playwright's.
        target: the folder.
        n_epochs: of a run; with fewer the study may end before it is judged the first time.
    """
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        options = (
            "--seeds",
            str(N_SEEDS),
            "--epochs",
            str(n_epochs),
            "--out",
            f"{folder}/notebook",
            "--no-figures",
            "--json",
        )
        run = stack.enter_context(_process("run", "notebook", *options))
        assert run.stdout is not None  # noqa: S101  # asked for
        run.stdout.readline()  # planned: the folder is there
        watch = stack.enter_context(_process("watch", folder, "--json", "--port", "0", "--no-browser"))
        assert watch.stdout is not None  # noqa: S101  # asked for
        address = f"{json.loads(watch.stdout.readline())['url']}study/notebook"
        drained = subprocess.Popen(["cat"], stdin=run.stdout, stdout=subprocess.DEVNULL)  # noqa: S607  # any cat
        stack.callback(drained.wait)
        stack.callback(drained.kill)
        return [_picture(browser, address, run, target / view.name, view) for view in VIEWS]


def _picture(browser: Browser, address: str, run: subprocess.Popen[str], path: Path, view: View) -> Path:
    """Save one picture, once the study has been judged; from then on the run is held."""
    context = browser.new_context(
        viewport={"width": view.width, "height": view.height}, color_scheme=view.scheme, device_scale_factor=1.5
    )
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("#pairs:not([hidden])", timeout=PATIENCE_MS)
    # A function: the page's policy refuses what is evaluated from text.
    is_far = "share => document.getElementById('bar').ariaValueNow >= share"
    page.wait_for_function(is_far, arg=SHARE, timeout=PATIENCE_MS)
    os.kill(run.pid, signal.SIGSTOP)
    page.wait_for_timeout(1500)
    page.screenshot(path=path)
    context.close()
    return path


def main() -> None:
    """Take the pictures."""
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images")
    n_epochs = int(sys.argv[2]) if len(sys.argv) > 2 else N_EPOCHS  # noqa: PLR2004  # two arguments
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        for path in dashboard_screenshots(browser, target, n_epochs):
            print(path)  # noqa: T201  # the command's output
        browser.close()


if __name__ == "__main__":
    main()
