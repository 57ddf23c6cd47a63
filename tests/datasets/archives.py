"""Files that tests write: arrays, archives, and headers that lie."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import Any

import numpy as np
import numpy.typing as npt


def npy(array: npt.NDArray[Any]) -> bytes:
    """Return an array as NumPy saves it."""
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, allow_pickle=True)
    return buffer.getvalue()


def npy_header(text: str, version: tuple[int, int] = (1, 0)) -> bytes:
    """Return a header of any text, padded to 16 bytes."""
    start = 8 + (2 if version == (1, 0) else 4)
    text += " " * (-(start + len(text) + 1) % 16) + "\n"
    length = struct.pack("<H" if version == (1, 0) else "<I", len(text))
    return b"\x93NUMPY" + bytes(version) + length + text.encode("latin-1")


def npy_claiming(*shape: int, descr: str = "<f8") -> bytes:
    """Return a header that claims a shape and type, without values."""
    return npy_header(f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}")


def zipped(members: dict[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an archive of members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, compression)
    return buffer.getvalue()


def npz(**arrays: npt.NDArray[Any]) -> bytes:
    """Return arrays as an NPZ file."""
    return zipped({f"{name}.npy": npy(array) for name, array in arrays.items()})


def zip_claiming(name: str, content: bytes, file_size: int) -> bytes:
    """Return an archive of one deflated member whose headers claim another size."""
    archive = bytearray(zipped({name: content}))
    central = archive.rindex(b"PK\x01\x02")
    struct.pack_into("<I", archive, 22, file_size)
    struct.pack_into("<I", archive, central + 24, file_size)
    return bytes(archive)
