"""Every test that asks for ``instruction_set`` runs once for each that this machine has."""

from __future__ import annotations

import pytest

from oracle.pair import INSTRUCTION_SETS


@pytest.fixture(params=INSTRUCTION_SETS)
def instruction_set(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Force an instruction set for the networks that the test makes."""
    name = str(request.param)
    monkeypatch.setenv("MLPSTUDY_INSTRUCTION_SET", name)
    return name
