"""What the networks learn from: a data set by name or by path, its columns, its splits."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, PrivateAttr, model_validator

from mlpstudy.study.base import content_of
from mlpstudy.study.reading import Reading

Share = float
FileOrPair = str | tuple[str, str]
Scaling = Literal["standardise", "0-1", "none"]

VALIDATION_SHARE = 0.1
TEST_SHARE = 0.2
MAX_IMAGE_SIDE = 1024
"""Larger images have more pixels than a network of dense layers takes inputs."""


def looks_like_path(text: str) -> bool:
    """Say whether a text is a path and not a data set's name: a path has a ``/`` or a ``.`` in it.

    >>> looks_like_path("mnist"), looks_like_path("adult.csv"), looks_like_path("./pictures")
    (False, True, True)
    """
    return any(mark in text for mark in "/\\.")


def _from_text(value: Any) -> Any:  # noqa: ANN401  # raw TOML: anything may come
    """``data = "mnist"`` is short for a table with the name alone, ``data = "adult.csv"`` for one with the path."""
    if isinstance(value, str):
        return {"path" if looks_like_path(value) else "name": value}
    return value


def _is_share(value: Any) -> bool:  # noqa: ANN401  # raw TOML: anything may come
    return isinstance(value, float) and 0 < value < 1


def _is_file(value: Any) -> bool:  # noqa: ANN401  # raw TOML: anything may come
    """Whether it is a path, or a pair of them (features, labels)."""
    if isinstance(value, list | tuple):
        return len(value) == 2 and all(isinstance(part, str) and _is_file(part) for part in value)  # noqa: PLR2004  # a pair
    return isinstance(value, str) and looks_like_path(value)


def _pair(value: Any) -> Any:  # noqa: ANN401  # raw TOML: anything may come
    """TOML has arrays, frozen objects have tuples."""
    return tuple(value) if isinstance(value, list) else value


def _checked_name(value: Any) -> Any:  # noqa: ANN401  # raw TOML: anything may come
    if isinstance(value, str) and looks_like_path(value):
        message = f'the name of a data set; a file or folder has a path instead: path = "{value}"'
        raise ValueError(message)
    return value


def _checked_path(value: Any) -> Any:  # noqa: ANN401  # raw TOML: anything may come
    is_text = isinstance(value, str) and value != ""
    if value is not None and not is_text and not _is_file(value):
        message = 'a path in quotes, or two of them in an array: features, labels (["x.npy", "y.npy"])'
        raise ValueError(message)
    return _pair(value)


def _checked_validation(value: Any) -> Any:  # noqa: ANN401  # raw TOML: anything may come
    """Say in one sentence what a validation may be, where a union of types would say it in three."""
    if value != "test" and not _is_share(value) and not _is_file(value):
        message = '"test" or a share of the training examples between 0 and 1, or the path of a file'
        raise ValueError(message)
    return _pair(value)


def _checked_test(value: Any) -> Any:  # noqa: ANN401  # raw TOML: anything may come
    if value is not None and not _is_share(value) and not _is_file(value):
        message = "a share of the examples between 0 and 1, or the path of a file"
        raise ValueError(message)
    return _pair(value)


def _checked_side(value: Any) -> Any:  # noqa: ANN401  # raw TOML: anything may come
    """``image_size = 28`` is short for ``[28, 28]``."""
    sides = [value, value] if isinstance(value, int) and not isinstance(value, bool) else value
    if sides is None:
        return None
    is_pair = isinstance(sides, list | tuple) and len(sides) == 2  # noqa: PLR2004  # a pair
    if not is_pair or not all(type(side) is int and 1 <= side <= MAX_IMAGE_SIDE for side in sides):
        message = f"a number of pixels, 1 to {MAX_IMAGE_SIDE}, or [rows, columns]"
        raise ValueError(message)
    return tuple(sides)


def _checked_names(value: Any) -> Any:  # noqa: ANN401  # raw TOML: anything may come
    if not isinstance(value, list | tuple):
        message = 'an array of names of columns such as ["id"]'
        raise ValueError(message)  # noqa: TRY004  # pydantic turns it into a line with the key
    return tuple(value)


def _default_validation(fields: Mapping[str, Any]) -> Literal["test"] | Share:
    """MNIST's studies repeat the notebook; with all other data the curves are measured on held-out examples."""
    return "test" if fields.get("name") == "mnist" else VALIDATION_SHARE


Names = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_checked_names)]
Column = Annotated[str, Field(min_length=1)]


class Data(Reading):
    """What the networks learn from and are judged on: a data set with a name, or files of one's own.

    Attributes:
        name: name of a data set (``mlpstudy data list``), or of the arrays that Python code gives.
        path: a file or a folder instead, or two files: features and labels. Relative to the study file's folder.
        target: the column of a table that holds the class.
        test: what the outcomes are recorded on: the share of the examples that is held out for it, or a file like
            that of ``path``. Where it is missing: the data set's own test examples, or else a share of 0.2.
        validation: what the losses after each epoch are measured on: the share of the training examples that is
            held out for it, a file like that of ``path``, or ``"test"`` (as the notebook did: such curves must not
            choose anything). Where it is missing: the data's own validation examples, or else a share of 0.1; for
            ``mnist`` ``"test"``.
        group: a column of a table: examples of one group stay together when examples are held out.
        time: a column of a table: the latest examples are held out, for the test first.
        numeric: how numbers are scaled: ``"standardise"`` (mean 0, standard deviation 1), ``"0-1"``, or ``"none"``.
            Where it is missing: ``"standardise"``; sparse numbers are divided by the largest of their column.
        on_missing_target: what becomes of a table's rows that name no class: an ``"error"``, or ``"drop"``.
        categorical: columns of numbers that are categories.
        drop: columns that are left out.
        image_size: rows and columns that the images of a folder are resized to; one number for a square.
        train_examples: use only that many training examples, chosen at random; all where it is missing.
        test_examples: the same for the test examples.

    >>> data = Data(path="adult.csv", target="income", drop=("id",))
    >>> data.test, data.validation, data.title
    (None, 0.1, 'adult.csv')
    """

    FIRST_KEYS = ("name", "validation", "train_examples", "test_examples")

    name: Annotated[str, Field(min_length=1), BeforeValidator(_checked_name)] | None = None
    path: Annotated[FileOrPair | None, BeforeValidator(_checked_path)] = None
    target: Column | None = None
    test: Annotated[Share | FileOrPair | None, BeforeValidator(_checked_test)] = None
    validation: Annotated[Literal["test"] | Share | FileOrPair, BeforeValidator(_checked_validation)] = Field(
        default_factory=_default_validation
    )
    group: Column | None = None
    time: Column | None = None
    numeric: Scaling | None = None
    on_missing_target: Literal["error", "drop"] = "error"
    categorical: Names = ()
    drop: Names = ()
    image_size: Annotated[tuple[int, int] | None, BeforeValidator(_checked_side)] = None
    train_examples: Annotated[int, Field(ge=1)] | None = None
    test_examples: Annotated[int, Field(ge=1)] | None = None

    _folder: Path = PrivateAttr(default=Path())

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.name is None) == (self.path is None):
            message = "given either a name or a path"
            raise ValueError(message)
        if self.group is not None and self.time is not None:
            message = "split by group or by time, not by both"
            raise ValueError(message)
        roles = [name for name in (self.target, self.group, self.time) if name is not None]
        for column in roles:
            if column in self.drop or column in self.categorical or roles.count(column) > 1:
                message = f'given one use of the column "{column}": as target, group, time, categorical or drop'
                raise ValueError(message)
        return self

    @property
    def title(self) -> str:
        """The name, or the path as the study file has it."""
        if self.path is None:
            return str(self.name)
        return self.path if isinstance(self.path, str) else " + ".join(self.path)

    def in_folder(self, folder: Path) -> Data:
        """Return the same data, its paths relative to a folder."""
        placed = self.model_copy()
        placed._folder = folder  # noqa: SLF001  # of the copy
        return placed

    @property
    def folder(self) -> Path:
        """Where relative paths start: the study file's folder; the working directory for a study made in Python."""
        return self._folder

    def files(self, value: FileOrPair) -> tuple[Path, ...]:
        """Return the file or files that ``path``, ``test`` or ``validation`` names.

        >>> Data(path="x.csv").in_folder(Path("studies")).files("x.csv")[0].as_posix()
        'studies/x.csv'
        """
        parts = (value,) if isinstance(value, str) else value
        return tuple(self._folder / _in_home(Path(part)) for part in parts)

    def content(self) -> dict[str, object]:
        """Return what a study's identity holds of its data: all but where the files lie.

        What is in the files is part of the data's own hash, which is recorded beside the study's.
        """
        content = content_of(self, without=("path",))
        for key in ("test", "validation"):
            if _is_file(content.get(key)):
                content[key] = "a file"
        return content


DataField = Annotated[Data, BeforeValidator(_from_text)]


def _in_home(path: Path) -> Path:
    """Return a path with a home folder for its "~"; as it is where there is no such home, but maybe such a file."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path
