"""What is wrong with the runs of one architecture: a mean over them does not describe it."""

from __future__ import annotations

import math

from mlpstudy.evidence.audits.noise import audit
from mlpstudy.evidence.judgement import ArchitectureNoise
from mlpstudy.evidence.sample import ArchitectureSample, StudySample
from mlpstudy.study import LEAST_JUDGED


def architecture_noise(architecture: ArchitectureSample, sample: StudySample) -> ArchitectureNoise:
    """Return the noise audit of an architecture and what is wrong with it."""
    has_spread = architecture.n > 0 and sample.n_examples >= LEAST_JUDGED
    found = audit(architecture.predicted == sample.labels) if has_spread else None
    n_diverged = len(architecture.diverged_seeds)
    trouble = ""
    if n_diverged:
        trouble = f"{n_diverged} of {architecture.n + n_diverged} runs of {architecture.name} diverged"
    elif found is not None and found.is_excess:
        how = "far above" if found.ratio is None or not math.isfinite(found.ratio) else f"{found.ratio:.1f} times"
        trouble = f"the spread of {architecture.name} over seeds is {how} what finite test data explain"
    return ArchitectureNoise(
        architecture.name, architecture.n, n_diverged, len(architecture.failed_seeds), found, trouble
    )
