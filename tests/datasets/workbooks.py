"""Workbooks as Excel writes them, and as it does not."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape  # nothing is parsed

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DATE, TIME, PERCENT, MOMENT, ELAPSED = range(1, 6)
"""Formats of cells."""
_FORMATS = (0, 14, 21, 9, 164, 165)


def styles() -> str:
    """Return the formats of cells."""
    xfs = "".join(f'<xf numFmtId="{number}"/>' for number in _FORMATS)
    custom = '<numFmt numFmtId="164" formatCode="dd/mm/yyyy\\ hh:mm"/><numFmt numFmtId="165" formatCode="[h]:mm:ss"/>'
    return f'<styleSheet xmlns="{MAIN}"><numFmts>{custom}</numFmts><cellXfs>{xfs}</cellXfs></styleSheet>'


def cell(value: object, place: str = "") -> str:
    """Return a cell: of a number, text or truth value; of ``(number, format)``; or XML as it is, from ``<c``."""
    at = f' r="{place}"' if place else ""
    if isinstance(value, tuple):
        return f'<c{at} s="{value[1]}"><v>{value[0]}</v></c>'
    if isinstance(value, bool):
        return f'<c{at} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f"<c{at}><v>{value!r}</v></c>"
    if isinstance(value, str) and value.startswith("<c"):
        return value.replace("<c", f"<c{at}", 1)
    if isinstance(value, str) and value.startswith("#"):
        return f'<c{at} t="e"><v>{value}</v></c>'
    return f'<c{at} t="inlineStr"><is><t xml:space="preserve">{escape(str(value))}</t></is></c>'


def sheet(rows: Sequence[Sequence[object]], more: str = "") -> str:
    """Return a sheet; None is a cell that is not there."""
    lines = []
    for i, row in enumerate(rows, start=1):
        cells = (cell(value, f"{chr(65 + j)}{i}") for j, value in enumerate(row) if value is not None)
        lines.append(f'<row r="{i}">{"".join(cells)}</row>')
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData>{more}</worksheet>'


def members(
    sheets: Mapping[str, str], texts: Sequence[str] = (), workbook: str = "", hidden: Sequence[str] = ()
) -> dict[str, str]:
    """Return the members of a workbook of these sheets."""
    states = dict.fromkeys(hidden, ' state="hidden"')
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{i}" r:id="rId{i}"{states.get(name, "")}/>'
        for i, name in enumerate(sheets, start=1)
    )
    relations = "".join(
        f'<Relationship Id="rId{i}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i in range(1, len(sheets) + 1)
    )
    shared = "".join(f"<si><t>{escape(text)}</t></si>" for text in texts)
    rels = f'<Relationships xmlns="{PACKAGE}/relationships">'
    top = f'<Relationship Id="a" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    return {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": f"{rels}{top}</Relationships>",
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{workbook}<sheets>{listed}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'{rels}{relations}<Relationship Id="s" Type="{OFFICE}/styles" Target="/xl/styles.xml"/>'
            f'<Relationship Id="t" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
        ),
        "xl/styles.xml": styles(),
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{shared}</sst>',
        **{f"xl/worksheets/sheet{i}.xml": content for i, content in enumerate(sheets.values(), start=1)},
    }


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    """Return members as an archive, the same bytes each time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def workbook(*rows: Sequence[object]) -> bytes:
    """Return a workbook of one sheet."""
    return packed(members({"Sheet1": sheet(rows)}))
