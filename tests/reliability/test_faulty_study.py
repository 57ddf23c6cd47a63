"""A fault at every call that changes a file, in a whole study."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from store.breaking import ONE_IN, fault_layer, folder_in_memory, under_the_fault_layer
from store.faulty_writer import FAULTS


@pytest.mark.parametrize("fault", list(FAULTS))
def test_a_study_finishes_once_whatever_call_goes_wrong(tmp_path: Path, fault: str) -> None:
    """The study stops in one line or dies; the next run ends it, each run once, in the bits of an unhurt study.

    Each call meets one of the four faults here, all of them in ``make faults``.
    """
    folder = folder_in_memory()
    try:
        (n_calls,) = under_the_fault_layer(fault_layer(tmp_path), "reliability.faulty_study", folder, fault)
    finally:
        shutil.rmtree(folder)
    assert n_calls >= 80 // ONE_IN
