"""Fuzzes one target with atheris in this process: ``python -m fuzz.one TARGET [libFuzzer options]``."""

from __future__ import annotations

import sys


def main() -> None:
    """Fuzz until libFuzzer's limits are reached or a fault is found."""
    import atheris  # noqa: PLC0415  # needed for fuzzing alone; the tests collect this module without it

    with atheris.instrument_imports(include=["mlpstudy", "tomllib", "zipfile"]):
        from fuzz import targets  # noqa: PLC0415  # instrumented as it is imported

    name = sys.argv.pop(1)
    atheris.Setup(sys.argv, lambda data: targets.check(name, data))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
