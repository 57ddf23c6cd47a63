"""What a Parquet file claims is checked before anything is read from it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpstudy.datasets.parquet_claims import check_parquet
from mlpstudy.datasets.thrift import Decoder, MalformedError
from mlpstudy.errors import DataError

TABLE = pl.DataFrame({"a": [0.5, 1.5, None], "b": ["x", "y", "x"], "c": [True, False, True]})


def written(folder: Path, table: pl.DataFrame = TABLE, **options: Any) -> Path:
    """Write a table."""
    path = folder / "table.parquet"
    table.write_parquet(path, **options)
    return path


def refusal(path: Path) -> str:
    """Return the line with which a file is refused."""
    with pytest.raises(DataError) as caught:
        check_parquet(path)
    message = str(caught.value)
    assert path.name in message
    assert message.isprintable()
    return message


def varint(number: int) -> bytes:
    """Encode a number as Thrift does."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


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


def test_a_page_that_claims_gigabytes_is_refused(tmp_path: Path) -> None:
    """A page's own claim counts, not only the footer's sum."""
    path = written(tmp_path, pl.DataFrame({"a": np.arange(100)}), compression="zstd", statistics=False)
    content = path.read_bytes()
    head = Decoder(content[4:])
    header = head.struct()
    assert isinstance(header[2], int)
    old = varint(2 * header[2])
    place = content.index(old, 4)
    new = varint(2 * (2**31 - 1))
    path.write_bytes(content[:place] + new + content[place + len(old) :])
    refusal(path)


def test_columns_within_columns_are_refused(tmp_path: Path) -> None:
    """Lists and structures are no features."""
    assert "flat table" in refusal(written(tmp_path, pl.DataFrame({"a": [[1, 2], [3]]})))


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
