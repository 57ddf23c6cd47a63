"""Numbers that the pages give are those of the code: what each of them limits, costs or decides."""

from __future__ import annotations

import inspect

import pytest

from docs.pages import page
from mlpstudy.dashboard.following.hub import MAX_STREAMS
from mlpstudy.dashboard.judging.judge import MAX_DUTY
from mlpstudy.dashboard.judging.process import MAX_BYTES, MAX_CPU_S
from mlpstudy.dashboard.serving.address import DEFAULT_PORT
from mlpstudy.dashboard.serving.connections import MAX_CONNECTIONS
from mlpstudy.datasets.opening.limits import MAX_CLASSES, MAX_IMAGE_FILE_BYTES, MAX_PIXELS
from mlpstudy.engine.run.pace import COPIES_COST_AT_MOST, INTERVAL_S, WRITES_COST_AT_MOST
from mlpstudy.evidence.audits.ledger import hard_examples
from mlpstudy.evidence.audits.noise import EXCESS_RATIO
from mlpstudy.evidence.plan import ASSUMED_SD
from mlpstudy.store.connection import LARGEST_VALUE
from mlpstudy.study import Judging
from mlpstudy.tasks.losses import PROBABILITY_CLIP
from mlpstudy.tasks.metrics.accuracy import ACCURACY
from mlpstudy.tasks.metrics.calibration_error import CALIBRATION_ERROR, N_BINS
from mlpstudy.tasks.metrics.log_loss import LOG_LOSS

WORDS = {5.0: "five", 10.0: "ten"}
INTERVAL, EXCESS = WORDS[INTERVAL_S], WORDS[EXCESS_RATIO]
LEAST_HARD: float = inspect.signature(hard_examples).parameters["least"].default
OF_LOG_LOSS = ASSUMED_SD * LOG_LOSS.of_a_share
CLIP = f"{PROBABILITY_CLIP:g}".replace("e-0", "e-")
SAID = [
    ("architecture.md", f"every {INTERVAL} seconds of work"),
    ("store.md", f"{INTERVAL} seconds of work (`--checkpoint-s`)"),
    ("reliability.md", f"written after {INTERVAL} seconds of work"),
    ("reliability.md", f"neither may take more than {100 * COPIES_COST_AT_MOST:g} and {100 * WRITES_COST_AT_MOST:g} %"),
    ("store.md", f"no value of the database has more than {LARGEST_VALUE >> 20} MiB; {MAX_CLASSES:,} classes at most"),
    ("watch.md", f"takes at most {100 * MAX_DUTY:g} % of the cores' time"),
    ("watch.md", f"at most {MAX_CPU_S} s of processor time and {MAX_BYTES >> 30} GiB of memory"),
    ("watch.md", f"Up to {MAX_STREAMS} streams"),
    ("watch.md", f"There are at most {MAX_CONNECTIONS}:"),
    ("watch.md", f"| `--port N` | {DEFAULT_PORT}, or the next free one"),
    ("commands.md", f"{DEFAULT_PORT}, or the next free one"),
    ("predict.md", f"At most {MAX_PIXELS // 10**6} million pixels and {MAX_IMAGE_FILE_BYTES >> 20} MiB a file"),
    ("evidence.md", f"at least {EXCESS} times what finite test data explain"),
    ("evidence.md", f"at least {100 * LEAST_HARD:g} % of all runs get wrong"),
    ("evidence.md", f"`judging.indifference_pp` ({Judging().indifference_pp:g} points)"),
    ("evidence.md", f"an SD over seeds of {ACCURACY.given(ASSUMED_SD)} (of log loss {LOG_LOSS.given(OF_LOG_LOSS)})"),
    ("commands.md", f"| `--checkpoint-s` | Seconds of work between two checkpoints of a run. | `{INTERVAL_S}` |"),
    ("parity.md", f"clip(output, {CLIP}, 1 - {CLIP})"),
]


@pytest.mark.parametrize(("name", "said"), SAID, ids=[f"{name}: {said[:40]}" for name, said in SAID])
def test_a_number_of_a_page_is_that_of_the_code(name: str, said: str) -> None:
    """Whoever changes a limit finds the page that gives it."""
    assert said in " ".join(page(name).split())


def test_the_calibration_error_says_how_many_bins_it_has() -> None:
    """Its source is quoted with the number that it is computed with."""
    assert f"; {N_BINS} bins of equal mass" in CALIBRATION_ERROR.source
