"""The files of the dashboard's pages: read once, served by name."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache

from mlpstudy.page import asset, environment
from mlpstudy.page.style import page_style

SCRIPT, STYLE = "text/javascript", "text/css"

SCRIPTS = (
    "connection.js",
    "curves.js",
    "detail.js",
    "model.js",
    "overview.js",
    "panels.js",
    "runs.js",
    "studies.js",
    "study.js",
    "words.js",
    "worker.js",
)


@dataclass(frozen=True, slots=True)
class PageFile:
    """A file as it is sent.

    Attributes:
        content: its bytes.
        media_type: what they are.
        tag: changes whenever the content does.
    """

    content: bytes
    media_type: str

    @property
    def tag(self) -> str:
        """The entity tag, quoted."""
        return f'"{hashlib.sha256(self.content).hexdigest()[:32]}"'


@cache
def page_files() -> dict[str, PageFile]:
    """Return every file that a page may ask for, by name: an address is looked up here and never becomes a path."""
    files = {name: PageFile(asset("mlpstudy.dashboard", name).encode(), SCRIPT) for name in SCRIPTS}
    files["page.js"] = PageFile(asset("mlpstudy.page", "page.js").encode(), SCRIPT)
    files["page.css"] = PageFile(page_style().encode(), STYLE)
    files["watch.css"] = PageFile(asset("mlpstudy.dashboard", "watch.css").encode(), STYLE)
    return files


def study_page(key: str, *, has_list: bool) -> str:
    """Return the page of one study.

    Args:
        key: the study's key.
        has_list: there is a list of studies to go back to.
    """
    return (
        environment("mlpstudy.dashboard")
        .get_template("study.html")
        .render(script="study.js", key=key, has_list=has_list)
    )


def list_page(folder: str) -> str:
    """Return the page that lists the studies of a folder."""
    return environment("mlpstudy.dashboard").get_template("studies.html").render(script="studies.js", folder=folder)
