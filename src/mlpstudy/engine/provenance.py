"""Where a run's numbers come from: versions, processor, engine."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mlpstudy.machine.cores import n_cores
from mlpstudy.records import Provenance

if TYPE_CHECKING:
    from mlpstudy.engine.interface import Origin


@cache
def cpu_name() -> str:
    """Return the name of the processor, as Linux tells it, else the architecture."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


@cache
def package_version() -> str:
    """Return the version of this package, or "unknown" where it is not installed."""
    try:
        return version("mlpstudy")
    except PackageNotFoundError:
        return "unknown"


def provenance(engine: Origin) -> Provenance:
    """Return the provenance of what an engine computes in this process."""
    return Provenance(
        mlpstudy=package_version(),
        engine=engine.name,
        engine_version=engine.version(),
        instruction_set=engine.instruction_set(),
        python=platform.python_version(),
        numpy=np.__version__,
        platform=f"{platform.system()} {platform.machine()}",
        cpu=cpu_name(),
        n_cores=n_cores(),
    )
