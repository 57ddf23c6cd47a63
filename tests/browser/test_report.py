"""The report in a real browser, from disk, with the network refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

import mlpstudy
from browser.conftest import Offline
from mlpstudy.datasets.pictures.digits import digit
from mlpstudy.predict.ensemble import load_ensemble
from mlpstudy.report import write_report
from mlpstudy.results import StudyResults
from mlpstudy.store import WritableStore
from mlpstudy.study import Study
from store import samples

N_TEST = 200
ARCHITECTURES = ("none-8", "none-16", "batchnorm-8", "batchnorm-16")
CHARTS = {
    "forest",
    "test-accuracy",
    "learning-curves",
    "loss-curves",
    "weights",
    "effects",
    "means-width-normalisation",
    "noise",
    "confusion",
    "calibration",
    "cost-parameters",
    "cost-time",
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> StudyResults:
    """A finished study of two by two architectures and three seeds on a little of MNIST."""
    study = Study(
        name="small",
        title="Two widths, with and without batch normalisation",
        data={"name": "mnist", "train_examples": 1500, "test_examples": N_TEST},
        training={"epochs": 3, "batch_size": 32},
        factors={
            "normalisation": {"none": {"batch_normalisation": False}, "batchnorm": {"batch_normalisation": True}},
            "width": {"8": {"hidden": [8]}, "16": {"hidden": [16]}},
        },
        seeds=3,
    )
    folder = tmp_path_factory.mktemp("runs") / "small"
    mlpstudy.run(study, out=folder)
    return StudyResults(folder)


@pytest.fixture(scope="module")
def address(results: StudyResults, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of its report on disk."""
    return write_report(results, tmp_path_factory.mktemp("pages") / "report.html").as_uri()


Open = Callable[..., Page]


@pytest.fixture
def opened(offline: Offline, address: str) -> Open:
    """Open the report, wait until all of it is drawn."""

    def _open(**settings: object) -> Page:
        page = offline.open(address, **settings)
        page.evaluate("mlpstudy.ready")
        page.wait_for_selector("#draw[data-ready=yes]")
        return page

    return _open


def _chart(page: Page, name: str) -> Locator:
    return page.locator(f"[data-chart={name}]")


def test_every_chart_is_drawn_and_not_empty(opened: Open) -> None:
    """All charts that the sections promise are there, each with marks in it, large enough to be read."""
    page = opened()
    names = page.locator("[data-chart]").evaluate_all("all => all.map(one => one.dataset.chart)")
    assert set(names) == CHARTS
    assert len(names) == len(CHARTS)
    for name in CHARTS:
        chart = _chart(page, name)
        expect(chart).to_have_attribute("data-drawn", "yes")
        n_marks = chart.locator("svg path, svg text, svg line").count()
        assert n_marks > 20, name
        box = chart.locator("svg").bounding_box()
        assert box is not None
        assert box["width"] > 250
        assert box["height"] > 100


def test_pointer_shows_values(opened: Open) -> None:
    """Over a difference stands its number with interval and seeds; over a curve its epoch and loss."""
    page = opened()
    _chart(page, "forest").locator(".mark-symbol path").first.hover()
    tip = page.locator("#vg-tooltip-element.visible")
    expect(tip).to_contain_text("if retrained, all at once")
    expect(tip).to_contain_text("seeds")
    _chart(page, "learning-curves").locator(".mark-symbol path").nth(2).hover(force=True)
    expect(tip).to_contain_text("mean loss")
    expect(tip).to_contain_text("epoch")


def test_legend_isolates_an_architecture(opened: Open) -> None:
    """A click shows one architecture alone in all charts that can, a second one all again."""
    page = opened()
    chart = _chart(page, "learning-curves")
    lines = "all => all.map(one => Number(one.getAttribute('stroke-opacity') ?? one.getAttribute('opacity') ?? 1))"
    strong = chart.locator(".mark-line path[stroke-width='2']")
    assert strong.evaluate_all(lines) == [1] * 4
    button = page.locator("#figure-learning-curves [data-isolate='none-16']")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-chart=learning-curves] .mark-line path')]"
        ".filter(one => one.getAttribute('stroke-width') === '2' && Number(one.getAttribute('opacity') ?? 1) > 0.5)"
        ".length === 1"
    )
    other = page.locator("#figure-cost-parameters [data-isolate='none-16']")
    expect(other).to_have_attribute("aria-pressed", "true")
    other.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert strong.evaluate_all(lines) == [1] * 4


def test_tables_sort_and_copy(opened: Open) -> None:
    """A heading sorts by its column's numbers, both ways; the copy is the table as text."""
    page = opened()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    table = page.locator("#cost table.data")
    heading = table.locator("thead th").nth(1)
    numbers = "all => all.map(one => Number(one.dataset.sort))"
    heading.locator("button").click()
    expect(heading).to_have_attribute("aria-sort", "ascending")
    up = table.locator("tbody td:nth-child(2)").evaluate_all(numbers)
    assert up == sorted(up)
    assert up[0] < up[-1]
    heading.locator("button").click()
    expect(heading).to_have_attribute("aria-sort", "descending")
    assert table.locator("tbody td:nth-child(2)").evaluate_all(numbers) == up[::-1]
    page.locator("#cost .copy").click()
    expect(page.locator("#cost .copy")).to_have_text("Copied")
    lines = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert len(lines) == 1 + len(ARCHITECTURES)
    assert lines[0].split("\t")[0].startswith("Architecture")
    assert {line.split("\t")[0] for line in lines[1:]} == set(ARCHITECTURES)


def test_charts_are_saved_with_colours_of_their_own(opened: Open, tmp_path: Path) -> None:
    """An SVG that needs no page around it, and a PNG, both with the title that the page shows."""
    page = opened(accept_downloads=True)
    for kind in ("svg", "png"):
        with page.expect_download() as waiting:
            page.locator(f"#figure-forest [data-save={kind}]").click()
        assert waiting.value.suggested_filename == f"forest.{kind}"
        waiting.value.save_as(tmp_path / f"forest.{kind}")
    drawing = (tmp_path / "forest.svg").read_text(encoding="utf-8")
    assert drawing.startswith("<svg")
    assert "var(--" not in drawing
    assert "Differences in accuracy" in drawing
    assert (tmp_path / "forest.png").read_bytes().startswith(b"\x89PNG")


def test_dark_follows_the_system_and_the_button(opened: Open) -> None:
    """Page and charts change together, without drawing anew; paper is always light."""
    page = opened(color_scheme="dark")
    background = "getComputedStyle(document.body).backgroundColor"
    words = "getComputedStyle(document.querySelector('[data-chart=forest] .mark-text text')).fill"
    dark = page.evaluate(background), page.evaluate(words)
    expect(page.locator("#theme")).to_have_text("Light")
    page.emulate_media(media="print", color_scheme="dark")
    printed = page.evaluate(background), page.evaluate(words)
    page.emulate_media(media="screen", color_scheme="dark")
    page.locator("#theme").click()
    light = page.evaluate(background), page.evaluate(words)
    assert dark == ("rgb(13, 17, 23)", "rgb(155, 166, 178)")
    assert light == printed == ("rgb(255, 255, 255)", "rgb(87, 96, 106)")


def test_phone_needs_no_sideways_scrolling_of_the_page(opened: Open) -> None:
    """At 390 pixels the page is no wider than the window; wide figures and tables scroll in themselves."""
    page = opened(viewport={"width": 390, "height": 844}, device_scale_factor=2, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    for name in ("forest", "learning-curves", "noise", "confusion"):
        box = _chart(page, name).locator("svg").bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 390 + 1, name
    size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('main p')).fontSize)")
    assert size >= 14


def test_names_of_a_hundred_letters_fit_a_phone(offline: Offline, tmp_path: Path) -> None:
    """Names without a place to break make neither the page nor a legend wider than the window."""
    levels = [{f"{name * 90}{i}": {"hidden": [i + 2]} for i in range(3)} for name in "ab"]
    deeper = {name: {"activation": kind} for name, kind in zip(levels[1], ("relu", "tanh", "sigmoid"), strict=True)}
    study = samples.tiny_study(factors={"w" * 100: levels[0], "v" * 100: deeper})
    with WritableStore.create_or_open(tmp_path, study, samples.tiny_data(image_shape=None), samples.ENGINE) as store:
        for architecture in study.architectures:
            for seed in range(2):
                store.finish_run(samples.finished(study, architecture.name, seed))
    page = offline.open(
        write_report(StudyResults(tmp_path), tmp_path / "report.html").as_uri(), viewport={"width": 390, "height": 844}
    )
    page.evaluate("mlpstudy.ready")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    beyond = "all => all.filter(one => one.getBoundingClientRect().right > innerWidth).map(one => one.textContent)"
    assert _chart(page, "cost-parameters").locator(".role-legend text").evaluate_all(beyond) == []
    assert _chart(page, "cost-parameters").locator(".role-legend text").count() == 8


def test_prints_on_paper(opened: Open) -> None:
    """Charts and tables fit the sheet's width; buttons are left out."""
    page = opened()
    sheets = page.pdf(format="A4")
    assert sheets.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", sheets)) >= 4
    page.set_viewport_size({"width": 700, "height": 1000})
    page.emulate_media(media="print")
    assert page.locator("button:visible:not(.sort)").count() == 0
    too_wide = page.locator("svg[width]").evaluate_all(
        "all => all.filter(one => one.getBoundingClientRect().right > innerWidth + 1).length"
    )
    assert too_wide == 0


def test_printing_finds_all_charts_and_reasons(offline: Offline, address: str) -> None:
    """Printed before anything was read, without timers and streams: all charts are on paper, what is folded is open."""
    page = offline.open("about:blank")
    page.add_init_script(
        "window.setTimeout = () => 0; window.IntersectionObserver = class { observe() {} };"
        "Response.prototype.json = () => new Promise(() => {});"
    )
    page.goto(address)
    drawn, folded = (
        "document.querySelectorAll('[data-drawn]').length",
        "document.querySelectorAll('details:not([open])')",
    )
    assert page.evaluate(drawn) == 0
    n_folded = page.evaluate(f"{folded}.length")
    assert n_folded > 1
    page.evaluate(f"addEventListener('beforeprint', () => {{ window.folded = {folded}.length }})")
    page.pdf(format="A4")
    assert page.evaluate(drawn) == len(CHARTS)
    assert page.evaluate("window.folded") == 0
    assert page.evaluate(f"{folded}.length") == n_folded


def _draw_seven(page: Page) -> None:
    """Draw a seven with the mouse."""
    pad = page.locator("#pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    x, y, size = box["x"], box["y"], box["width"]
    page.mouse.move(x + 0.25 * size, y + 0.22 * size)
    page.mouse.down()
    page.mouse.move(x + 0.72 * size, y + 0.22 * size, steps=6)
    page.mouse.move(x + 0.45 * size, y + 0.84 * size, steps=8)
    page.mouse.up()


def test_drawn_digit_is_classified(opened: Open) -> None:
    """A seven drawn by mouse gets a vote of every architecture; cleared, nothing is said."""
    page = opened()
    vote = page.locator("#vote")
    expect(vote).to_have_text("Nothing is drawn yet.")
    _draw_seven(page)
    expect(vote).to_contain_text(re.compile(r"^7: \d+ of 12 networks$"))
    for row in page.locator("[data-votes]").all():
        expect(row.locator(".class")).to_have_text(re.compile(r"^\d$"))
        expect(row.locator(".agree")).to_have_text(re.compile(r"^[123] of 3$"))
    page.locator("#clear").click()
    expect(vote).to_have_text("Nothing is drawn yet.")


def test_finger_draws_too(opened: Open) -> None:
    """A touch leaves ink and does not scroll the page."""
    page = opened(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    pad = page.locator("#pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    before = page.evaluate("scrollY")
    devices = page.context.new_cdp_session(page)
    x, y = box["x"] + box["width"] / 2, box["y"] + 40
    devices.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 8):
        point = {"x": x, "y": y + 25 * step}
        devices.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    devices.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator("#vote")).to_contain_text("of 12 networks")
    assert page.evaluate("scrollY") == before
    image = page.evaluate("mlpstudy.drawing.prepared(mlpstudy.drawing.drawn()).then(of => of.values)")
    rows = np.flatnonzero(np.array(image).reshape(28, 28).any(axis=1))
    assert rows.size >= 18


def test_test_image_is_picked_by_keyboard(opened: Open) -> None:
    """Without a pointer: a test image has the focus, Enter asks the networks."""
    page = opened()
    first = page.locator("[data-example]").first
    first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#vote")).to_contain_text("of 12 networks")
    assert re.fullmatch(r"Test image \d+, class 0", first.get_attribute("aria-label") or "")


def _drawings() -> list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]:
    """Return drawings of many sizes, thin and thick, faint and strong, dark on light and light on dark."""
    rng = np.random.default_rng(11)
    found: list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]] = []
    for i in range(24):
        rows, columns = (28, 28) if i % 6 == 0 else (int(n) for n in rng.integers(12, 300, 2))
        paper, ink = (255, int(rng.integers(0, 200))) if i % 2 else (0, int(rng.integers(40, 256)))
        picture = np.full((rows, columns), paper, np.uint8)
        for _ in range(int(rng.integers(1, 4))):
            top, left = int(rng.integers(1, rows - 4)), int(rng.integers(1, columns - 4))
            height, width = int(rng.integers(2, rows - top)), int(rng.integers(2, columns - left))
            picture[top : top + height, left : left + width] = ink
            picture[top : top + 1 + height // 3, left + width // 2] = (ink + paper) // 2
        picture[0, :] = picture[-1, :] = picture[:, 0] = picture[:, -1] = paper
        found.append(picture)
    return found


def test_preprocessing_is_that_of_predict(opened: Open) -> None:
    """Pixel by pixel: what the page makes of a drawing is what ``mlpstudy predict`` makes of it."""
    page = opened()
    for picture in _drawings():
        made = page.evaluate(
            "([r, c, v]) => mlpstudy.picture.digit(mlpstudy.picture.grey(r, c, v)).values",
            [*picture.shape, picture.ravel().tolist()],
        )
        assert made == digit(picture).ravel().tolist()


def test_predictions_are_those_of_predict(opened: Open, results: StudyResults) -> None:
    """On all test images each architecture's embedded seeds say what they say in ``mlpstudy predict``."""
    page = opened()
    dataset = mlpstudy.datasets.load(results.study.data, results.study.study_seed)
    raw, features = dataset.test.raw, dataset.test.features
    assert raw is not None
    said = page.evaluate(
        "images => Promise.all(images.map(one => mlpstudy.drawing.vote(one)))", [image.tolist() for image in raw]
    )
    for i, name in enumerate(ARCHITECTURES):
        votes: list[dict[str, Any]] = [of[i] for of in said]
        assert {of["architecture"] for of in votes} == {name}
        seeds = [one["seed"] for one in votes[0]["seeds"]]
        assert seeds == [0, 1, 2]
        expected = load_ensemble(results.store, name, seeds).predict(features)
        probabilities = np.array([of["probabilities"] for of in votes])
        assert [of["predicted"] for of in votes] == expected.predicted.tolist()
        assert np.abs(probabilities - expected.probabilities).max() < 0.03
    text = page.locator("#draw p").first.inner_text()
    assert (
        f"On all {N_TEST} test images each of these 12 networks, and each architecture's vote, gives the class" in text
    )


@pytest.mark.parametrize("settings", [{}, {"color_scheme": "dark"}, {"viewport": {"width": 390, "height": 844}}])
def test_accessibility(opened: Open, settings: dict[str, Any]) -> None:
    """Axe finds nothing serious or critical, light, dark and narrow."""
    page = opened(**settings)
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
    found = Axe().run(page).response["violations"]
    worst = {
        v["id"]: [n["html"][:200] for n in v["nodes"][:3]] for v in found if v["impact"] in {"serious", "critical"}
    }
    assert worst == {}, json.dumps(worst, indent=1)
