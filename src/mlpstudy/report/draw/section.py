"""Draw a digit: the networks that travel in the page, and the section that asks them."""

from __future__ import annotations

import base64
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from mlpstudy.page.blocks import Include, Section
from mlpstudy.report.draw.choosing import chosen
from mlpstudy.report.gathered import Drawing
from mlpstudy.text.words import counted, listed

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlpstudy.records import Dataset
    from mlpstudy.report.draw.choosing import CompactRun, Vote
    from mlpstudy.report.gathered import Gathered

BASE64 = 4 / 3
"""Characters a byte in the page."""

LISTED_EACH = 2
"""Test images of each class to pick from."""
MOST_HARD = 8
"""Hard test images to pick from."""
PAD = 280
"""Longer side of the canvas (pixels)."""
MOST_CLASSES = 40
LARGEST_SIDE = 256


def section(of: Gathered) -> Section | None:
    """Return the section, None where the page draws nothing."""
    return None if of.drawing is None else of.drawing.section


def drawing(of: Gathered, weights_mb: float, say: Callable[[str], object]) -> Drawing | None:
    """Return draw-a-digit for a study, None where its examples are no images that can be drawn, or none fit.

    Networks are taken seed by seed, in turn of the architectures, as long as they fit into the room.

    Args:
        of: the study.
        weights_mb: megabytes of the page for the networks.
        say: called with what comes next.
    """
    dataset = of.dataset
    if (
        dataset is None
        or dataset.image_shape is None
        or not of.finished
        or not isinstance(dataset.test.features, np.ndarray)
    ):
        return None
    pixels = dataset.test.raw
    if pixels is None or pixels.shape[1] != dataset.image_shape[0] * dataset.image_shape[1]:
        return None
    if len(of.class_names) > MOST_CLASSES or max(dataset.image_shape) > LARGEST_SIDE:
        return None
    votes = chosen(of, dataset, int(weights_mb * 1e6 / BASE64), say)
    if not votes:
        return None
    runs = [run for vote in votes for run in vote.runs]
    blob, index = _blob(runs)
    picks = _picks(of, dataset)
    data: dict[str, object] = {
        "draw": {
            "shape": list(dataset.image_shape),
            "digit": dataset.image_shape == (28, 28) and dataset.name == "mnist",
            "scale": _scale(of),
            "classes": list(of.class_names),
            "networks": index,
            "images": picks,
        }
    }
    section = Section("draw", "Draw one yourself", (Include("draw.html", _said(of, votes, picks)),))
    return Drawing(section, data, {"networks": blob})


def _scale(of: Gathered) -> float:
    """Return the number that raw grey values are divided by."""
    preprocessing = of.store.preprocessing() or {}
    scale = preprocessing.get("scale", 255)
    return float(scale) if isinstance(scale, int | float) else 255.0


def _blob(runs: list[CompactRun]) -> tuple[bytes, list[dict[str, Any]]]:
    """Return all networks as bytes, and where each layer lies: low bytes, high bytes, numbers."""
    parts: list[bytes] = []
    at = 0
    index = []
    for run in runs:
        layers = []
        for layer in run.layers:
            low, high = layer.planes()
            layers.append(
                {"inputs": layer.q.shape[0], "units": layer.q.shape[1], "at": at, "activation": layer.activation}
            )
            for part in (low, high, layer.numbers()):
                parts.append(part)
                at += len(part)
        index.append({"architecture": run.architecture, "seed": run.seed, "layers": layers})
    return b"".join(parts), index


def _picks(of: Gathered, dataset: Dataset) -> list[dict[str, Any]]:
    """Return test images to pick: some of each class, then hard ones."""
    labels = of.sample.labels
    first = [int(i) for k in range(len(of.class_names)) for i in np.flatnonzero(labels == k)[:LISTED_EACH]]
    hard = [h.example for h in (of.judgement.hard if of.judgement is not None else ())][:MOST_HARD]
    raw = dataset.test.raw
    assert raw is not None  # noqa: S101  # asked before
    return [
        {
            "example": i,
            "label": int(labels[i]),
            "hard": i in hard,
            "pixels": base64.b64encode(np.asarray(raw[i], dtype=np.uint8).tobytes()).decode("ascii"),
        }
        for i in dict.fromkeys([*first, *hard])
    ]


def _said(of: Gathered, votes: list[Vote], picks: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the section's template says."""
    runs = [run for vote in votes for run in vote.runs]
    seeds: dict[str, list[int]] = defaultdict(list)
    for run in runs:
        seeds[run.architecture].append(run.seed)
    counts = sorted({len(own) for own in seeds.values()})
    n_votes = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    finished = {name: of.own_sample(name).n for name in seeds}
    n_finished = sorted(set(finished.values()))
    all_seeds = f"{n_finished[0]}" if len(n_finished) == 1 else f"{n_finished[0]} to {n_finished[-1]}"
    n_examples = of.sample.n_examples
    n_other = sum(run.n_other for run in runs)
    networks = counted(len(runs), "network")
    n_other_votes = sum(vote.n_other for vote in votes)
    same = (
        f"On all {n_examples:,} test images each of these {networks}, and each architecture's vote, gives the class "
        "that mlpstudy predict gives with these seeds"
    )
    if n_other or n_other_votes:
        same = (
            f"On {n_examples:,} test images these {networks} give another class than mlpstudy predict in {n_other} of "
            f"{n_examples * len(runs):,} cases, and the architectures' votes in {n_other_votes} of "
            f"{n_examples * len(votes):,}"
        )
    missing = [row for row in of.rows if row not in seeds and of.own_sample(row).n]
    no_room = f" There is no room in this page for {listed(missing)}." if missing else ""
    assert of.dataset is not None  # noqa: S101  # narrows the type
    shape = of.dataset.image_shape
    assert shape is not None  # noqa: S101  # as above
    difference = max(run.probability_difference for run in runs)
    return {
        "votes": f"{n_votes} of {all_seeds} seeds of each architecture vote: {networks} in this page, with weights "
        f"rounded to about 8 bits.{no_room}",
        "agreement": f"{same}; the probability of a network's class differs by {difference:.3f} at most.",
        "architectures": [a.name for a in of.study.architectures if a.name in seeds],
        "picks": [(p["example"], of.class_name(p["label"]), p["hard"]) for p in picks],
        "shape": shape,
        "pad": (round(PAD * shape[1] / max(shape)), round(PAD * shape[0] / max(shape))),
    }
