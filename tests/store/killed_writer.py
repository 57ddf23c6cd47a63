"""A writer to be killed: ``python -m store.killed_writer FOLDER``.

It opens the folder, goes on where the last one was killed, and says what it is about to do ("ready") and
what it has been promised ("done RUN_ID").
"""

from __future__ import annotations

import sys
from pathlib import Path

from store import samples

SEEDS = 100_000
STUDY = samples.tiny_study(seeds=SEEDS)


def say(text: str) -> None:
    """Write a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main(folder: Path) -> None:
    """Write run after run until somebody kills this process."""
    say("ready")
    with samples.write(folder, STUDY) as store:
        store.forget_unfinished()
        completed = store.completed_run_ids()
        for seed in range(SEEDS):
            for architecture in ("4", "3"):
                begun = samples.record(STUDY, architecture, seed)
                if begun.run_id in completed:
                    continue
                store.begin_run(begun)
                result = samples.finished(STUDY, architecture, seed)
                for epoch in result.epochs:
                    store.add_epoch(begun.run_id, epoch)
                store.finish_run(result)
                say(f"done {begun.run_id}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
