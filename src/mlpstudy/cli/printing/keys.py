"""Keys of a study's data that a refusal asks for, as options: who has no study file yet can give them at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from mlpstudy.errors import DataError
from mlpstudy.text.escaping import shell

_VALUE = r'"(?:[^"\\]|\\.)*"|\[[^\]]*\]|true|false|\d+'


@contextmanager
def offering_keys() -> Iterator[None]:
    """Refuse data with the options that settle what is asked.

    Raises:
        DataError: as the block does.
    """
    try:
        yield
    except DataError as error:
        raise DataError(with_options(str(error))) from error


def with_options(refusal: str) -> str:
    """Return a refusal with the keys of its fix as options.

    >>> print(with_options("x.csv must ..., got ..., fix: header = false, or a line of names"))
    x.csv must ..., got ..., fix: header = false, or a line of names (--with 'header = false')
    """
    from mlpstudy.study import Data

    line = re.compile(rf"\b(?:{'|'.join(Data.model_fields)}) = (?:{_VALUE})")
    _, _, fix = refusal.rpartition(", fix: ")
    found = list(dict.fromkeys(line.findall(fix)))
    return f"{refusal} ({' or '.join(f'--with {shell(each)}' for each in found)})" if found else refusal
