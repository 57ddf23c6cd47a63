"""What changed between two states of a study: what is sent to the pages that know the earlier one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpstudy.evidence.plain import Plain, plain

if TYPE_CHECKING:
    from mlpstudy.dashboard.state.shown import Point, StudyState


def whole(state: StudyState) -> dict[str, Plain]:
    """Return a state as JSON values: ``head``, ``runs`` and ``curves`` by run id, ``verdict``, ``judging``."""
    return {
        "head": plain(state.head),
        "runs": plain(state.runs),
        "curves": plain(state.curves),
        "verdict": state.verdict,
        "judging": plain(state.judging),
    }


def delta(old: StudyState, new: StudyState) -> dict[str, Plain]:
    """Return what leads from one state to the next, empty where nothing changed.

    ``head`` holds the fields that changed; ``runs`` the runs that are new or changed; ``gone`` the runs that are no
    more; ``curves``, by run id, ``[n, points]``: keep the first n points, then append these; ``verdict`` the new
    one; ``judging`` whether that is of these runs.
    """
    found: dict[str, Plain] = {}
    if new.head != old.head:
        before, after = _fields(old.head), _fields(new.head)
        found["head"] = {name: value for name, value in after.items() if value != before[name]}
    runs = {run_id: plain(run) for run_id, run in new.runs.items() if old.runs.get(run_id) != run}
    if runs:
        found["runs"] = runs
    gone = [run_id for run_id in old.runs if run_id not in new.runs]
    if gone:
        found["gone"] = plain(gone)
    curves = _curves(old, new)
    if curves:
        found["curves"] = curves
    if new.verdict != old.verdict:
        found["verdict"] = new.verdict
    if new.judging != old.judging:
        found["judging"] = plain(new.judging)
    return found


def _fields(head: object) -> dict[str, Plain]:
    """Return the head's fields as JSON values."""
    values = plain(head)
    assert isinstance(values, dict)  # noqa: S101  # a dataclass becomes an object
    return values


def _curves(old: StudyState, new: StudyState) -> dict[str, Plain]:
    """Return how many points of each changed curve stay, and those that follow."""
    found: dict[str, Plain] = {}
    for run_id, points in new.curves.items():
        before = old.curves.get(run_id, ())
        if points is not before and points != before:
            n_same = _n_same(before, points)
            found[run_id] = [n_same, plain(points[n_same:])]
    for run_id in old.curves:
        if run_id not in new.curves and run_id in new.runs:
            found[run_id] = [0, []]
    return found


def _n_same(old: tuple[Point, ...], new: tuple[Point, ...]) -> int:
    """Return how many points two curves begin with alike."""
    n = 0
    for before, after in zip(old, new, strict=False):
        if before != after:
            break
        n += 1
    return n
