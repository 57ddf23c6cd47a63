"""The verdict beside a page: of which runs it is, its bounds, and what is said where there is none."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.state.test_study_state import FACTS, WRITER
from dashboard.test_background import no_thread
from mlpstudy.dashboard.judging import judge as module
from mlpstudy.dashboard.judging import judged as process
from mlpstudy.dashboard.judging.judge import Judge
from mlpstudy.dashboard.judging.judged import Judged, judged
from mlpstudy.dashboard.state.shown import JudgingState, StudyState
from mlpstudy.dashboard.state.study_state import RunCurve, study_state
from mlpstudy.dashboard.state.verdict import runs_key
from mlpstudy.records import RunRecord
from mlpstudy.store import Store
from store import samples

STUDY = FACTS.study
RUNS = [samples.finished(STUDY, a, s).record for s in (0, 1) for a in ("4", "3")]


def state(records: Sequence[RunRecord], writer: str | None = None) -> StudyState:
    """Return the state of a study with these runs."""
    return study_state(FACTS, records, {r.run_id: RunCurve.of(()) for r in records}, writer)


class Asked:
    """A judge whose judgements are made up: what comes of each, in turn."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: Judged) -> None:
        self.n_asked = 0
        self.answers = list(answers)
        self.judge = Judge(Path(), asyncio.Lock())
        monkeypatch.setattr(module, "judged", self.answer)

    async def answer(self, _: Path) -> Judged:
        """Return the next answer."""
        self.n_asked += 1
        return self.answers.pop(0)

    async def settled(self, of: StudyState) -> StudyState:
        """Let the judge consider a state until nothing of it is under way; return what it says."""
        self.judge.consider(of)
        while self.judge._task is not None:
            await asyncio.sleep(0)
            self.judge.consider(of)
        return self.judge.said_of(of)


def verdict_of(of: StudyState, name: str) -> Judged:
    """Return a judgement of a state's runs."""
    return Judged(name, of.key, None, 0.1)


def test_a_verdict_is_present_for_the_runs_that_it_is_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """A verdict of fewer runs is marked as older from the moment a page shows more, until the next one is there."""
    first, second = state(RUNS[:2]), state(RUNS)
    asked = Asked(monkeypatch, verdict_of(first, "first"), verdict_of(second, "second"))

    async def main() -> None:
        assert asked.judge.said_of(first).judging == JudgingState(is_present=False)
        said = await asked.settled(first)
        assert (said.verdict, said.judging.is_present) == ("first", True)
        said = asked.judge.said_of(second)
        assert (said.verdict, said.judging.is_present) == ("first", False)
        said = await asked.settled(second)
        assert (said.verdict, said.judging.is_present) == ("second", True)
        await asked.settled(second)
        assert asked.n_asked == 2

    asyncio.run(main())


@pytest.mark.parametrize("comes_to", [Judged("before", "key", None, 0.1), Judged(problem="too large")])
@pytest.mark.parametrize(
    "others",
    [
        [],
        RUNS[:1],
        RUNS[1:],
        [replace(run, started_at="2026-02-02T00:00:00+00:00") for run in RUNS[:3]],
        [replace(run, run_id=f"{i:016x}") for i, run in enumerate(RUNS[:3])],
    ],
)
def test_a_verdict_of_runs_that_are_gone_is_forgotten(
    monkeypatch: pytest.MonkeyPatch, others: Sequence[RunRecord], comes_to: Judged
) -> None:
    """A folder that was begun anew, or holds another study by now, says nothing of what was there before."""
    long, others = ([replace(run, wall_s=1e4) for run in runs] for runs in (RUNS[:2], others))
    asked = Asked(monkeypatch, comes_to)

    async def main() -> None:
        said = await asked.settled(state(long, WRITER))
        assert (said.verdict, said.judging.problem) == (comes_to.verdict, comes_to.problem)
        said = await asked.settled(state(others, WRITER))
        assert (said.verdict, said.judging) == (None, JudgingState())

    asyncio.run(main())


def test_a_verdict_of_later_runs_waits_for_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """A verdict that knows a run which the page does not show yet is not shown as its own, nor made again for it."""
    before, after = state(RUNS[:3]), state(RUNS)
    asked = Asked(monkeypatch, verdict_of(after, "later"))

    async def main() -> None:
        assert not (await asked.settled(before)).judging.is_present
        assert (await asked.settled(after)).judging.is_present
        assert asked.n_asked == 1

    asyncio.run(main())


@pytest.mark.parametrize(
    "others",
    [
        RUNS[:3],
        [*RUNS[:3], samples.diverged(STUDY, "3", 1).record],
        [*RUNS[:3], replace(RUNS[3], started_at="2026-02-02T00:00:00+00:00")],
    ],
)
def test_other_runs_are_another_key(others: Sequence[RunRecord]) -> None:
    """As many runs are not the same runs: one that diverged, or was trained anew, makes another verdict."""
    assert runs_key(RUNS, 2) == runs_key(RUNS[::-1], 2) == state(RUNS).key
    assert len({runs_key(RUNS, 2), runs_key(RUNS, 3), runs_key(others, 2)}) == 3


def test_runs_that_have_not_ended_are_no_part_of_a_verdict() -> None:
    """A run that is being trained, or failed, changes no verdict."""
    assert runs_key([*RUNS[:2], samples.record(STUDY, "4", 1), samples.failed(STUDY, "3", 1)], 2) == runs_key(
        RUNS[:2], 2
    )


def test_a_judgement_that_comes_to_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The verdict before stays an older one; the reason stands beside it, and the same runs are not tried again."""
    first, second = state(RUNS[:2]), state(RUNS)
    asked = Asked(monkeypatch, verdict_of(first, "first"), Judged(problem="too large", cpu_s=300.0))

    async def main() -> None:
        await asked.settled(first)
        said = await asked.settled(second)
        assert (said.verdict, said.judging) == ("first", JudgingState(is_present=False, problem="too large"))
        await asked.settled(second)
        assert asked.n_asked == 2

    asyncio.run(main())


def test_a_judgement_that_could_not_begin_is_tried_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not at every look, and not never."""
    shown = state(RUNS)
    asked = Asked(monkeypatch, Judged(problem="no process", has_begun=False), verdict_of(shown, "all"))
    now = [1000.0]
    monkeypatch.setattr("mlpstudy.dashboard.judging.judge.time.monotonic", lambda: now[0])

    async def main() -> None:
        for _ in range(3):
            assert (await asked.settled(shown)).judging.problem == "no process"
        assert asked.n_asked == 1
        now[0] += module.RETRY_S
        assert (await asked.settled(shown)).judging == JudgingState(is_present=True)

    asyncio.run(main())


def test_a_running_study_is_judged_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """While it trains, a run that ends makes the verdict an older one, which waits for its turn."""
    long = [replace(run, wall_s=1e4) for run in RUNS]
    first, second = state(long[:2], WRITER), state(long[:3], WRITER)
    asked = Asked(monkeypatch, verdict_of(first, "first"))

    async def main() -> None:
        assert (await asked.settled(first)).judging.is_present
        assert not (await asked.settled(second)).judging.is_present
        assert asked.n_asked == 1

    asyncio.run(main())


def test_one_study_is_judged_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many studies pages are open on, one process judges; those that were left meanwhile are passed over."""
    at_work: list[int] = []
    most: list[int] = []

    async def slow(_: Path) -> Judged:
        at_work.append(1)
        most.append(len(at_work))
        try:
            await asyncio.sleep(0.01)
        finally:
            at_work.pop()
        return verdict_of(state(RUNS), "all")

    async def main() -> None:
        turn = asyncio.Lock()
        judges = [Judge(Path(), turn) for _ in range(5)]
        for judge in judges:
            judge.consider(state(RUNS))
        await asyncio.sleep(0)
        for judge in judges[:2]:
            judge.stop()
        for judge in judges[2:]:
            while not judge.said_of(state(RUNS)).judging.is_present:
                await asyncio.sleep(0.01)
                judge.consider(state(RUNS))

    monkeypatch.setattr(module, "judged", slow)
    asyncio.run(main())
    assert max(most) == 1


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a study with two runs."""
    samples.fill(tmp_path / "tiny", [samples.finished(STUDY), samples.finished(STUDY, "3")])
    return tmp_path / "tiny"


def judging_with(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Let the judging process do something else first: ``judge`` stands for its work, ``j`` for its module."""
    modules = (
        "import sys, os, signal\nimport mlpstudy.judging.folder as m\nimport mlpstudy.dashboard.judging.process as j"
    )
    start = f"{modules}\n{code}\n"
    monkeypatch.setattr(
        process, "command", lambda path: [sys.executable, "-c", f"{start}sys.argv = ['', {str(path)!r}]\nj.main()"]
    )


def test_the_judge_says_of_which_runs_its_verdict_is(folder: Path) -> None:
    """The verdict comes with the key of the runs in the folder, which is that of the page."""
    done = asyncio.run(judged(folder))
    with Store.open(folder) as store:
        assert done.key == runs_key(store.runs(), STUDY.seeds)
    assert (done.problem, done.has_begun) == (None, True)
    assert isinstance(done.verdict, dict)
    assert done.verdict["n_runs"] == 2


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        (
            "j.MAX_BYTES = 2**26\nm.judge_store = lambda _: bytearray(2**30)",
            "judging takes more than 0.1 GiB of memory",
        ),
        ("j.MAX_CPU_S = 1\ndef endless(_):\n  while True: pass\nm.judge_store = endless", "of processor time"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "judging was ended, as where memory runs out"),
        ("sys.exit(3)", "judging ended early, with exit code 3"),
        ("def wrong(_): raise KeyError('a\\nb')\nm.judge_store = wrong", "KeyError"),
    ],
)
def test_judging_has_bounds(folder: Path, monkeypatch: pytest.MonkeyPatch, code: str, problem: str) -> None:
    """It takes no more memory and no more time than it may, whatever it judges, and says in one line why it gave up."""
    judging_with(monkeypatch, code)
    done = asyncio.run(judged(folder))
    assert done.problem is not None
    assert problem in done.problem
    assert "\n" not in done.problem
    assert (done.verdict, done.has_begun) == (None, True)


def test_a_folder_that_is_none_is_said(tmp_path: Path) -> None:
    """What cannot be opened is one line."""
    done = asyncio.run(judged(tmp_path))
    assert done.problem is not None
    assert "must hold a study" in done.problem


def test_judging_that_cannot_begin_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an interpreter, or without a thread to hear it, there is no verdict, and no process is left behind."""
    monkeypatch.setattr(process, "command", lambda _: ["/nope/python"])
    done = asyncio.run(judged(folder))
    assert done.problem is not None
    assert (done.has_begun, "could not begin" in done.problem) == (False, True)
    monkeypatch.undo()
    monkeypatch.setattr(threading.Thread, "start", no_thread)
    done = asyncio.run(judged(folder))
    assert done.problem == "judging could not begin: can't start new thread"
    assert not done.has_begun
