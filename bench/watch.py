"""What the dashboard costs a run: 300 runs on all cores, alone and with ten pages open on them, in turns.

    python -m bench.watch                # ten listeners, each with a connection of its own
    python -m bench.watch --tabs         # ten tabs of a real browser, all of them visible, on the same cores
    python -m bench.watch --pairs 9

The study is the hardest case for the dashboard, not the usual one: ten architectures x 30 seeds that each take a
fraction of a second, so that several runs end every second. Timed is from the first run's start to the last one's end.
Each pair runs alone and watched, in turns of order; the claim is the median of the ratios. The processor time of the
dashboard (with the processes that judge) bounds what it can take from the run, and scatters less than the ratio.
With --tabs the browser draws on the cores that train: its own processor time is printed, and is not the dashboard's.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from mlpstudy.engine.provenance import cpu_name
from mlpstudy.machine.cores import n_cores

N_PAGES = 10
N_SEEDS = 30
MAX_SLOWDOWN = 0.02
WIDTHS = (64, 80, 96, 112, 128, 144, 160, 176, 192, 208)

STUDY = """
name = "many"
seeds = {seeds}
data = {{ name = "mnist", train_examples = 12000, test_examples = 1000 }}
[training]
epochs = 4
{factors}
"""


@dataclass
class Timing:
    """One arm: seconds of training, processor seconds of the dashboard and of the browser, events a page."""

    training_s: float
    dashboard_cpu_s: float = 0.0
    browser_cpu_s: float = 0.0
    n_events: int = 0


def study_text() -> str:
    """Return the study file."""
    factors = "\n".join(f"[factors.width.{width}]\nhidden = [{width}]" for width in WIDTHS)
    return STUDY.format(seeds=N_SEEDS, factors=factors)


def cpu_s(process: int) -> float:
    """Return the processor time of a process and of its ended children (s)."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def descendants(process: int) -> list[int]:
    """Return a process with its children and theirs."""
    found = [process]
    for parent in found:
        with contextlib.suppress(OSError):
            text = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="utf-8")
            found.extend(int(child) for child in text.split())
    return found


class Listeners:
    """Ten pages that only listen, each over its own connection; a page's work is left out."""

    def __init__(self, url: str) -> None:
        place = urlsplit(url)
        self.n_events = [0] * N_PAGES
        self.sockets = []
        for i in range(N_PAGES):
            one = socket.create_connection((str(place.hostname), int(place.port or 0)))
            one.sendall(f"GET /study/many/events HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode())
            self.sockets.append(one)
            threading.Thread(target=self._listen, args=(i, one), daemon=True).start()

    def _listen(self, i: int, one: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while part := one.recv(1 << 20):
                self.n_events[i] += part.count(b"\nevent: delta\n")

    def close(self) -> float:
        """End; return the processor time of a browser: there is none."""
        for one in self.sockets:
            one.close()
        return 0.0


class Tabs:
    """Ten tabs of headless Chromium, all drawing."""

    def __init__(self, url: str) -> None:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415  # not without --tabs

        self.n_events = [0] * N_PAGES
        self.manager = sync_playwright()
        playwright = self.manager.__enter__()
        self.browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        context = self.browser.new_context(viewport={"width": 1280, "height": 900})
        for _ in range(N_PAGES):
            context.new_page().goto(f"{url}study/many")

    def close(self) -> float:
        """End; return the browser's processor time."""
        spent = sum(cpu_s(p) for p in descendants(os.getpid())[1:] if "chrom" in _name(p))
        self.browser.close()
        self.manager.__exit__(None, None, None)
        return spent


def _name(process: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/comm").read_text(encoding="utf-8")
    return ""


@contextlib.contextmanager
def dashboard(folder: Path) -> Iterator[tuple[str, int]]:
    """Run the dashboard of a folder; give its address and its process."""
    command = [sys.executable, "-m", "mlpstudy", "watch", str(folder), "--json", "--no-browser", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own command
        assert process.stdout is not None  # noqa: S101  # asked for
        try:
            yield json.loads(process.stdout.readline())["url"], process.pid
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)


def train(folder: Path, pages: type[Listeners | Tabs] | None, url: str = "", watcher: int = 0) -> Timing:
    """Train the study; with pages open from its first run to its last."""
    (folder / "many.toml").write_text(study_text(), encoding="utf-8")
    command = [sys.executable, "-m", "mlpstudy", "run", str(folder / "many.toml"), "--json", "--no-figures"]
    command += ["--out", str(folder / "many")]
    opened: Listeners | Tabs | None = None
    start = end = before_s = after_s = 0.0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as run:  # noqa: S603
        assert run.stdout is not None  # noqa: S101  # asked for
        for line in run.stdout:
            event = json.loads(line)["event"]
            if event == "run_started" and not start:
                start = time.perf_counter()
                if pages is not None:
                    before_s = cpu_s(watcher)
                    opened = pages(url)
            elif event == "run_finished":
                end = time.perf_counter()
                after_s = cpu_s(watcher) if opened is not None else 0.0
        if run.wait() != 0:
            sys.exit("the run must end well")
    if opened is None:
        return Timing(end - start)
    return Timing(end - start, after_s - before_s, opened.close(), max(opened.n_events))


def arm(pages: type[Listeners | Tabs] | None) -> Timing:
    """Train the study once, in a fresh folder."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if pages is None:
            return train(folder, None)
        with dashboard(folder) as (url, process):
            return train(folder, pages, url, process)


def main() -> None:
    """Measure, print, and fail where the run is slowed down too much."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=5, help="times alone and watched")
    parser.add_argument("--tabs", action="store_true", help="tabs of a real browser instead of listeners")
    options = parser.parse_args()
    pages: type[Listeners | Tabs] = Tabs if options.tabs else Listeners
    what = f"{N_PAGES} {'visible tabs' if options.tabs else 'listeners'}"
    print(f"{cpu_name()}, {n_cores()} cores; {len(WIDTHS) * N_SEEDS} runs, {what}\n")
    print("| pair | alone s | watched s | ratio | dashboard, share of all cores | browser, share | events a page |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    arm(None)  # warms the caches of files
    ratios, shares = [], []
    for pair in range(options.pairs):
        order = (None, pages) if pair % 2 == 0 else (pages, None)
        timings = {each: arm(each) for each in order}
        alone, watched = timings[None], timings[pages]
        ratios.append(watched.training_s / alone.training_s)
        shares.append(watched.dashboard_cpu_s / watched.training_s / n_cores())
        browser = watched.browser_cpu_s / watched.training_s / n_cores()
        print(
            f"| {pair + 1} | {alone.training_s:.2f} | {watched.training_s:.2f} | {ratios[-1]:.3f} | {shares[-1]:.2%} "
            f"| {browser:.1%} | {watched.n_events} |",
            flush=True,
        )
    slowdown, share = statistics.median(ratios) - 1, statistics.median(shares)
    print(
        f"\nSlower by {slowdown:+.2%} (median of {len(ratios)}, from {min(ratios) - 1:+.2%} to {max(ratios) - 1:+.2%});"
    )
    print(f"the dashboard took {share:.2%} of the cores' time. Limit {MAX_SLOWDOWN:.0%}.")
    if not options.tabs and share > MAX_SLOWDOWN:
        sys.exit("the limit is exceeded")


if __name__ == "__main__":
    main()
