"""Every engine, for the tests of what each of them promises."""

from __future__ import annotations

import pytest

from helpers import ENGINES, engine_named
from mlpstudy.engine.interface import Engine


@pytest.fixture(name="engine", params=ENGINES)
def _engine(request: pytest.FixtureRequest) -> Engine:
    """Return each engine."""
    return engine_named(request.param)
