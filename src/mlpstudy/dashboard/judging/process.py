"""Judging in a process of its own, at low priority and within bounds: so neither training nor the pages suffer from it.

Prints one line of JSON: the verdict, of which runs it is, and the seconds of processor time that it took; or a problem,
which is why there is no verdict. It ends when its standard input does: when nobody waits for the verdict any more.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

LOW_PRIORITY = 10
"""Beside two busy threads a second of work then takes ten, not a minute as at the lowest priority."""

MAX_CPU_S = 300
"""Processor time of one judgement: a page is no place for a longer one."""

MAX_BYTES = 2 * 2**30
"""Memory of one judgement, where twice as much can be taken; else half of what can: the run beside it goes first."""


UNBOUNDED = "mlpstudy judge has no such bound"
"""What is said where a bound was met."""


def main() -> None:
    """Judge the study's folder named on the command line."""
    with suppress(OSError):
        os.nice(LOW_PRIORITY)
    with suppress(RuntimeError):  # without a thread it ends when it is done
        threading.Thread(target=_end_with_input, daemon=True).start()
    # The imports take as long as judging a small study does: they too shall be at low priority.
    from mlpstudy.dashboard.state.verdict import runs_key, verdict_state  # noqa: PLC0415
    from mlpstudy.errors import MlpstudyError  # noqa: PLC0415
    from mlpstudy.evidence.plain import Plain, plain  # noqa: PLC0415
    from mlpstudy.judging.folder import judge_store  # noqa: PLC0415
    from mlpstudy.store import Store  # noqa: PLC0415

    n_bytes = _bound()
    answer: dict[str, Plain]
    try:
        with Store.open(Path(sys.argv[1])) as store:
            # Before the runs are read for judging: one that ends in between makes the verdict look older, not newer.
            answer = {"key": runs_key(store.runs(), store.study().seeds)}
            answer["verdict"] = plain(verdict_state(judge_store(store)))
    except MemoryError:
        answer = {"problem": f"judging takes more than {n_bytes / 2**30:.1f} GiB of memory; {UNBOUNDED}"}
    except MlpstudyError as error:
        answer = {"problem": str(error)}
    except Exception as error:  # noqa: BLE001  # the page says it: this process has no other reader
        answer = {"problem": f"{type(error).__name__}: {error}"}
    print(json.dumps({**answer, "cpu_s": time.process_time()}))  # noqa: T201  # the parent reads it


def _end_with_input() -> None:
    # Not sys.stdin, whose lock this thread would hold when the process ends by itself.
    while os.read(0, 1024):
        pass
    os._exit(1)


def _bound() -> int:
    """Limit processor time and memory of this process, and return how many bytes it may take besides those it has."""
    from mlpstudy.machine.memory import available_bytes  # noqa: PLC0415  # as above

    n_bytes = min(MAX_BYTES, available_bytes() // 2)
    # Where memory runs out all the same, the kernel ends this process and not the run.
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    with suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415  # Unix

        _limit(resource.RLIMIT_CPU, MAX_CPU_S)
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        _limit(resource.RLIMIT_AS, pages * resource.getpagesize() + n_bytes)
    return n_bytes


def _limit(kind: int, most: int) -> None:
    """Lower a limit of this process; one that is lower already stays."""
    import resource  # noqa: PLC0415  # Unix

    soft, hard = (most if limit == resource.RLIM_INFINITY else limit for limit in resource.getrlimit(kind))
    resource.setrlimit(kind, (min(most, soft, hard), resource.getrlimit(kind)[1]))


if __name__ == "__main__":
    main()
