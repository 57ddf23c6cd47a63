"""The menu of engines."""

from __future__ import annotations

import pytest

import mlpstudy
from mlpstudy import engine
from mlpstudy.engine import ENGINE_NAMES, get_engine


@pytest.mark.parametrize("name", ENGINE_NAMES)
def test_every_engine_is_got_by_its_name_and_told_of_to_callers(name: str) -> None:
    """A name leads to the engine that calls itself so, and stands in the help of ``mlpstudy.run``."""
    assert get_engine(name).name == name
    assert f'``"{name}"``' in str(mlpstudy.run.__doc__)


def test_every_public_name_can_be_had() -> None:
    """What ``mlpstudy.engine`` offers is imported when it is asked for; what it does not have is an error."""
    assert all(hasattr(engine, name) for name in engine.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = engine.nothing
