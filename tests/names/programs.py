"""Hostile names in tables that leave the product, through a real LaTeX and a real spreadsheet: ``make exports``.

Debian's packages texlive-latex-recommended and libreoffice-calc-nogui have the programs; where one is missing, a line
says so, and what it would have shown is left out.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Callable
from pathlib import Path

import polars as pl

from mlpstudy.results.frames import csv_text
from mlpstudy.results.paper import PaperTable, typeset
from names import hostile
from names.test_exports import TEXTS

ENCODINGS = {"OT1": "", "T1": r"\usepackage[T1]{fontenc}"}
DELIMITERS = {"comma": 44, "semicolon": 59, "tab": 9}
"""What parts cells, and its number to LibreOffice."""
_TIMEOUT_S = 120


def signs() -> list[str]:
    """Return every sign of the first blocks that a reader sees as itself, and some of others, a few a text."""
    blocks = (
        range(0x20, 0x250),
        range(0x300, 0x400),
        range(0x2010, 0x2300),
        range(0x4E00, 0x4E10),
        range(0x1F600, 0x1F610),
    )
    seen = [chr(c) for block in blocks for c in block if unicodedata.category(chr(c))[0] != "C"]
    return ["".join(seen[i : i + 12]) for i in range(0, len(seen), 12)]


def compile_tables(folder: Path) -> tuple[str, list[str]]:
    """Compile tables of such names with pdfLaTeX in both encodings, and return what was tried and what went wrong."""
    names = [*hostile.ATTACKS.values(), hostile.EVERYTHING, *(text for text in TEXTS if text), *signs()]
    tables = [
        typeset(PaperTable("t", name, (name, "n"), (False, True), ((name, "1"), ("[x]", name))), "latex")
        for name in names
        if len(name) < 200  # a longer one is wider than TeX's widest box
    ]
    wrong = []
    for encoding, package in ENCODINGS.items():
        # One page a table: TeX has room for a few that float.
        body = "\n\\clearpage\n".join(tables)
        head = f"\\documentclass{{article}}\n\\usepackage{{booktabs}}\n{package}\n"
        (folder / f"{encoding}.tex").write_text(
            f"{head}\\begin{{document}}\n\\listoftables\n{body}\n\\end{{document}}\n", encoding="utf-8"
        )
        for _ in range(2):  # captions come back from a file of their own
            command = ["pdflatex", "-draftmode", "-interaction=nonstopmode", "-no-shell-escape", f"{encoding}.tex"]
            subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=_TIMEOUT_S)
        log = (folder / f"{encoding}.log").read_text(encoding="utf-8", errors="replace")
        wrong += [f"{encoding}: {line}" for line in re.findall(r"^!.*(?:\n.*){2}", log, re.MULTILINE)]
        if "Output written" not in log and "No pages of output" in log:
            wrong.append(f"{encoding}: no page came out")
    return f"{len(tables)} tables, in {' and '.join(ENCODINGS)}", wrong


def formulas(folder: Path, text: str, delimiter: str) -> list[str]:
    """Return the formulas that LibreOffice makes of a CSV file."""
    path = folder / f"{delimiter}.csv"
    path.write_bytes(text.encode())
    command = [
        "soffice", "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--convert-to", "fods",
        f"--infilter=Text - txt - csv (StarCalc):{DELIMITERS[delimiter]},34,76,1", "--outdir", str(folder), str(path),
    ]  # fmt: skip
    subprocess.run(command, capture_output=True, check=True, timeout=_TIMEOUT_S)
    return re.findall(r'table:formula="([^"]*)"', path.with_suffix(".fods").read_text(encoding="utf-8"))


def open_tables(folder: Path) -> tuple[str, list[str]]:
    """Open tables of such names in LibreOffice, whatever parts cells; return what was tried and what went wrong."""
    if not formulas(folder, "a,b\n=1+1,1\n", "comma"):
        return "nothing", ["it computes nothing, so that this shows nothing"]
    names = [*hostile.ATTACKS.values(), *(text for text in TEXTS if text), "a;=1+1;b", "a\t=1+1"]
    names = [name.replace("\ud800", "").replace("\x00", "") for name in names]
    text = csv_text(pl.DataFrame({"name": names, "number": [-0.5] * len(names), "=1+1": names}))
    wrong = [f"parted by a {d}: the formula {found}" for d in DELIMITERS for found in formulas(folder, text, d)]
    return f"{2 * len(names)} texts, parted by {', '.join(DELIMITERS)}", wrong


CHECKS: dict[str, tuple[str, Callable[[Path], tuple[str, list[str]]]]] = {
    "pdflatex": ("texlive-latex-recommended", compile_tables),
    "soffice": ("libreoffice-calc-nogui", open_tables),
}
"""Programs, the packages that have them, and what is done with them."""


def main() -> int:
    """Do all of it, print it, and return 1 where something went wrong."""
    lines, n_wrong = [], 0
    for program, (package, check) in CHECKS.items():
        if shutil.which(program) is None:
            lines.append(f"skipped: {program} is not here (apt-get install {package})")
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                tried, wrong = check(Path(folder))
            except (OSError, subprocess.SubprocessError) as error:
                lines.append(f"skipped: {program} does not run here: {error}")
                continue
        lines += [f"{program}: {tried}", *(f"  wrong: {line}" for line in wrong)]
        n_wrong += len(wrong)
    print("\n".join([*lines, f"{n_wrong} wrong"]))  # noqa: T201  # the answer
    return min(n_wrong, 1)


if __name__ == "__main__":
    sys.exit(main())
