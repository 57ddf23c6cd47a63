"""The documentation runs: Python blocks are executed, study files parsed, the command reference is up to date."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from docs.pages import PAGES, ROOT, blocks
from helpers import load_tool
from mlpstudy.study import parse_study


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")], ids=lambda page: page.name)
def test_python_blocks_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python blocks of a page run from top to bottom, as a reader would paste them."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "__main__"}
    for i, code in enumerate(blocks(page, "python"), start=1):
        where = f"{page.name}, block {i}"
        if code.startswith(">>>"):
            example = doctest.DocTestParser().get_doctest(code, names, where, str(page), 0)
            result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example, clear_globs=False)
            assert result.failed == 0
            names.update(example.globs)
        else:
            exec(compile(code, where, "exec"), names)  # noqa: S102  # the project's own pages


def test_study_files_in_the_docs_are_studies() -> None:
    """Every complete study file that a page shows can be parsed."""
    shown = [code for page in PAGES for code in blocks(page, "toml") if code.lstrip().startswith("name =")]
    assert shown
    for code in shown:
        assert parse_study(code).architectures


def test_links_between_pages_lead_somewhere() -> None:
    """Every relative link and picture of a page exists."""
    for page in [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]:
        text = page.read_text(encoding="utf-8")
        links = re.findall(r"\]\((?!https?:|#)([^)#]+)[^)]*\)", text) + re.findall(r'src(?:set)?="([^"]+)"', text)
        for target in links:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_links_to_headings_lead_somewhere() -> None:
    """A link to a part of a page names one of its headings, as GitHub makes names of them."""
    for path in [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]:
        for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#([^)]+)\)", path.read_text(encoding="utf-8")):
            text = (path.parent / target if target else path).read_text(encoding="utf-8")
            headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
            names = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in names, f"{path.name} links to {target}#{anchor}"


def test_command_reference_is_what_the_commands_say() -> None:
    """docs/commands.md is what ``make docs`` writes."""
    module = load_tool("command_reference")
    assert (ROOT / "docs" / "commands.md").read_text(encoding="utf-8") == module.reference()
