"""Text from files stays text: titles, names of factors, levels and classes, reasons of failures."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpstudy.errors import ResultsError
from mlpstudy.page.embedding import inline_script, inline_style, json_text, source_hash
from mlpstudy.page.environment import environment
from mlpstudy.report import report_html
from mlpstudy.results import StudyResults
from report import attacks


class Elements(HTMLParser):
    """Collects elements, attributes, and the text of scripts and styles, as a browser would see them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.scripts: list[tuple[dict[str, str], str]] = []
        self.styles: list[str] = []
        self.words: list[str] = []
        self._inside = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        own = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in own.items()]
        self._inside = tag
        if tag == "script":
            self.scripts.append((own, ""))
        elif tag == "style":
            self.styles.append("")

    def handle_endtag(self, tag: str) -> None:
        """Note its end."""
        if tag in {"script", "style"}:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        """Note its text."""
        if self._inside == "script":
            own, text = self.scripts[-1]
            self.scripts[-1] = (own, text + data)
        elif self._inside == "style":
            self.styles[-1] += data
        else:
            self.words.append(data)


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report of the attacking study."""
    return report_html(StudyResults(attacks.write_attack(tmp_path_factory.mktemp("runs") / "tiny")))


def test_only_our_own_scripts_run(html: str) -> None:
    """Every script is one that the policy allows by its hash, or data that no browser runs."""
    found = Elements(html)
    policy = next(
        value for tag, name, value in found.attributes if tag == "meta" and name == "content" and "src" in value
    )
    running = [text for own, text in found.scripts if own.get("type", "") == ""]
    assert len(running) >= 4
    for text in running:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
        assert "window.taken" not in text
    for own, text in found.scripts:
        if own.get("type"):
            assert own["type"] in {"text/plain", "application/json"}
            assert re.fullmatch(r"[A-Za-z0-9+/=]*" if own["type"] == "text/plain" else r"[^<>&]*", text)
    for text in found.styles:
        assert f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" in policy


def test_no_element_or_handler_comes_from_a_file(html: str) -> None:
    """No image without our own address, no event handler, no style attribute, no foreign address."""
    found = Elements(html)
    handlers = [name for _, name, _ in found.attributes if name.startswith("on")]
    assert not handlers
    assert not [value for tag, name, value in found.attributes if name == "style"]
    for tag, name, value in found.attributes:
        if name in {"src", "href"}:
            assert value.startswith(("data:image/png;base64,", "#")), (tag, value)


def test_the_texts_are_there_as_text(html: str) -> None:
    """What attacked is shown, character by character."""
    words = "".join(Elements(html).words)
    for piece in (attacks.SCRIPT, attacks.IMAGE, attacks.COMMENT, attacks.TEMPLATE, attacks.EXPRESSION):
        assert piece in words


def test_policy_allows_nothing_else(html: str) -> None:
    """Nothing by default, no inline code but by hash, no evaluation, no connection."""
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', html)
    policy = policy.replace("&#39;", "'")
    parts = dict(part.split(" ", 1) for part in policy.split("; "))
    assert parts["default-src"] == "'none'"
    assert parts["connect-src"] == parts["base-uri"] == parts["form-action"] == "'none'"
    assert "unsafe" not in policy
    assert "http" not in policy
    assert all(source.startswith("'sha256-") for source in parts["script-src"].split())
    # The policy must come before anything that it is to stop.
    assert html.index("Content-Security-Policy") < html.index("<style") < html.index("<script")


def test_specifications_carry_texts_as_data(html: str) -> None:
    """The charts' data hold the names unchanged, as JSON in which no markup can be."""
    (found,) = (text for own, text in Elements(html).scripts if own.get("id") == "data-charts")
    charts = json.loads(found)
    assert attacks.CLOSING in json.dumps(charts, ensure_ascii=False).encode().decode("unicode_escape")


@given(st.text())
@settings(max_examples=200)
def test_json_cannot_end_its_element(text: str) -> None:
    """Any text survives the way through JSON, and none of it reads as markup or a line's end to a script."""
    packed = json_text({"key": text, text: [text]})
    assert json.loads(packed) == {"key": text, text: [text]}
    assert not set("<>&\u2028\u2029") & set(packed)


@pytest.mark.parametrize("text", ["</script>", "</SCRIPT >", "<!-- x", "<script"])
def test_scripts_cannot_end_their_element(text: str) -> None:
    """What would end or change a script element is written otherwise; in strings it means the same."""
    safe = str(inline_script(f"s = '{text}'"))
    assert text not in safe
    assert safe.replace("\\x3c", "<") == f"s = '{text}'"


def test_style_with_an_end_tag_is_refused() -> None:
    """A style sheet that would end its element is a mistake of ours, said in one line."""
    with pytest.raises(ResultsError, match="must hold no end tag"):
        inline_style("a{}</style>")


def test_hash_is_of_what_the_browser_reads() -> None:
    """Line ends as HTML reads them: a hash of the other form would stop our own script."""
    assert source_hash(str(inline_script("a\r\nb\rc"))) == source_hash("a\nb\nc")


def test_undefined_names_in_templates_are_errors() -> None:
    """A template that asks for what nobody gave fails, instead of showing nothing."""
    with pytest.raises(Exception, match="'missing' is undefined"):
        environment().from_string("{{ missing }}").render()
