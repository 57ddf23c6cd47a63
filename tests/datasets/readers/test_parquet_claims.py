"""What a Parquet file claims is checked before anything is read from it."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.writing import refusal_of
from mlpstudy.datasets.readers.parquet_claims import check_parquet
from mlpstudy.datasets.readers.thrift import Decoder, MalformedError
from mlpstudy.errors import DataError

TABLE = pl.DataFrame({"a": [0.5, 1.5, None], "b": ["x", "y", "x"], "c": [True, False, True]})


def written(folder: Path, table: pl.DataFrame = TABLE, **options: Any) -> Path:
    """Write a table."""
    path = folder / "table.parquet"
    table.write_parquet(path, **options)
    return path


refusal = partial(refusal_of, check_parquet)


def varint(number: int) -> bytes:
    """Encode a number as Thrift does."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def thrift(fields: dict[int, Any]) -> bytes:
    """Encode a struct of numbers, bytes, structs and lists of structs."""
    out, last = b"", 0
    for number, value in fields.items():
        kind = {int: 6, bytes: 8, list: 9, dict: 12}[type(value)]
        out += bytes([(number - last) << 4 | kind]) + element(value)
        last = number
    return out + b"\0"


def element(value: Any) -> bytes:
    """Encode a value without its type."""
    if isinstance(value, int):
        return varint(2 * value)
    if isinstance(value, bytes):
        return varint(len(value)) + value
    if isinstance(value, list):
        return bytes([len(value) << 4 | 12]) + b"".join(thrift(item) for item in value)
    return thrift(value)


def made(**claims: Any) -> bytes:
    """Return a file of one column and one page, three rows, which claims something else here and there."""
    claimed = {"rows": 3, "group": 3, "values": 3, "page": 3, "size": 30, "chunk": 40, "children": 1, **claims}
    body = bytes(20)
    page = thrift({1: 0, 2: claimed["size"], 3: len(body), 5: {1: claimed["page"], 2: 0, 3: 3, 4: 3}}) + body
    meta = {1: 2, 4: 0, 5: claimed["values"], 6: claimed["chunk"], 7: claims.get("stored", len(page)), 9: 4}
    column = {**({1: b"other"} if "path" in claims else {}), 2: 4, 3: meta}
    schema = [{4: b"schema", 5: claimed["children"]}, {1: 2, 4: b"a"}]
    footer = thrift({1: 1, 2: schema, 3: claimed["rows"], 4: [{1: [column], 2: 40, 3: claimed["group"]}]})
    return b"PAR1" + page + footer + len(footer).to_bytes(4, "little") + b"PAR1"


def test_a_made_file_is_right(tmp_path: Path) -> None:
    """Without a lie, the file of the next test is let through."""
    path = tmp_path / "made.parquet"
    path.write_bytes(made())
    claims = check_parquet(path)
    assert (claims.n_rows, claims.n_columns, claims.n_bytes) == (3, 1, 47), "30 of values, 17 of the page's header"


@pytest.mark.parametrize(
    ("claims", "told"),
    [
        ({"rows": 4}, "4 rows in all, and other numbers in its parts"),
        ({"rows": 4, "group": 4}, "a column that is not as long as the table"),
        ({"rows": 4, "group": 4, "values": 4}, "pages that do not add up"),
        ({"page": 4}, "pages that do not add up"),
        ({"size": 2**31 - 1}, "decompress to at most 100 bytes a byte, got 2147483668 bytes"),
        ({"chunk": 2**40}, "decompress to at most 100 bytes a byte, got 1099511627776 bytes"),
        ({"stored": 2**40}, "not within the file"),
        ({"stored": 10}, "pages that do not add up"),
        ({"path": True}, "a column in another file"),
        ({"children": 2}, "columns within it"),
        ({"rows": 0, "group": 0}, "a part without one"),
        ({"rows": 2**40, "group": 2**40, "values": 2**40, "page": 2**40}, "1099511627776 cells"),
    ],
)
def test_every_lie_is_found(tmp_path: Path, claims: dict[str, int], told: str) -> None:
    """Rows, values, sizes: each claim is compared with the others and with the bytes."""
    path = tmp_path / "made.parquet"
    path.write_bytes(made(**claims))
    assert told in refusal(path)


@pytest.mark.parametrize("compression", ["zstd", "snappy", "gzip", "uncompressed"])
@pytest.mark.parametrize("rows_a_part", [None, 700])
def test_the_claims_are_the_table(tmp_path: Path, compression: str, rows_a_part: int | None) -> None:
    """Rows, columns and decompressed size are those of the table, however it was written."""
    rng = np.random.default_rng(0)
    n = 2000
    table = pl.DataFrame({"x": rng.random(n), "y": [f"name {i}" for i in range(n)], "z": rng.integers(0, 2, n) == 1})
    claims = check_parquet(written(tmp_path, table, compression=compression, row_group_size=rows_a_part))
    assert (claims.n_rows, claims.n_columns) == (n, 3)
    assert claims.n_bytes > 8 * n


def test_more_rows_than_the_bytes_bear_out_are_refused(tmp_path: Path) -> None:
    """Forty kilobytes of constant columns that would become 160 MB in memory are refused by the number of cells."""
    n = 10_000_000
    path = written(tmp_path, pl.DataFrame({"a": np.zeros(n, np.int8), "b": np.zeros(n, np.int8)}))
    assert path.stat().st_size < 100_000
    assert "20000000 cells" in refusal(path)


def test_a_claim_of_other_rows_is_refused(tmp_path: Path) -> None:
    """A footer whose number of rows is not that of its parts is refused, in whichever place it was changed."""
    path = written(tmp_path, pl.DataFrame({"a": np.arange(1000)}))
    content = path.read_bytes()
    told, footer = varint(2 * 1000), len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    places = [match.start() for match in re.finditer(re.escape(told), content) if match.start() >= footer]
    assert len(places) == 3, "of the table, of its part, of the column"
    for place in places:
        path.write_bytes(content[:place] + varint(2 * 1001) + content[place + len(told) :])
        refusal(path)


def test_columns_within_columns_are_refused(tmp_path: Path) -> None:
    """Lists and structures are no features."""
    assert 'column "a" must hold one value a row' in refusal(written(tmp_path, pl.DataFrame({"a": [[1, 2], [3]]})))


def test_a_table_without_rows_is_refused(tmp_path: Path) -> None:
    """There is nothing to learn from."""
    assert "rows" in refusal(written(tmp_path, TABLE.clear()))


def test_every_truncation_is_refused(tmp_path: Path) -> None:
    """A file cut off anywhere is refused."""
    path = written(tmp_path)
    content = path.read_bytes()
    for n_bytes in range(len(content)):
        path.write_bytes(content[:n_bytes])
        refusal(path)


@given(data=st.data())
def test_changed_bytes_never_raise_anything_but_a_data_error(scratch: Path, data: st.DataObject) -> None:
    """Whatever bytes of a file are changed, it is one line, or claims as much as it has bytes for."""
    path = written(scratch)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(content))
    try:
        claims = check_parquet(path)
    except DataError:
        refusal(path)
    else:
        assert 0 < claims.n_rows * claims.n_columns * 8 < 2**28


@given(content=st.binary(max_size=300))
def test_any_bytes_are_a_struct_or_malformed(content: bytes) -> None:
    """The decoder ends on any bytes, within them, with a struct or its own error."""
    decoder = Decoder(content)
    try:
        decoder.struct()
    except MalformedError:
        return
    assert 0 < decoder.position <= len(content)


def test_a_list_longer_than_its_bytes_is_malformed() -> None:
    """A list of two billion numbers in six bytes takes no memory."""
    with pytest.raises(MalformedError, match="list of 2147483647"):
        Decoder(bytes([0x19, 0xF5, *varint(2**31 - 1)])).struct()
