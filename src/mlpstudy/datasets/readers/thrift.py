"""Thrift's compact protocol, as far as Parquet's headers need it: bytes in, numbers and lists out.

A struct becomes a dict of field numbers. Every element takes at least one byte, so that what is built is never much
larger than the bytes it comes from.

Source: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from __future__ import annotations

from typing import TypeAlias

Value: TypeAlias = "bool | int | bytes | list[Value] | dict[int, Value]"
Struct: TypeAlias = dict[int, Value]

MAX_DEPTH = 16

_TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(1, 13)
_LONG_SIZE = 15
_MAX_VARINT_BITS = 70


class MalformedError(ValueError):
    """The bytes are not of the protocol."""


class Decoder:
    """Decodes one value after the other.

    >>> Decoder(bytes([0x15, 0x06, 0x16, 0x01, 0x00])).struct()  # field 1: i32 3, field 2: i64 -1
    {1: 3, 2: -1}
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.position = 0

    def struct(self, depth: int = 0) -> Struct:
        """Decode a struct.

        Raises:
            MalformedError: the bytes end within it, or it is nested too deeply.
        """
        if depth > MAX_DEPTH:
            message = "structures nested too deeply"
            raise MalformedError(message)
        fields: Struct = {}
        number = 0
        while head := self._byte():
            delta, kind = head >> 4, head & 15
            number = number + delta if delta else self._zigzag()
            fields[number] = kind == _TRUE if kind in {_TRUE, _FALSE} else self._value(kind, depth)
        return fields

    def _value(self, kind: int, depth: int) -> Value:
        if kind in {_TRUE, _FALSE, _BYTE}:  # in a list, a bool is a byte
            return self._byte()
        if kind in {_I16, _I32, _I64}:
            return self._zigzag()
        if kind == _DOUBLE:
            return self._take(8)
        if kind == _BINARY:
            return self._take(self._varint())
        if kind in {_LIST, _SET, _MAP}:
            return self._map(depth) if kind == _MAP else self._list(depth)
        if kind == _STRUCT:
            return self.struct(depth + 1)
        message = f"a value of the unknown type {kind}"
        raise MalformedError(message)

    def _list(self, depth: int) -> list[Value]:
        head = self._byte()
        n_items, kind = head >> 4, head & 15
        if n_items == _LONG_SIZE:
            n_items = self._varint()
        self._check_left(n_items)
        if depth >= MAX_DEPTH:
            message = "lists nested too deeply"
            raise MalformedError(message)
        return [self._value(kind, depth + 1) for _ in range(n_items)]

    def _map(self, depth: int) -> Value:
        n_items = self._varint()
        self._check_left(n_items)
        if not n_items:
            return []
        kinds = self._byte()
        if depth >= MAX_DEPTH:
            message = "maps nested too deeply"
            raise MalformedError(message)
        return [[self._value(kinds >> 4, depth + 1), self._value(kinds & 15, depth + 1)] for _ in range(n_items)]

    def _check_left(self, n_items: int) -> None:
        if n_items > len(self._data) - self.position:
            message = f"a list of {n_items} values in fewer bytes"
            raise MalformedError(message)

    def _byte(self) -> int:
        if self.position >= len(self._data):
            message = "an end within a structure"
            raise MalformedError(message)
        self.position += 1
        return self._data[self.position - 1]

    def _take(self, n_bytes: int) -> bytes:
        self._check_left(n_bytes)
        self.position += n_bytes
        return self._data[self.position - n_bytes : self.position]

    def _varint(self) -> int:
        number = 0
        for shift in range(0, _MAX_VARINT_BITS, 7):
            byte = self._byte()
            number |= (byte & 0x7F) << shift
            if byte < 0x80:  # noqa: PLR2004  # the highest bit says that more follows
                return number
        message = "a number of more than ten bytes"
        raise MalformedError(message)

    def _zigzag(self) -> int:
        number = self._varint()
        return (number >> 1) ^ -(number & 1)
