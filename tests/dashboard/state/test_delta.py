"""Changes between states: what a page adds up is what there is."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dashboard.pages import applied
from dashboard.state.test_study_state import FACTS, STUDY, WRITER
from javascript.node import evaluated
from mlpstudy.dashboard.state.delta import delta, whole
from mlpstudy.dashboard.state.shown import StudyState
from mlpstudy.dashboard.state.study_state import RunCurve, study_state
from mlpstudy.evidence.plain import Plain
from store import samples

PLACES = [(a, s) for a in ("4", "3") for s in (0, 1)]


@st.composite
def states(draw: st.DrawFn) -> StudyState:
    """Return any state of the tiny study."""
    records, curves = [], {}
    for architecture, seed in PLACES:
        status = draw(st.sampled_from(["none", "running", "finished", "diverged", "failed"]))
        n_done = draw(st.integers(0, 3))
        if status == "none":
            continue
        record = samples.record(STUDY, architecture, seed, n_epochs_done=n_done)
        if status == "finished":
            record = samples.finished(STUDY, architecture, seed).record
        elif status == "diverged":
            record = samples.diverged(STUDY, architecture, seed).record
        elif status == "failed":
            record = samples.failed(STUDY, architecture, seed)
        records.append(record)
        pace = draw(st.sampled_from([0.5, 0.25]))
        curves[record.run_id] = RunCurve.of([replace(e, train_loss=pace) for e in samples.epochs(n_done)])
    state = study_state(FACTS, records, curves, draw(st.sampled_from([WRITER, None])))
    verdicts: list[Plain] = [None, {"sentence": "a"}, {"sentence": "b"}]
    return replace(state, verdict=draw(st.sampled_from(verdicts)))


@given(states(), states())
def test_a_change_leads_from_any_state_to_any_other(old: StudyState, new: StudyState) -> None:
    """Applying the change to the old state gives the new one, through JSON."""
    sent = json.loads(json.dumps(delta(old, new)))
    assert applied(json.loads(json.dumps(whole(old))), sent) == json.loads(json.dumps(whole(new)))


@settings(max_examples=3, phases=[Phase.generate])  # each example starts Node.js: a hundred to shrink one take long
@given(st.lists(st.tuples(states(), states()), min_size=8, max_size=8))
def test_a_page_applies_changes_so(pairs: list[tuple[StudyState, StudyState]]) -> None:
    """The page's own script makes the new state of the old one and the change."""
    sent = [[whole(old), delta(old, new)] for old, new in pairs]
    apply_all = "given.map(([state, change]) => exported.apply(state, change))"
    assert evaluated("mlpstudy.dashboard", "model.js", apply_all, sent) == json.loads(
        json.dumps([whole(new) for _, new in pairs])
    )


@given(states())
def test_no_change_is_nothing(state: StudyState) -> None:
    """Equal states differ in nothing."""
    assert delta(state, replace(state)) == {}


def test_an_epoch_is_a_small_change() -> None:
    """A new epoch sends its own numbers, not the study's."""
    record = samples.record(STUDY, n_epochs_done=2)
    later = replace(record, n_epochs_done=3)
    states = [
        study_state(FACTS, [r], {r.run_id: RunCurve.of(samples.epochs(r.n_epochs_done))}, WRITER)
        for r in (record, later)
    ]
    change = delta(*states)
    assert change["curves"] == {record.run_id: [2, [[0.66667, 0.3, 0.83333, 0.27]]]}
    assert set(change["head"]) == {"progress"}  # type: ignore[arg-type]  # JSON
    assert set(change) == {"head", "runs", "curves"}
