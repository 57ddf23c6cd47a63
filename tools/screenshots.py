"""Take the pictures of the report that README and docs show: docs/images/report-*.png.

python tools/screenshots.py STUDY_FOLDER [--report FILE.html]

Needs Chromium (/usr/bin/chromium) and the test group's Playwright. The study shown is the notebook's nine networks with
30 seeds: mlpstudy run notebook --seeds 30.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PIL import Image
from playwright.sync_api import sync_playwright

from mlpstudy.report import write_report
from mlpstudy.results import StudyResults

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
WIDE: ViewportSize = {"width": 1100, "height": 820}
PHONE: ViewportSize = {"width": 390, "height": 844}
N_COLOURS = 128
"""Colours of a saved picture: enough for pages, and a third of the bytes."""


def main() -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="a finished study's folder")
    parser.add_argument("--report", type=Path, help="its report, where it has been made already")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as spare, sync_playwright() as playwright:
        report = arguments.report or write_report(StudyResults(arguments.folder), Path(spare) / "report.html")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        address = report.resolve().as_uri()
        _wide(browser, address)
        _dark(browser, address)
        _phone(browser, address)
        browser.close()


def _opened(browser: Browser, address: str, size: ViewportSize, scheme: Literal["light", "dark"] = "light") -> Page:
    """Open the report and wait until it is drawn."""
    context = browser.new_context(viewport=size, color_scheme=scheme, device_scale_factor=1.5)
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(address)
    page.evaluate("mlpstudy.ready")
    page.wait_for_selector("#draw[data-ready=yes]")
    # The bar at the top would stand in the middle of pictures that are taller than the window.
    page.evaluate("document.querySelector('.top').style.position = 'static'")
    return page


def _wide(browser: Browser, address: str) -> None:
    """Take the top, the forest plot, and a digit that is drawn."""
    page = _opened(browser, address, WIDE)
    _save(page.screenshot(), "report-top")
    _save(page.locator("#figure-forest").screenshot(), "report-forest")
    pad = page.locator("#pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None  # noqa: S101  # the canvas is in sight
    points = [
        (0.28, 0.3),
        (0.5, 0.18),
        (0.7, 0.3),
        (0.62, 0.45),
        (0.45, 0.5),
        (0.66, 0.58),
        (0.7, 0.75),
        (0.5, 0.86),
        (0.27, 0.76),
    ]
    page.mouse.move(box["x"] + points[0][0] * box["width"], box["y"] + points[0][1] * box["height"])
    page.mouse.down()
    for x, y in points[1:]:
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=5)
    page.mouse.up()
    page.wait_for_function("document.getElementById('vote').textContent.includes('networks')")
    page.wait_for_timeout(500)
    page.locator("#draw").scroll_into_view_if_needed()
    _save(page.locator("#draw").screenshot(), "report-draw")


def _dark(browser: Browser, address: str) -> None:
    """Take the learning curves in the dark."""
    page = _opened(browser, address, WIDE, "dark")
    page.locator("#figure-learning-curves").scroll_into_view_if_needed()
    _save(page.locator("#figure-learning-curves").screenshot(), "report-dark")


def _phone(browser: Browser, address: str) -> None:
    """Take the top on a phone."""
    page = _opened(browser, address, PHONE)
    _save(page.screenshot(), "report-phone")


def _save(png: bytes, name: str) -> None:
    """Save a picture with fewer colours."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    path = IMAGES / f"{name}.png"
    path.write_bytes(png)
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(N_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
            path, optimize=True
        )


if __name__ == "__main__":
    main()
