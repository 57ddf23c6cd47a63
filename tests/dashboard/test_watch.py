"""``mlpstudy watch`` as a process: streams, reconnection, limits, ports, its end."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from pkgutil import walk_packages
from urllib.parse import urlsplit

import httpx
import pytest
from typer.testing import CliRunner

from dashboard.pages import Json, applied, listening, watching
from mlpstudy import dashboard
from mlpstudy.cli.app import app
from mlpstudy.dashboard.following.hub import MAX_STREAMS
from patience import PATIENCE_S, end_of, tries
from store import samples

STUDY = samples.tiny_study()


def until(stream: Iterator[Json], state: Json | None, status: str) -> Json:
    """Follow a study until it has a status; return its state."""
    for event in stream:
        if event["event"] == "state":
            state = event["data"]
        elif event["event"] == "delta":
            assert state is not None
            state = applied(state, event["data"])
        if state is not None and state["head"]["status"] == status:
            return state
    pytest.fail("the stream ended")


def test_a_study_is_followed_to_its_end(tmp_path: Path) -> None:
    """A page hears of every epoch and every end, and what it adds up is what the store holds."""
    folder = tmp_path / "tiny"
    with samples.write(folder) as writer, watching(folder) as (url, _), listening(f"{url}study/tiny/events") as stream:
        first = next(stream)
        assert (first["event"], first["data"]["head"]["status"], first["data"]["runs"]) == ("state", "running", {})
        state = first["data"]
        run = samples.record(STUDY)
        writer.begin_run(run)
        for n in (1, 2, 3):
            writer.add_epoch(run.run_id, samples.epoch(n))
        while len(state["curves"].get(run.run_id, [])) < 3:
            event = next(stream)
            assert event["event"] == "delta"
            state = applied(state, event["data"])
        for architecture in ("4", "3"):
            for seed in (0, 1):
                writer.finish_run(samples.finished(STUDY, architecture, seed))
        state = until(stream, state, "finished")
        assert {r["status"] for r in state["runs"].values()} == {"finished"}
        while state["verdict"] is None:
            event = next(stream)
            if event["event"] == "delta":
                state = applied(state, event["data"])
        assert state["verdict"]["n_runs"] == 4
        assert not state["verdict"]["is_provisional"]
        with listening(f"{url}study/tiny/events") as other:
            assert next(other)["data"] == state


def test_a_page_goes_on_where_it_was(tmp_path: Path) -> None:
    """With Last-Event-ID a page gets what it missed; after a restart of the server it gets everything."""
    folder = tmp_path / "tiny"
    with samples.write(folder) as writer:
        with watching(folder) as (url, _), listening(f"{url}study/tiny/events") as keeper:
            seen = next(keeper)
            writer.begin_run(samples.record(STUDY))
            next(keeper)
            with listening(f"{url}study/tiny/events", **{"last-event-id": seen["id"]}) as stream:
                assert next(stream)["event"] == "delta"
        with (
            watching(folder) as (url, _),
            listening(f"{url}study/tiny/events", **{"last-event-id": seen["id"]}) as stream,
        ):
            assert next(stream)["event"] == "state"


def test_a_folder_of_studies_is_listed(tmp_path: Path) -> None:
    """The list names each study, with its progress; a study that comes later appears by itself."""
    samples.fill(tmp_path / "a", [samples.finished(STUDY)])
    with watching(tmp_path) as (url, _), listening(f"{url}events") as stream:
        assert [(s["key"], s["n_done"]) for s in next(stream)["data"]] == [("a", 1)]
        samples.fill(tmp_path / "b", [])
        assert {s["key"] for s in next(stream)["data"]} == {"a", "b"}


def test_a_study_that_goes_is_a_problem_that_can_pass(tmp_path: Path) -> None:
    """Where the folder vanishes the page says so, and goes on when it is back."""
    folder = tmp_path / "tiny"
    samples.fill(folder, [samples.finished(STUDY)])
    with watching(tmp_path) as (url, _), listening(f"{url}study/tiny/events") as stream:
        assert next(stream)["event"] == "state"
        shutil.move(folder, tmp_path / ".away")
        event = next(e for e in stream if e["event"] == "problem")
        assert "must hold a study" in event["data"]["problem"]
        shutil.move(tmp_path / ".away", folder)
        assert next(e for e in stream if e["event"] == "state")["data"]["head"]["progress"]["n_finished"] == 1


def test_a_fast_run_makes_few_events(tmp_path: Path) -> None:
    """Many epochs come in one event, and none is lost by that."""
    folder = tmp_path / "tiny"
    study = samples.tiny_study(training={"epochs": 400})
    with samples.write(folder, study) as writer, watching(folder) as (url, _):
        run = samples.record(study)
        writer.begin_run(run)
        with listening(f"{url}study/tiny/events") as stream:
            state, n_events = next(stream)["data"], 0
            for n in range(1, 401):
                writer.add_epoch(run.run_id, samples.epoch(n))
            while len(state["curves"].get(run.run_id, [])) < 400:
                state = applied(state, next(stream)["data"])
                n_events += 1
    assert n_events < 200


def test_as_many_pages_as_may_listen(tmp_path: Path) -> None:
    """Beyond the limit a page is told to come back later; the server goes on."""
    samples.fill(tmp_path / "tiny", [])
    with watching(tmp_path / "tiny") as (url, _):
        place = urlsplit(url)
        held = []
        try:
            for _ in range(MAX_STREAMS):
                one = socket.create_connection((str(place.hostname), int(place.port or 0)))
                one.sendall(f"GET /study/tiny/events HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode())
                assert one.recv(12) == b"HTTP/1.1 200"
                held.append(one)
            answer = httpx.get(f"{url}study/tiny/events", trust_env=False)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
            assert httpx.get(f"{url}study/tiny", trust_env=False).status_code == 200
        finally:
            for one in held:
                one.close()


@pytest.mark.parametrize(
    "target", ["/study/..", "/study/../../etc/passwd", "/files/../study.db", "//study/tiny", "/study/tiny\\..", "/%"]
)
def test_paths_lead_nowhere(tmp_path: Path, target: str) -> None:
    """Paths as no browser sends them are looked up like any other: there is nothing."""
    samples.fill(tmp_path / "tiny", [])
    with watching(tmp_path / "tiny") as (url, _):
        place = urlsplit(url)
        with socket.create_connection((str(place.hostname), int(place.port or 0)), timeout=PATIENCE_S) as one:
            one.sendall(f"GET {target} HTTP/1.1\r\nHost: {place.netloc}\r\nConnection: close\r\n\r\n".encode())
            answer = b""
            while part := one.recv(4096):
                answer += part
    assert answer.startswith((b"HTTP/1.1 404", b"HTTP/1.1 400")), answer


def test_ctrl_c_is_a_normal_end(tmp_path: Path) -> None:
    """Ctrl-C ends the server with exit code 0 and without a word, also while pages listen and a study is judged."""
    samples.fill(tmp_path / "tiny", [samples.finished(STUDY), samples.finished(STUDY, "3")])
    with watching(tmp_path / "tiny") as (url, process), listening(f"{url}study/tiny/events") as stream:
        next(stream)
        process.send_signal(signal.SIGINT)
        assert end_of(process) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_a_port_that_is_taken_is_one_line(tmp_path: Path) -> None:
    """A port of somebody else's is refused; without one, the next free one is taken."""
    samples.fill(tmp_path / "tiny", [])
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(app, ["watch", str(tmp_path / "tiny"), "--port", port])
    assert result.exit_code == 1
    expected = f"mlpstudy: port {port} must be free, got another program on it, fix: --port 0 for any free one"
    assert result.stderr.splitlines() == [expected]


def test_no_folder_is_one_line(tmp_path: Path) -> None:
    """A folder that is not there is one line, before anything listens."""
    result = CliRunner().invoke(app, ["watch", str(tmp_path / "none")])
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert "must be there to be watched" in result.stderr


def test_other_machines_need_the_token(tmp_path: Path) -> None:
    """On all interfaces the address holds a token, without which nothing is shown."""
    samples.fill(tmp_path / "tiny", [])
    with watching(tmp_path / "tiny", "--host", "0.0.0.0") as (url, _):  # noqa: S104  # what is tested
        token = urlsplit(url).query.removeprefix("token=")
        assert len(token) == 43
        local = f"http://127.0.0.1:{urlsplit(url).port}/"
        assert httpx.get(local, trust_env=False).status_code == 403
        with httpx.Client(trust_env=False, follow_redirects=True) as browser:
            answer = browser.get(f"{local}?token={token}")
            assert (answer.status_code, str(answer.url)) == (200, f"{local}study/tiny")
            assert browser.get(f"{local}files/study.js").status_code == 200


SMALL = """
name = "small"
data = { name = "mnist", train_examples = 320, test_examples = 64 }
[training]
epochs = 2
[factors.width.8]
hidden = [8]
[factors.width.9]
hidden = [9]
"""


def test_a_run_may_have_its_dashboard(tmp_path: Path) -> None:
    """``run --watch`` says where; the run's exit code is its own, and the dashboard ends when no page is open."""
    (tmp_path / "small.toml").write_text(SMALL, encoding="utf-8")
    command = [sys.executable, "-m", "mlpstudy", "run", "small.toml", "--watch", "--json", "--no-figures"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        told = json.loads(run.stdout.readline())
        assert told["event"] == "watching"
        with listening(f"{told['url']}study/small/events") as stream:
            assert until(stream, None, "finished")["head"]["progress"]["n_finished"] == 2
            run.stdout.read()
            assert end_of(run) == 0
            # The page is still open, so the dashboard is still there.
            assert httpx.get(told["url"], trust_env=False, follow_redirects=True).status_code == 200
    for _ in tries(pause_s=0.5):
        try:
            httpx.get(told["url"], trust_env=False)
        except httpx.TransportError:
            return


def test_no_engine_is_imported() -> None:
    """Watching and judging need neither engine nor data: nothing of theirs is even loaded."""
    found = walk_packages(dashboard.__path__, "mlpstudy.dashboard.")
    names = [module.name for module in found]
    assert "mlpstudy.dashboard.judging.process" in names
    code = f"import sys, mlpstudy.judging.folder, {', '.join(names)}\n"
    code += "from mlpstudy.dashboard.serving.pages import page_files, study_page\n"
    code += "page_files(), study_page('a', has_list=True)\n"
    code += (
        "print([n for n in sys.modules if n.startswith(('mlpstudy.engine', 'mlpstudy.datasets', 'torch', 'altair'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
