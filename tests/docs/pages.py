"""The pages of the documentation, read for what they name: their sections, tables and code marks."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")], key=lambda path: path.name)
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def page(name: str) -> str:
    """Return the text of a page of docs/."""
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def blocks(path: Path, *languages: str) -> list[str]:
    """Return the code blocks of a page that are in one of some languages."""
    return [code for kind, code in BLOCK.findall(path.read_text(encoding="utf-8")) if kind in languages]


def section(text: str, heading: str) -> str:
    """Return what stands under a heading, up to the next one of any level, without its code blocks."""
    found = re.search(rf"^#+ {re.escape(heading)}$\n(.*?)(?=^#+ |\Z)", BLOCK.sub("", text), re.MULTILINE | re.DOTALL)
    assert found is not None, f"no heading {heading!r}"
    return found[1]


def rows(text: str) -> list[list[str]]:
    """Return the cells of every row of the tables in a text, without their headings."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line[1:-1])] for line in lines]
    rules = [i for i, row in enumerate(cells) if all(set(cell) <= set("-:") for cell in row)]
    assert rules, "no table"
    return [row for i, row in enumerate(cells) if i not in rules and i + 1 not in rules]


def marks(text: str) -> list[str]:
    """Return what stands in code marks within a line."""
    return re.findall(r"`([^`\n]+)`", BLOCK.sub("", text))


def first_marks(text: str) -> list[str]:
    """Return the code marks in the first column of the tables in a text: what they are about."""
    return [mark for row in rows(text) for mark in marks(row[0])]
