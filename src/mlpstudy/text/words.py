"""Words around numbers as every text writes them: counts with their noun, lists, sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpstudy.text.numerals import fixed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


MOST = 6
"""Words that a list has unless it has room for more."""


def counted(n: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "seed"), counted(1200, "image")
    ('1 seed', '1,200 images')
    """
    return f"{n:,} {noun if n == 1 else noun + 's'}"


def listed(words: Sequence[str], most: int = MOST) -> str:
    """Return words as a list in a sentence.

    >>> listed(["a", "b", "c"]), listed(["a"]), listed(list("abcdefgh"))
    ('a, b and c', 'a', 'a, b, c, d, e, f and 2 more')
    """
    if len(words) > most:
        return f"{', '.join(words[:most])} and {len(words) - most} more"
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else "none"


def either(words: Iterable[str]) -> str:
    """Return words of which one is meant.

    >>> either(["a"]), either(["a", "b", "c"])
    ('a', 'a, b or c')
    """
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def commas(words: Iterable[str]) -> str:
    """Return words with commas between; of very many the first and how many more.

    >>> commas("abc"), commas("abcdefgh")
    ('a, b, c', 'a, b, c, d, e, f and 2 more')
    """
    every = list(words)
    more = f" and {len(every) - MOST} more" if len(every) > MOST else ""
    return ", ".join(every[:MOST]) + more


def some(words: Sequence[str], most: int) -> str:
    """Return words with commas between; of very many the first, and that there are more.

    >>> some(["a", "b"], 2), some(["a", "b", "c"], 2)
    ('a, b', 'a, b, ...')
    """
    return ", ".join([*words[:most], "..."] if len(words) > most else words)


def shortened(text: str, most: int = 40) -> str:
    """Return a text for a message, cut where it is long.

    >>> shortened("rows"), shortened("a long title", 8)
    ('rows', 'a lon...')
    """
    return text if len(text) <= most else f"{text[: most - 3]}..."


def sentence(text: str) -> str:
    """Return words as a sentence: a capital at the start, a full stop at the end; nothing of nothing.

    >>> sentence("the spread is large"), sentence("")
    ('The spread is large.', '')
    """
    return f"{text[:1].upper()}{text[1:].removesuffix('.')}." if text else ""


def noun_of(*, are_images: bool) -> str:
    """Return what the examples of a study are called where several are counted.

    >>> noun_of(are_images=True), noun_of(are_images=False)
    ('images', 'examples')
    """
    return "images" if are_images else "examples"


def examples_words(difference: float) -> str:
    """Return a difference in test examples, a mean over seeds: whole where it has two digits.

    >>> examples_words(-17.2), examples_words(0.25), examples_words(0.0)
    ('-17', '+0.2', '0.0')
    """
    return fixed(difference, 0 if abs(difference) >= 9.95 else 1, sign=True)  # noqa: PLR2004  # rounds to 10
