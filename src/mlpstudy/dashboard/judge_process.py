"""Judging in a process of its own, at low priority: so neither training nor the pages wait for it.

Prints one line of JSON: the verdict, and the seconds of processor time that it took.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

LOW_PRIORITY = 10
"""Beside two busy threads a second of work then takes ten, not a minute as at the lowest priority."""


def main() -> None:
    """Judge the study's folder named on the command line."""
    os.nice(LOW_PRIORITY)
    # The imports take as long as judging a small study does: they too shall be at low priority.
    from mlpstudy.dashboard.verdict import verdict_state  # noqa: PLC0415
    from mlpstudy.evidence.plain import plain  # noqa: PLC0415
    from mlpstudy.judging import judge_store  # noqa: PLC0415
    from mlpstudy.store import Store  # noqa: PLC0415

    with Store.open(Path(sys.argv[1])) as store:
        verdict = plain(verdict_state(judge_store(store)))
    print(json.dumps({"verdict": verdict, "cpu_s": time.process_time()}))  # noqa: T201  # the parent reads it


if __name__ == "__main__":
    main()
