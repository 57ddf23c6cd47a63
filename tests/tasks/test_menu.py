"""What a study declares must fit its task."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mlpstudy.errors import StudyError
from mlpstudy.study import Study
from mlpstudy.tasks.menu import TASKS
from mlpstudy.tasks.metrics.accuracy import ACCURACY


@pytest.mark.parametrize(
    ("declared", "line"),
    [
        ({"judging": {"metric": "log loss"}}, "judging.metric must be 'accuracy' for classification, got log loss"),
        (
            {"baselines": ["majority class", "logistic regression"]},
            r"baselines\[1\] must be 'majority class' for classification, got logistic regression",
        ),
    ],
)
def test_what_another_task_has_is_refused(
    declared: dict[str, object], line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A metric or a baseline that some task has, but not the study's, is refused with those that fit."""
    few = replace(TASKS["classification"], metrics={"accuracy": ACCURACY}, baselines=("majority class",))
    monkeypatch.setitem(TASKS, "another", TASKS["classification"])
    monkeypatch.setitem(TASKS, "classification", few)
    with pytest.raises(StudyError, match=line):
        Study(name="s", data="digits", factors={"width": {"8": {"hidden": [8]}}}, **declared)
