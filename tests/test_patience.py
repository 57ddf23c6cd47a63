"""No test hangs on the speed of a machine: no limits of its own, no assertion about time, no health check of time."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

TESTS = Path(__file__).parent
CLOCKS = {"monotonic", "perf_counter", "process_time", "time_ns", "perf_counter_ns"}
WAITS = {"wait", "join", "timeout", "set_default_timeout"}
"""Methods whose first argument is a time limit, where it is a number; that of ``asyncio.wait_for`` is the second."""


def faults(source: str) -> Iterator[str]:
    """Yield what in a test's source hangs on the machine: where, and what it is."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assert) and _reads_a_clock(node):
            yield f"line {node.lineno}: an assertion about time"
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func).rpartition(".")[2]
        limits = [keyword.value for keyword in node.keywords if keyword.arg == "timeout"]
        limits += node.args[:1] if name in WAITS else node.args[1:2] if name == "wait_for" else []
        if any(isinstance(limit, ast.Constant) and isinstance(limit.value, int | float) for limit in limits):
            yield f"line {node.lineno}: a time limit of its own instead of patience.PATIENCE_S"
        if name == "settings" and {"deadline", "suppress_health_check"} & {k.arg for k in node.keywords}:
            yield from _own_health_checks(node)


def _reads_a_clock(node: ast.AST) -> bool:
    return any(isinstance(inner, ast.Attribute) and inner.attr in CLOCKS for inner in ast.walk(node))


def _own_health_checks(node: ast.Call) -> Iterator[str]:
    """Settings of Hypothesis about time stand in conftest.py alone; what replaces its list must hold them too."""
    for keyword in node.keywords:
        text = ast.unparse(keyword.value)
        if keyword.arg == "deadline" and text != "None":
            yield f"line {node.lineno}: a deadline"
        if keyword.arg == "suppress_health_check" and "too_slow" not in text:
            yield f"line {node.lineno}: a list of health checks without too_slow"


@pytest.mark.parametrize("path", sorted(TESTS.rglob("*.py")), ids=lambda path: str(path.relative_to(TESTS)))
def test_no_test_hangs_on_the_machine(path: Path) -> None:
    """Every test waits with the same patience and asserts nothing about time."""
    if path.name in {"patience.py", "conftest.py"} and path.parent == TESTS:
        return
    assert list(faults(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        "assert time.monotonic() - start < 60",
        "process.wait(20)",
        "process.wait(timeout=60)",
        "asyncio.wait_for(task, 5)",
        "httpx.get(url, timeout=0.5)",
        "settings(deadline=200)",
        "settings(suppress_health_check=[HealthCheck.function_scoped_fixture])",
    ],
)
def test_the_search_finds_them(source: str) -> None:
    """Each kind is found."""
    assert list(faults(source))


@given(example=st.none())
def test_the_profile_is_in_force(example: None) -> None:
    """Examples may take any time to make and to run."""
    assert example is None
    assert settings().deadline is None
    assert HealthCheck.too_slow in settings().suppress_health_check
