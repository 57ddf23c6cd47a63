"""What the layers did while they were trained, where the study recorded it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpstudy.page import page_spec
from mlpstudy.page.blocks import Chart, Details, Section, Text
from mlpstudy.results import gallery
from mlpstudy.text.words import counted

if TYPE_CHECKING:
    from mlpstudy.page.blocks import Block
    from mlpstudy.report.gathered import Gathered

MOST_OPEN = 4
"""Architectures that are shown unasked; the others open by a click."""
MOST_DRAWN = 24


def section(of: Gathered) -> Section | None:
    """Return the section, None where no run has diagnostics."""
    measured = {record.architecture for record in of.records if of.store.diagnostics(record.run_id)}
    names = [a.name for a in of.study.architectures if a.name in measured]
    if not names:
        return None
    blocks: list[Block] = [
        Text(
            "Each layer's gradients, weights, steps and activations, epoch by epoch: they show where a deep network "
            "stops passing gradients on, or an initialisation drowns what is learned."
        )
    ]
    charts = [_chart(of, name, i) for i, name in enumerate(names[:MOST_DRAWN])]
    blocks += charts[:MOST_OPEN]
    if len(charts) > MOST_OPEN:
        rest = counted(len(charts) - MOST_OPEN, "more architecture")
        blocks.append(Details(f"The layers of {rest}", tuple(charts[MOST_OPEN:])))
    return Section("layers", "What the layers do", tuple(blocks))


def _chart(of: Gathered, name: str, i: int) -> Chart:
    """Return the diagnostics of one architecture."""
    chart = gallery.study_diagnostics(of.store, of.study, of.records, name)
    alt = f"Six quantities of every layer of {name}, over the epochs."
    return Chart(f"layers-{i + 1}", page_spec(chart), alt)
