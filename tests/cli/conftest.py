"""What tests of commands share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mlpstudy.cli.printing import terminal


@pytest.fixture(name="wide")
def _wide(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Print for a terminal of 160 columns."""
    monkeypatch.setenv("COLUMNS", "160")
    terminal.console.cache_clear()
    yield
    terminal.console.cache_clear()
