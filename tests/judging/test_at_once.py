"""How many runs were trained at once: for the time that more seeds take."""

from __future__ import annotations

import pytest

from mlpstudy.judging.at_once import runs_at_once
from mlpstudy.records import Provenance, RunRecord


def ran(start_s: int, wall_s: float, n_cores: int = 8) -> RunRecord:
    """Return the record of a run that started so many seconds after noon."""
    at = f"2026-01-01T{12 + start_s // 3600:02d}:{start_s // 60 % 60:02d}:{start_s % 60:02d}+00:00"
    origin = Provenance("", "", "", "", "", "", "", "", n_cores)
    return RunRecord("r", "a", 0, "finished", None, 1, None, 0.1, 0.9, 1, 1, wall_s, at, origin)


@pytest.mark.parametrize("n", [1, 3, 8])
@pytest.mark.parametrize("wall_s", [2.5, 60.0])
def test_runs_side_by_side(n: int, wall_s: float) -> None:
    """As many as were given threads, whatever the machine has; also where the seconds of their starts are cut off."""
    records = [ran(int(wave * (wall_s + 0.01)), wall_s) for wave in range(20) for _ in range(n)]
    assert runs_at_once(records) == n


def test_a_break_between_sessions_changes_nothing() -> None:
    """Two at once today, two at once an hour later."""
    assert runs_at_once([ran(begin + 10 * i, 10.0) for begin in (0, 3600) for i in range(9) for _ in range(2)]) == 2


def test_runs_too_short_to_tell_count_as_one_a_core() -> None:
    """Their starts are known to the second alone; without any run there is one."""
    assert runs_at_once([ran(i // 4, 0.25) for i in range(100)]) == 8
    assert runs_at_once([]) == 1


def test_no_more_than_one_a_core() -> None:
    """A folder that claims more than its machine had tells nothing."""
    assert runs_at_once([ran(0, 10.0, n_cores=2) for _ in range(50)]) == 2
