"""The page of promises names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reliability.md"
NAMED = re.compile(r"`(?:python )?(tests/[\w/]+\.py)(?:::(\w+))?[^`]*`")


def test_every_promise_has_a_test() -> None:
    """Every line of the tables names a test, and every file and function that is named is there."""
    text = PAGE.read_text(encoding="utf-8")
    promises = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| promise")]
    assert len(promises) >= 25
    for line in promises:
        assert NAMED.search(line), line
    for file, function in NAMED.findall(text):
        source = (ROOT / file).read_text(encoding="utf-8")
        assert not function or f"def {function}(" in source, f"{file}::{function}"
