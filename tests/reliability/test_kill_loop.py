"""A short form of the kill loop; ``.ci/run`` has the long one."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

LOOP = Path(__file__).with_name("kill_loop.py")


def test_a_study_that_is_killed_again_and_again_ends_in_the_same_bits() -> None:
    """After kill -9 at random moments, the real command goes on and ends with what an uninterrupted run ends with."""
    done = subprocess.run([sys.executable, str(LOOP), "--kills", "5"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^5 kills of \d+ studies, all ended bit-identical", done.stdout, re.MULTILINE)
