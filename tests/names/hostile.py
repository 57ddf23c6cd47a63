"""Names that try to be more than names, and a stranger's folder in which everything is named so."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mlpstudy.store import WritableStore
from mlpstudy.study import Study
from store import samples

ATTACKS = {
    "markup that is wrong": "[/]",
    "markup": "[red]x[/red]",
    "a link": "[link=file:///etc/passwd]x[/link]",
    "an emoji code": ":bug:",
    "a colour": "\x1b[31mred",
    "a window's title": "\x1b]0;taken\x07",
    "one byte's controls": "\x9b2Jgone",
    "the other direction": "a\u202egpj.exe",
    "nothing to see": "a\u200bb\u2060c",
    "a byte that ends": "a\x00b",
    "two lines": "a\nb",
    "a line's start": "a\rb",
    "a script": "<script>window.taken = 1</script>",
    "an end": "</style></script>",
    "a cell": "a|b",
    "code": "`x`",
    "a picture": "![x](http://example.org/x.png)",
    "LaTeX": r"\input{/etc/passwd}",
    "mathematics": "$x$",
    "a comment": "5 % of",
    "a formula": '=cmd("x")',
    "another formula": "@SUM(1)",
    "a folder": "../../taken",
    "half a character": "a\ud800b",
    "an expression": "'];taken=1;['",
    "a template": "{{ 7 * 7 }}",
    "the end of a text": "a\\",
    "an end and an expression": 'a\\" + width + "',
    "a quotation": 'a"b',
    "very long": "long " * 60,
}
"""What each tries to be, and the name."""

EVERYTHING = " ".join(ATTACKS.values())

REFUSED = frozenset(
    {
        "a colour",
        "a window's title",
        "one byte's controls",
        "the other direction",
        "nothing to see",
        "a byte that ends",
        "two lines",
        "a line's start",
        "half a character",
        "very long",
    }
)
"""Those that no study file may hold; the others are names as good as any."""


FIRST = ("markup that is wrong", "a formula", "another formula", "a folder")
"""Those whose place is the beginning of a name."""


def together() -> list[str]:
    """Return a few names that hold all attacks but the very long one: as much as a quick test can send."""
    rest = [text for name, text in ATTACKS.items() if name not in (*FIRST, "very long", "half a character")]
    return [" ".join([ATTACKS[name], *rest[i :: len(FIRST)]]) for i, name in enumerate(FIRST)]


def one_by_one() -> list[str]:
    """Return every attack as a name of its own, but for half a character, which SQLite refuses."""
    return [text for name, text in ATTACKS.items() if name != "half a character"]


def fields(names: Sequence[str]) -> dict[str, Any]:
    """Return the fields of a study whose levels have these names, its title, author, data and factors attacks."""
    others: dict[str, Any] = {f"{name} of x": {"x": {}} for name in names[1:4]}
    first = names[0] + "-x" * len(others)
    return {
        "name": "tiny",
        "title": EVERYTHING,
        "reported_by": EVERYTHING,
        "data": {"path": f"./{names[0]}", "drop": [names[0]]},
        "seeds": 3,
        "training": {"epochs": 2, "diagnostics": True},
        "factors": {names[0]: {name: {"hidden": [i + 2]} for i, name in enumerate(names)}, **others},
        "judging": {"family": "against", "baseline": first},
        "baselines": ["majority class"],
        "reported": {first: {"test_accuracy": 0.5}},
    }


def write_folder(folder: Path, names: Sequence[str], n_seeds: int = 2) -> Path:
    """Write a folder as a stranger could, its architectures and classes named so, and return it."""
    study = Study.stored(fields(names))
    texts = list(ATTACKS.values())
    data = dataclasses.replace(
        samples.tiny_data(), name=names[0], class_names=tuple(" ".join(texts[i::3]) for i in range(3))
    )
    with WritableStore.create_or_open(folder, study, data, samples.ENGINE) as store:
        store.put_baseline(samples.baseline())
        for architecture in study.architectures:
            for seed in range(n_seeds):
                store.finish_run(samples.finished(study, architecture.name, seed))
        done = samples.finished(study, study.architectures[-1].name, n_seeds)
        gone = dataclasses.replace(
            samples.diverged(study, study.architectures[-1].name, n_seeds).record,
            reason=EVERYTHING.replace("\ud800", ""),
        )
        store.finish_run(dataclasses.replace(done, record=gone, epochs=done.epochs[:1], outcome=None, diagnostics=()))
    return folder


def hidden(text: str) -> list[str]:
    """Return the characters of what was printed that a terminal would not show as themselves."""
    return [repr(c) for c in text if c != "\n" and (unicodedata.category(c)[0] == "C" or c in "\u2028\u2029")]
