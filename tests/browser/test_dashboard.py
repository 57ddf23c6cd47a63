"""The dashboard in a real browser: it follows real runs to their end, across kills and restarts, safely."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize, expect

from dashboard.pages import watching
from mlpstudy.errors import StoreError
from mlpstudy.store import Store
from patience import PATIENCE_MS, end_of, tries
from store import samples

STUDY = """
name = "small"
title = "Two widths"
seeds = {seeds}
data = {{ name = "mnist", train_examples = {n}, test_examples = 500 }}
[training]
epochs = {epochs}
[factors.width.128]
hidden = [128]
[factors.width.256]
hidden = [256]
"""


ALL_POINTS = 2 * 12 * (4 + 2)
"""Points of the curves: two splits of 12 epochs, of four runs and two means."""


class Opened:
    """A page, with what its console said and what it asked other machines for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self.foreign: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("dialog", lambda dialog: self.errors.append(f"dialog {dialog.message}"))
        page.on("request", lambda r: None if r.url.startswith("http://127.0.0.1:") else self.foreign.append(r.url))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.errors.append(message.text)


@contextlib.contextmanager
def opened(browser: Browser, url: str, width: int = 1280, scheme: str = "light") -> Iterator[Opened]:
    """Open a page; at its end nothing may have gone wrong in it, and it asked nobody else for anything."""
    viewport: ViewportSize = {"width": width, "height": 900}
    context = browser.new_context(viewport=viewport, color_scheme="dark" if scheme == "dark" else "light")
    expect.set_options(timeout=PATIENCE_MS)
    try:
        found = Opened(context.new_page())
        found.page.goto(url)
        yield found
        assert found.errors == []
        assert [url for url in found.foreign if not url.startswith("data:")] == []
    finally:
        context.close()


@contextlib.contextmanager
def running(folder: Path, seeds: int = 2, epochs: int = 12, n: int = 8000) -> Iterator[subprocess.Popen[bytes]]:
    """Train the small study in a process of its own, for real."""
    path = folder.parent / "small.toml"
    path.write_text(STUDY.format(seeds=seeds, epochs=epochs, n=n), encoding="utf-8")
    command = [sys.executable, "-m", "mlpstudy", "run", str(path), "--out", str(folder), "--no-figures"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


def pause(run: subprocess.Popen[bytes], folder: Path) -> None:
    """Let a run get through its first epochs, and hold it there, so that it does not end before it was looked at."""
    for _ in tries():
        with contextlib.suppress(StoreError), Store.open(folder) as store:
            if sum(map(len, store.all_epochs().values())) >= 3:
                os.kill(run.pid, signal.SIGSTOP)
                return


def serious(page: Page) -> list[str]:
    """Return what axe-core finds that keeps somebody from using the page."""
    found = Axe().run(page).response["violations"]
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in found
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]


def is_narrow(page: Page) -> bool:
    """Say whether the page is no wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def n_points(page: Page) -> int:
    """Return how many points the curves have."""
    drawn = page.eval_on_selector_all(".panel .lines path", "paths => paths.map(p => p.getAttribute('d')).join('')")
    return len(re.findall("[ML]", drawn))


def test_a_real_run_is_followed_to_its_end(chromium: Browser, tmp_path: Path) -> None:
    """From the list to the study: it trains, the curves grow, it ends, it is judged, and its runs can be chosen."""
    with (
        watching(tmp_path) as (url, _),
        opened(chromium, url) as tab,
    ):
        page = tab.page
        expect(page.locator("#none")).to_be_visible()
        with running(tmp_path / "small") as run:
            pause(run, tmp_path / "small")
            page.get_by_role("link", name="Two widths").click()
            expect(page.locator("#status")).to_have_text("training")
            expect(page.locator("#provisional")).to_be_visible()
            expect(page.locator("#now-list li").first).to_contain_text("epoch")
            expect(page.locator("#left")).to_contain_text("left")
            assert 0 < n_points(page) < ALL_POINTS
            assert serious(page) == []
            os.kill(run.pid, signal.SIGCONT)
            expect(page.locator("#status")).to_have_text("finished")
            assert end_of(run) == 0
        expect(page.locator("#runs-done")).to_have_text("4 of 4 runs")
        expect(page.locator("#share")).to_have_text("100 %")
        expect(page.locator("#provisional")).to_be_hidden()
        expect(page.locator("#sentence")).to_have_text(re.compile("^(128|256) leads with "))
        expect(page.locator("#judged")).to_contain_text("Judged from 4 of 4 runs")
        expect(page.locator("#leaders-body tr")).to_have_count(2)
        expect(page.locator("#map .cell.finished")).to_have_count(4)
        assert n_points(page) == ALL_POINTS


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished study with a diverged and a failed run."""
    folder = tmp_path_factory.mktemp("runs") / "tiny"
    study = samples.tiny_study(seeds=3)
    with samples.write(folder, study) as writer:
        for architecture in ("4", "3"):
            for seed in (0, 1):
                writer.finish_run(samples.finished(study, architecture, seed))
        writer.finish_run(samples.diverged(study, "4", 2))
        writer.fail_run(samples.failed(study, "3", 2))
    return folder


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_everybody_can_use_it(chromium: Browser, finished: Path, width: int, scheme: str) -> None:
    """At desk and phone width, light and dark: nothing is wider than the window, and axe-core finds nothing serious."""
    with watching(finished) as (url, _), opened(chromium, url, width, scheme) as tab:
        page = tab.page
        expect(page.locator("#sentence")).to_contain_text("leads")
        for summary in page.locator("summary:visible").all():
            summary.click()
        expect(page.locator("#trouble-list")).to_contain_text("4, seed 2 diverged at epoch 2: the loss is not finite")
        expect(page.locator("#trouble-list")).to_contain_text("3, seed 2 failed: out of memory")
        page.locator("#map .cell.finished").first.click()
        expect(page.locator("#detail-title")).to_have_text("4, seed 0")
        page.locator("#detail-epochs-summary").click()
        expect(page.locator("#detail-epochs tr")).to_have_count(3)
        assert is_narrow(page)
        assert serious(page) == []


OLDER = """
import sys
from mlpstudy.dashboard.judging import judged
code = "import mlpstudy.dashboard.judging.process as j, mlpstudy.dashboard.state.verdict as v"
code += "; v.runs_key = lambda *_: 'older'; j.main()"
judged.command = lambda folder: [sys.executable, "-c", code, str(folder)]
"""
"""A judge whose verdicts are of other runs than the page shows."""


@pytest.mark.parametrize("width", [1280, 390])
def test_an_older_verdict_is_no_present_one(chromium: Browser, tmp_path: Path, width: int) -> None:
    """While a study runs, a verdict of fewer runs says so; once it has ended, no such verdict stands any more."""
    study = samples.tiny_study()
    ended = [samples.finished(study, architecture, seed) for architecture in ("4", "3") for seed in (0, 1)]
    # So long that judging them is worth it.
    ended = [dataclasses.replace(run, record=dataclasses.replace(run.record, wall_s=1e4)) for run in ended]
    folder = tmp_path / "tiny"
    with contextlib.ExitStack() as stack:
        with samples.write(folder, study) as writer:
            for run in ended[::2]:
                writer.finish_run(run)
            url, _ = stack.enter_context(watching(folder, before=OLDER))
            page = stack.enter_context(opened(chromium, url, width)).page
            expect(page.locator("#judged")).to_contain_text("Judged from other runs than have ended by now")
            writer.finish_run(ended[1])
            expect(page.locator("#judged")).to_contain_text("Judged from 2 of the 3 runs that have ended")
            expect(page.locator("#sentence.older")).to_contain_text("leads with")
            expect(page.locator("#pairs-summary")).to_contain_text("judged from 2 runs")
            expect(page.locator("#leaders-head")).to_contain_text("Tier, of 2 runs")
            assert serious(page) == []
            assert is_narrow(page)
            writer.finish_run(ended[3])
        expect(page.locator("#status")).to_have_text("finished")
        expect(page.locator("#sentence")).to_contain_text("is ahead with")
        expect(page.locator("#sentence")).to_contain_text("not judged yet")
        expect(page.locator("#pairs")).to_be_hidden()
        expect(page.locator("#leaders-head")).not_to_contain_text("Tier")
        expect(page.locator("#judged")).to_have_text("")


def test_why_there_is_no_verdict_is_said(chromium: Browser, finished: Path) -> None:
    """A judgement that took too much is no silence: the page says so, and what to do."""
    before = OLDER.replace("v.runs_key = lambda *_: 'older'", "j._bound = lambda: 1 / 0")
    with watching(finished, before=before) as (url, _), opened(chromium, url) as tab:
        expect(tab.page.locator("#judged")).to_contain_text("No verdict of these runs: ")
        expect(tab.page.locator("#sentence")).to_contain_text("not judged.")


def test_it_works_by_keyboard(chromium: Browser, finished: Path) -> None:
    """The runs are one stop of the Tab key; arrows move, Enter chooses, the address keeps the choice."""
    with watching(finished) as (url, _), opened(chromium, url) as tab:
        page = tab.page
        page.locator('#map .cell[tabindex="0"]').focus()
        for key in ("ArrowRight", "ArrowDown", "ArrowDown", "Enter"):
            page.keyboard.press(key)
        expect(page.locator("#detail-title")).to_have_text("3, seed 1")
        expect(page.locator("#detail-title")).to_be_focused()
        page.reload()
        expect(page.locator("#detail-title")).to_have_text("3, seed 1")
        page.get_by_role("button", name="Close").click()
        expect(page.locator("#detail")).to_be_hidden()
        page.get_by_role("radio", name="accuracy (%)").check()
        page.wait_for_function("document.querySelector('.panel svg').textContent.includes('0')")


def test_pointing_at_a_line_gives_its_numbers(chromium: Browser, finished: Path) -> None:
    """The run, the split, the value and the epoch nearest to the pointer are named; a click chooses the run."""
    with watching(finished) as (url, _), opened(chromium, url) as tab:
        page = tab.page
        panel = page.locator(".panel svg").first
        panel.scroll_into_view_if_needed()
        box = panel.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 0.98 * box["width"], box["y"] + 0.5 * box["height"])
        # The curves of the sample are all alike: 2.5 / 3 and 2 / 3 nats after the last epoch.
        says = re.compile(r"^4, (seed \d|mean): (validation loss 0\.8333|train loss 0\.6667) after epoch 3$")
        expect(page.locator("#readout")).to_have_text(says)
        page.mouse.move(1, 1)
        expect(page.locator("#readout")).to_contain_text("Point at a line")


def test_a_killed_run_and_its_restart_are_followed(chromium: Browser, tmp_path: Path) -> None:
    """After ``kill -9`` the page says that nobody trains; when the run is started again, it goes on by itself."""
    folder = tmp_path / "small"
    with watching(tmp_path) as (url, _), contextlib.ExitStack() as stack:
        with running(folder) as run:
            pause(run, folder)
            page = stack.enter_context(opened(chromium, url)).page
            page.get_by_role("link", name="Two widths").click()
            expect(page.locator("#map .cell.running").first).to_be_visible()
            os.kill(run.pid, signal.SIGKILL)
            run.wait()
        expect(page.locator("#status")).to_have_text("stopped")
        expect(page.locator("#trouble-summary")).to_contain_text("interrupted")
        expect(page.locator("#left")).to_contain_text("Nobody is training it now")
        with running(folder) as run:
            expect(page.locator("#status")).to_have_text("finished")
            assert end_of(run) == 0
        expect(page.locator("#runs-done")).to_have_text("4 of 4 runs")
        expect(page.locator("#trouble")).to_be_hidden()


def test_a_page_finds_a_restarted_server_again(chromium: Browser, tmp_path: Path) -> None:
    """While the server is away the page says so and keeps what it shows; afterwards it goes on by itself."""
    folder = tmp_path / "tiny"
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = str(probe.getsockname()[1])
    with samples.write(folder) as writer, contextlib.ExitStack() as stack:
        with watching(folder, "--port", port) as (url, _):
            page = stack.enter_context(opened(chromium, url)).page
            expect(page.locator("#runs-done")).to_have_text("0 of 4 runs")
        expect(page.locator("#offline")).to_be_visible()
        expect(page.locator("#runs-done")).to_have_text("0 of 4 runs")
        writer.finish_run(samples.finished(samples.tiny_study()))
        with watching(folder, "--port", port):
            expect(page.locator("#offline")).to_be_hidden()
            expect(page.locator("#runs-done")).to_have_text("1 of 4 runs")


def test_ten_tabs_share_one_connection(chromium: Browser, tmp_path: Path) -> None:
    """A browser has six connections to a server; ten tabs of one study all go on, over one of them."""
    folder = tmp_path / "tiny"
    study = samples.tiny_study()
    with samples.write(folder) as writer, watching(folder) as (url, process), opened(chromium, url) as tab:
        pages = [tab.page, *(tab.page.context.new_page() for _ in range(9))]
        for page in pages[1:]:
            page.goto(url)
        writer.finish_run(samples.finished(study))
        for page in pages:
            expect(page.locator("#runs-done")).to_have_text("1 of 4 runs")
        port = f"{int(url.split(':')[2].strip('/')):04X}"
        table = Path(f"/proc/{process.pid}/net/tcp").read_text(encoding="ascii").splitlines()[1:]
        established = [line for line in table if line.split()[1].endswith(f":{port}") and line.split()[3] == "01"]
        assert 1 <= len(established) <= 6


def test_hostile_strings_are_text(chromium: Browser, tmp_path: Path) -> None:
    """Markup and script in titles, levels, reasons and folder names are shown as they are, and do nothing."""
    bad = "<img src=x onerror=alert(1)><script>alert(2)</script>\"'&amp;"
    study = samples.tiny_study(
        title=bad, factors={bad: {f"{bad}1": {"hidden": [4]}, "plain": {"hidden": [3]}}}, seeds=1
    )
    first, second = (architecture.name for architecture in study.architectures)
    folder = tmp_path / "a<b>&'\"#?%41"
    with samples.write(folder, study) as writer:
        writer.fail_run(dataclasses.replace(samples.failed(study, first), reason=bad))
        writer.finish_run(samples.finished(study, second))
    with watching(tmp_path) as (url, _), opened(chromium, url) as tab:
        page = tab.page
        page.get_by_role("link", name=bad).click()
        expect(page.locator("#title")).to_have_text(bad)
        page.locator("#trouble summary").click()
        expect(page.locator("#trouble-list")).to_contain_text(bad)
        expect(page.locator("#leaders-body")).to_contain_text(f"{bad}1")
        page.locator("#map .cell.failed").click()
        expect(page.locator("#detail-says")).to_contain_text(bad)
        assert page.locator("img").count() == 0
        assert page.locator("script:not([src])").count() == 0
