"""How often the judge is right, on simulated studies whose truth is known: coverage, false verdicts, power.

    python bench/judge_truth.py

Prints the tables of docs/evidence.md. Keyed random numbers: the same on every machine, up to rounding.
"""

from __future__ import annotations

import numpy as np

from mlpstudy.evidence.estimates.contrasts import Estimate, estimate_contrasts
from mlpstudy.evidence.estimates.families import family, family_contrasts
from mlpstudy.evidence.estimates.intervals import mean_interval
from mlpstudy.evidence.estimates.power import power_better
from mlpstudy.evidence.estimates.twoway import two_way

N_INTERVALS = 20_000
N_FAMILIES = 4_000
N_EXAMPLES = 200


def is_found(estimate: Estimate) -> bool:
    """Say whether an estimate makes BETTER."""
    return estimate.simultaneous.excludes(0.0) and estimate.p_adjusted <= 1 - estimate.simultaneous.confidence


def coverage(n_seeds: int, v_seed: float) -> tuple[float, float]:
    """Return the coverage of both intervals, each against its own truth."""
    rng = np.random.default_rng([n_seeds, int(1e4 * v_seed)])
    v_example, v_rest = 0.05, 0.5
    same = new = 0
    for _ in range(N_INTERVALS):
        by_example = np.sqrt(v_example) * rng.standard_normal(N_EXAMPLES)
        by_seed = np.sqrt(v_seed) * rng.standard_normal((n_seeds, 1))
        cells = by_example + by_seed + np.sqrt(v_rest) * rng.standard_normal((n_seeds, N_EXAMPLES))
        same += not mean_interval(cells.mean(axis=1)).excludes(float(by_example.mean()))
        new += not two_way(cells).interval().excludes(0.0)
    return same / N_INTERVALS, new / N_INTERVALS


def false_verdicts(n_architectures: int, n_seeds: int) -> float:
    """Return the share of studies of equal architectures with any BETTER, all pairs being declared."""
    rng = np.random.default_rng([n_architectures, n_seeds])
    names = [str(a) for a in range(n_architectures)]
    contrasts, seeds = family_contrasts(names, family(names)), [np.arange(n_seeds)] * n_architectures
    found = 0
    for _ in range(N_FAMILIES):
        scores = list(rng.standard_normal((n_architectures, n_seeds)))
        found += any(is_found(e) for e in estimate_contrasts(contrasts, seeds, scores, None))
    return found / N_FAMILIES


def power(n_comparisons: int, n_seeds: int, effect: float) -> float:
    """Return the share of studies in which one true difference among others of 0 is found."""
    rng = np.random.default_rng([n_comparisons, n_seeds])
    contrasts = [{2 * i: 1.0, 2 * i + 1: -1.0} for i in range(n_comparisons)]
    seeds = [np.arange(n_seeds)] * 2 * n_comparisons
    found = 0
    for _ in range(N_FAMILIES):
        scores = rng.standard_normal((2 * n_comparisons, n_seeds)) / np.sqrt(2)
        scores[0] += effect
        found += is_found(estimate_contrasts(contrasts, seeds, list(scores), None)[0])
    return found / N_FAMILIES


def main() -> None:
    """Print the three tables."""
    print(f"coverage of intervals at 95 %, {N_INTERVALS} simulated studies each (Monte-Carlo error 0.2 points)")
    print("| seeds | V_seed N / V_rest | same test set | new data |\n|---|---|---|---|")
    for n_seeds in (5, 11, 30):
        for ratio in (0.0, 1.0, 5.0):
            same, new = coverage(n_seeds, ratio * 0.5 / N_EXAMPLES)
            print(f"| {n_seeds} | {ratio:g} | {100 * same:.1f} % | {100 * new:.1f} % |", flush=True)
    print(f"\nany false BETTER in a study of equal architectures, {N_FAMILIES} studies each")
    print("| architectures | comparisons | seeds | studies with a false BETTER |\n|---|---|---|---|")
    for n_architectures, n_seeds in ((2, 6), (2, 11), (4, 10), (9, 11), (9, 13)):
        share = false_verdicts(n_architectures, n_seeds)
        n_pairs = n_architectures * (n_architectures - 1) // 2
        print(f"| {n_architectures} | {n_pairs} | {n_seeds} | {100 * share:.1f} % |", flush=True)
    print(f"\npower against the plan's prediction, {N_FAMILIES} studies each")
    print("| comparisons | seeds | true difference / SD | predicted | found |\n|---|---|---|---|---|")
    for m, n_seeds, effect in (
        (1, 6, 1.5),
        (1, 8, 1.2),
        (1, 12, 0.9),
        (8, 9, 1.7),
        (8, 13, 1.2),
        (36, 11, 1.8),
        (36, 13, 1.5),
    ):
        predicted, found = power_better(effect, 1.0, n_seeds, m), power(m, n_seeds, effect)
        print(f"| {m} | {n_seeds} | {effect:g} | {100 * predicted:.1f} % | {100 * found:.1f} % |", flush=True)


if __name__ == "__main__":
    main()
