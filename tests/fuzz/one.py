"""Fuzzes one target with atheris in this process: ``python -m fuzz.one TARGET [libFuzzer options]``."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["mlpstudy", "tomllib", "zipfile"]):
    from fuzz import targets


def main() -> None:
    """Fuzz until libFuzzer's limits are reached or a fault is found."""
    name = sys.argv.pop(1)
    atheris.Setup(sys.argv, lambda data: targets.check(name, data))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
