"""Diagnostics of the layers, where the study recorded them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpstudy.page.blocks import Section

if TYPE_CHECKING:
    from mlpstudy.report.gathered import Gathered


def section(of: Gathered) -> Section | None:  # noqa: ARG001
    return None
