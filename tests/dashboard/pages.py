"""What a page does: applies changes, reads a stream, asks over HTTP."""

from __future__ import annotations

import contextlib
import copy
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from patience import PATIENCE_S, end_of

Json = dict[str, Any]


def applied(state: Json, delta: Json) -> Json:
    """Return a state after a change, by the rules of model.js, from which it is written anew."""
    new = copy.deepcopy(state)
    new["head"] |= delta.get("head", {})
    for run_id in delta.get("gone", []):
        new["runs"].pop(run_id)
        new["curves"].pop(run_id, None)
    new["runs"] |= delta.get("runs", {})
    for run_id, (n_kept, points) in delta.get("curves", {}).items():
        curve = new["curves"].get(run_id, [])[:n_kept] + points
        new["curves"].pop(run_id, None)
        if curve:
            new["curves"][run_id] = curve
    if "verdict" in delta:
        new["verdict"] = delta["verdict"]
    if "judging" in delta:
        new["judging"] = delta["judging"]
    return new


def parsed(text: str) -> Json:
    """Return a server-sent event as its fields, the data decoded."""
    fields: Json = {}
    for line in text.strip("\n").split("\n"):
        name, _, value = line.partition(": ")
        assert name not in fields, text
        fields[name] = value
    if "data" in fields:
        fields["data"] = json.loads(fields["data"])
    return fields


def events(lines: Iterator[str]) -> Iterator[Json]:
    """Yield the events of a stream of lines, the reconnection time left out."""
    block: list[str] = []
    for line in lines:
        if line:
            block.append(line)
        elif block:
            fields = parsed("\n".join(block))
            block.clear()
            if "event" in fields:
                yield fields


@contextlib.contextmanager
def watching(folder: Path, *arguments: str, before: str = "") -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run ``mlpstudy watch`` on a folder, in a process of its own; give its address and the process.

    ``before`` is what the process does first: code that changes what it will find.
    """
    main = ["-c", f"{before}\nfrom mlpstudy.cli import main\nmain()"] if before else ["-m", "mlpstudy"]
    command = [sys.executable, *main, "watch", str(folder), "--json", "--no-browser", *arguments]
    if "--port" not in arguments:
        command += ["--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        line = process.stdout.readline()
        assert line, process.stderr.read()
        yield json.loads(line)["url"], process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            end_of(process)
        process.stdout.close()
        process.stderr.close()


@contextlib.contextmanager
def listening(url: str, **headers: str) -> Iterator[Iterator[Json]]:
    """Listen to a stream of a running server."""
    with httpx.stream("GET", url, headers=headers, timeout=PATIENCE_S, trust_env=False) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield events(answer.iter_lines())
