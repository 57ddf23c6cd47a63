"""Seeds of text tables as people have them: one a dialect, each small, right and nearly right."""

from __future__ import annotations

import gzip

KINDS = ("low", "high")


def rows(cells: tuple[str, ...], between: str = ",", header: str = "a,b,kind") -> str:
    """Return a table of two columns of numbers, with these cells first, and a class."""
    filled = [cells[i] if i < len(cells) else str(30 + i * 7 % 11) for i in range(12)]
    lines = [f"{cell}{between}{i % 5}{between}{KINDS[i % 2]}" for i, cell in enumerate(filled)]
    return "\n".join([header.replace(",", between), *lines, ""])


def column(*cells: str, between: str = ",") -> bytes:
    """Return a table whose first column has these cells, over and over."""
    return rows(tuple(cells[i % len(cells)] for i in range(12)), between).encode()


PLAIN = rows(())
CELLS: dict[str, bytes] = {
    "decimal-comma": column("36,5", "-1,25", between=";"),
    "decimal-comma-thousands": column("1.234,5", "12", between=";"),
    "thousands": column('"1,234"', '"12,345,678"', "7"),
    "thousands-apostrophe": column("1'234", "12'345"),
    "thousands-blanks": column("1\u202f234,5", "12\u00a0345", between=";"),
    "thousands-lakhs": column('"12,34,567"', '"1,00,000"'),
    "thousands-or-decimals": column('"1,010"', "47"),
    "thousands-by-another-column": column("1.234", "5.678", between=";").replace(b";0;", b";36,5;"),
    "signs-of-unicode": column("\u22125", "\uff11\uff12"),
    "negative-in-parentheses": column('"(1,200.00)"', "35.50"),
    "magnitudes": column("$1.5k", "$2M", "$300"),
    "units-mixed": column("5 kg", "7 lb", "8"),
    "bounds": column("<0.01", "120/80", "4.0 ± 0.7"),
    "words-between-numbers": column("unknown", "1.5", "n.a.", "abc"),
    "percent": column("10%", "7.5 %"),
    "money": column("$5", "$1200.50", "-$3"),
    "unit": column("5 kg", "7.5 kg"),
    "excel-errors": rows(("#DIV/0!", "#VALUE!", "#N/A", "NV", ".", "-")).encode(),
    "code-for-missing": column("-999", "1", "2", "3"),
    "identifiers": column("12345678901234567890", "12345678901234567891"),
    "leading-zeros": column("00123", "04567"),
    "dates": column("2024-01-31", "2023-12-01"),
    "dates-day-first": column("31/01/2024", "01/02/2024"),
    "dates-month-first": column("01/31/2024", "02/01/2024"),
    "dates-ambiguous": column("01/02/2024", "03/04/2024"),
    "dates-points": column("31.01.24", "1.2.24"),
    "dates-compact": column("20240131", "20231201"),
    "dates-named": column("31 Jan 2024", "1-Feb-2024"),
    "dates-far": column("9999-12-31", "0001-01-01"),
    "times": column("2024-01-31T12:00:00+02:00", "2024-01-31 12:00:00.123Z"),
    "clock": column("12:30", "01:05:59"),
    "clock-half": column("1:30 PM", "12:05:59.5 a.m."),
    "dates-offsets": column("2024-01-31T12:00:00-0330", "2024-01-31 12:00+02:00[Europe/Paris]"),
    "dates-named-first": column('"Jan 31, 2024 1:45 PM"', '"Thu, 1 Feb 2024 12:00:00 +0200"'),
    "dates-other-languages": column("31. März 2024", "1er août 2024"),
    "dates-weeks": column("2024-W05-1", "2020-W53-7", "2024-366"),
    "dates-months": column("2024-01", "2024Q1", "01/2024", "Feb-24"),
    "dates-zeros": column("0000-00-00", "2024-01-31"),
    "dates-impossible": column("31.02.2024", "00.13.2024", "99.99.9999"),
    "dates-compact-times": column("20240131134500", "202401311345"),
    "dates-two-forms": column("2024-01-31", "31.01.2024"),
    "dates-year-or-day": column("22-01-13", "98-02-30"),
    "dates-edge": column("9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"),
    "dates-written-numbers": rows(("1704067200", "20240131", "45322"), header="date,b,kind").encode(),
    "truth": column("True", "FALSE"),
    "truth-words": column("yes", "no", "Y", "n"),
    "infinite": column("inf", "-Infinity", "1e999"),
    "long-cell": column("9" * 400, "1"),
}
"""Cells that are numbers, dates or truth values in some dialect."""

LINES: dict[str, bytes] = {
    "no-header": PLAIN.split("\n", 1)[1].encode(),
    "no-header-letters": b"x,s,x,e\nx,y,s,p\ns,s,y,e\ny,x,s,p\n" * 3,
    "comments": f"# exported 2024\n# by hand\n{PLAIN}# end\n".encode(),
    "banner": f"Report of May\n\n{PLAIN}".encode(),
    "units": rows(("kg",)).replace("kg,0,low", "kg,m,-").encode(),
    "two-headers": f"size,size,class\n{PLAIN}".encode(),
    "orange": b"age\tjob\trisk\nc\td\td\n\t\tclass\n" + b"20\tclerk\tlow\n21\tnone\thigh\n" * 6,
    "orange-prefixes": b"C#age\tmD#job\tcD#risk\n" + b"20\tclerk\tlow\n21\tnone\thigh\n" * 6,
    "counts": b"12,2,low,high\n" + PLAIN.split("\n", 1)[1].replace("low", "0").replace("high", "1").encode(),
    "validator": b"|1x3 Cross validator\n" + PLAIN.split("\n", 1)[1].replace("\n", ".\n").encode(),
    "index": (
        "," + "\n".join(f"{i - 1 if i else ''},{line}" for i, line in enumerate(PLAIN.splitlines()))[1:]
    ).encode(),
    "row-names": ("a b kind\n" + "".join(f'"{i}" {i}.5 {i % 3} {KINDS[i % 2]}\n' for i in range(1, 13))).encode(),
    "trailing": PLAIN.replace("\n", ",\n").encode(),
    "trailing-rows": PLAIN.replace("\n", ",\n").replace(",\n", "\n", 1).encode(),
    "blanks": PLAIN.replace(",", "   ").encode(),
    "blanks-before": ("\n" + PLAIN[:-1]).replace("\n", "\n  ").replace(",", "\t ").encode(),
    "names-twice": PLAIN.replace("a,b", "a,a", 1).encode(),
    "names-that-are-patterns": PLAIN.replace("a,b,kind", "*,^k.*$,kind", 1).encode(),
    "one-column": b"a\n1\n2\n",
    "one-row": b"a,b,kind\n1,2,low\n",
    "only-names": b"a,b,kind\n",
    "total": f"{PLAIN}Total,400,\n\nSource: a friend\n".encode(),
    "old-macintosh": PLAIN.replace("\n", "\r").encode(),
    "lone-cr": PLAIN.replace("\n", "\r,\n", 1).encode(),
    "groups": f"size,,class\n{PLAIN}".encode(),
    "names-and-units": f"size,size,class\n{PLAIN}".replace("a,b,kind", "long,wide,", 1)
    .replace("30", "m,m,-\n30", 1)
    .encode(),
    "names-in-a-comment": f"# {PLAIN}".replace(",", " ").encode(),
    "put-together": (PLAIN * 2).encode(),
    "ruled": PLAIN.replace(",", " | ").replace("\n", "\n---+---+---\n", 1).encode() + b"(12 rows)\n",
    "runs-of-tabs": PLAIN.replace(",", "\t\t", 7).replace(",", "\t").encode(),
    "mark-in-quotes": PLAIN.replace("low", '"lo\n# w"').encode(),
    "separator-said": f"sep=,\n{PLAIN}".encode(),
    "names-of-lines": PLAIN.replace("a,b", '"a\r\n(kg)",b\xa0m', 1).encode(),
    "inches": PLAIN.replace("low", "5'10\"").encode(),
}
"""Lines before, between and behind the rows."""

ENCODINGS: dict[str, bytes] = {
    "gzip": gzip.compress(PLAIN.encode(), mtime=0),
    "gzip-cut": gzip.compress(PLAIN.encode(), mtime=0)[:-9],
    "gzip-twice": gzip.compress(gzip.compress(PLAIN.encode(), mtime=0), mtime=0),
    "utf-16": PLAIN.replace(",", "\t").encode("utf-16"),
    "utf-16-big": b"\xfe\xff" + PLAIN.encode("utf-16-be"),
    "utf-16-odd": PLAIN.encode("utf-16")[:-1],
    "utf-16-surrogate": b"\xff\xfe" + PLAIN.encode("utf-16-le") + b"\x00\xd8",
    "utf-32": PLAIN.encode("utf-32"),
    "cp1252": PLAIN.replace("low", "Käse").replace("high", "5 €").encode("cp1252"),
    "cp1252-undefined": PLAIN.replace("low", "K\x81se").encode("latin-1"),
    "zeros": b"a,b\n1,\x00\n2,3\n",
}
"""Bytes that are not UTF-8."""


def dialects() -> dict[str, bytes]:
    """Return all seeds of text tables."""
    return {"plain": PLAIN.encode(), **CELLS, **LINES, **ENCODINGS}


def with_new_rows(mark: bytes) -> dict[str, bytes]:
    """Return seeds of a file to learn from, one to test on and one to predict, of the dialects that matter there."""
    alone = {name: text for name, text in {**CELLS, **LINES}.items() if len(text) < 1_000}
    return {name: mark.join([text, text, text]) for name, text in alone.items()}
