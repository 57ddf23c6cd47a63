"""A report full of hostile names in a real browser: nothing of them runs, and the policy stops what would."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from browser.conftest import Offline
from mlpstudy.report import write_report
from mlpstudy.results import StudyResults
from report import attacks


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the attacking study's report."""
    folder = tmp_path_factory.mktemp("attack")
    return write_report(StudyResults(attacks.write_attack(folder / "tiny")), folder / "report.html").as_uri()


def test_names_stay_names(offline: Offline, address: str) -> None:
    """After drawing, hovering, sorting and isolating, no script of a name has run, and the names are seen."""
    page = offline.open(address)
    page.evaluate("mlpstudy.ready")
    marks = page.locator("[data-chart=forest] .mark-symbol path")
    marks.first.hover()
    page.locator("#vg-tooltip-element.visible").wait_for()
    page.locator("[data-isolate]").first.click()
    page.locator("th button.sort").first.click()
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
    assert page.evaluate("window.taken") is None
    assert page.locator("main img:not([src^='data:'])").count() == 0
    assert page.locator("main script").count() == 0
    assert attacks.IMAGE in page.locator("h1").inner_text()
    assert attacks.CLOSING in (page.locator("main").text_content() or "")


def test_policy_stops_what_would_get_in(chromium: Browser, address: str, tmp_path: Path) -> None:
    """Were there a hole in the escaping: an inline script, a handler, eval and a request are all stopped."""
    hole = (
        "<h1>" + attacks.SCRIPT + attacks.IMAGE + '<p style="color: red">x</p>'
        "<a id=link href=\"javascript:window.taken='address'\">go</a></h1>"
    )
    text = Path(address.removeprefix("file://")).read_text(encoding="utf-8")
    opened = tmp_path / "hole.html"
    opened.write_text(text.replace("<h1>", hole, 1), encoding="utf-8")
    pages = Offline(chromium)
    page = pages.open(opened.as_uri())
    page.evaluate("mlpstudy.ready")
    page.locator("#link").click()
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.taken = 'added'; setTimeout('window.taken = 1', 0)";
            document.body.append(script);
            fetch("https://example.org/").catch(() => {});
        }"""
    )
    page.wait_for_timeout(300)
    assert page.evaluate("window.taken") is None
    assert len([one for one in pages.problems if "Content Security Policy" in one]) >= 4
    assert pages.requests == []
    pages.close()
