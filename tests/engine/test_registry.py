"""The menu of engines."""

from __future__ import annotations

import pytest

import mlpstudy
from mlpstudy.engine import ENGINE_NAMES, get_engine


@pytest.mark.parametrize("name", ENGINE_NAMES)
def test_every_engine_is_got_by_its_name_and_told_of_to_callers(name: str) -> None:
    """A name leads to the engine that calls itself so, and stands in the help of ``mlpstudy.run``."""
    assert get_engine(name).name == name
    assert f'``"{name}"``' in str(mlpstudy.run.__doc__)
