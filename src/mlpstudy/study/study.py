"""A study: what is compared and how. Frozen once made; TOML in, architectures out."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from pydantic import ValidationError, model_validator

from mlpstudy.errors import StudyError, must, nearest
from mlpstudy.study.architectures import Architecture, check_factors, combine
from mlpstudy.study.base import content_hash, content_of
from mlpstudy.study.comparisons import check_comparisons
from mlpstudy.study.fields import FIRST_FIELDS, Fields, homes, valid_keys
from mlpstudy.study.judging import Judging
from mlpstudy.study.messages import one_line
from mlpstudy.study.names import check_names
from mlpstudy.tasks.menu import TASKS, Task
from mlpstudy.text.words import either

SEMANTICS_VERSION = 1
"""Raised whenever the same study would give other numbers, but for the rounding in which builds and instruction sets
differ; part of every run's id."""


class Study(Fields):
    """What is compared and how: data, factors, training, judging.

    Raises:
        StudyError: one line, where anything is missing, unknown, of the wrong type or impossible.

    >>> study = Study(name="width", data="mnist", factors={"width": {"64": {"hidden": [64]}, "128": {"hidden": [128]}}})
    >>> [architecture.name for architecture in study.architectures]
    ['64', '128']
    """

    def __init__(self, **fields: Any) -> None:  # noqa: ANN401  # the fields are checked one by one
        self._fill(fields)
        check_names(self)
        check_comparisons(self)

    def _fill(self, fields: Mapping[str, Any]) -> None:
        try:
            super().__init__(**fields)
        except ValidationError as error:
            raise StudyError(one_line(error, valid_keys(), homes=homes())) from None

    @classmethod
    def stored(cls, fields: Mapping[str, Any]) -> Study:
        """Return the study of a folder: with any names, and any number of comparisons, as an earlier version took them.

        Raises:
            StudyError: it is no study.
        """
        study = cls.__new__(cls)
        study._fill(fields)  # noqa: SLF001  # of its own class
        return study

    @model_validator(mode="after")
    def _check(self) -> Self:
        """Make every architecture once, so that a wrong level is found before anything runs."""
        _check_fit(self)
        check_factors(self)
        names = [architecture.name for architecture in self.architectures]
        contents: dict[str, str] = {}
        for architecture in self.architectures:
            key = content_hash(architecture.content())
            if key in contents:
                text = f'"{contents[key]}" and "{architecture.name}" are the same network'
                raise StudyError(must("architectures", "differ", text, "change a level's settings or drop it"))
            contents[key] = architecture.name
        _check_judging(self.judging, names)
        for name in self.reported:
            if name not in names:
                raise StudyError(_no_architecture("a key of reported", name, names))
        return self

    @property
    def task(self) -> Task:
        """What its networks are trained to say."""
        return TASKS["classification"]

    @cached_property
    def architectures(self) -> tuple[Architecture, ...]:
        """All combinations of levels; the last factor varies fastest."""
        factors = list(self.factors.items())
        combinations = itertools.product(*(levels for _, levels in factors))
        return tuple(combine(self, dict(zip(self.factors, levels, strict=True))) for levels in combinations)

    def architecture(self, name: str) -> Architecture:
        """Return an architecture by name.

        Raises:
            StudyError: there is none of that name.
        """
        for architecture in self.architectures:
            if architecture.name == name:
                return architecture
        raise StudyError(_no_architecture("the architecture", name, [a.name for a in self.architectures]))

    @property
    def reported_caveat(self) -> str:
        """Why the reported values cannot be compared with those here; empty where nothing is known against it.

        >>> from mlpstudy.study.loading import load_study
        >>> load_study("notebook").with_changes(epochs=3).reported_caveat
        'after 20 epochs, here 3: not comparable'
        """
        here = sorted({a.training.epochs for a in self.architectures if a.name in self.reported})
        if self.reported_epochs is None or here in ([], [self.reported_epochs]):
            return ""
        epochs = f"{here[0]}" if len(here) == 1 else f"{here[0]} to {here[-1]}"
        return f"after {self.reported_epochs} epochs, here {epochs}: not comparable"

    @property
    def reported_heading(self) -> str:
        """What stands above the reported values: who reported them, and why they cannot be compared."""
        return " ".join(filter(None, ("Reported", self.reported_by and f"by {self.reported_by}", self.reported_caveat)))

    def identity(self) -> str:
        """Return the hash of everything that the study's folder stands for.

        More seeds extend a study and a title explains it: neither changes what it is.
        """
        content = {
            **self.content(),
            "architectures": [{"name": a.name, **a.content()} for a in self.architectures],
            "semantics": SEMANTICS_VERSION,
        }
        return content_hash(content)

    def content(self) -> dict[str, object]:
        """Return what its identity holds beside its architectures."""
        judging = content_of(self.judging)
        return self.later_fields() | {"data": self.data.content(), "study_seed": self.study_seed, "judging": judging}

    def later_fields(self) -> dict[str, object]:
        """Return the fields that came after the first version, those that do not have their defaults."""
        return content_of(self, without=FIRST_FIELDS)

    def with_changes(self, *, seeds: int | None = None, epochs: int | None = None) -> Study:
        """Return the study with another number of seeds or of epochs (for every architecture).

        Reported values belong to the epochs of the study as it was, which is kept beside them.
        """
        fields = self.to_fields()
        if seeds is not None:
            fields["seeds"] = seeds
        if epochs is not None:
            if any("epochs" in settings for levels in self.factors.values() for settings in levels.values()):
                raise StudyError(must("epochs", "not be a factor where --epochs is given", epochs))
            fields["training"] = {**fields["training"], "epochs": epochs}
            before = {a.training.epochs for a in self.architectures if a.name in self.reported}
            if self.reported_epochs is None and len(before) == 1:
                fields["reported_epochs"] = before.pop()
        return Study.stored(fields).in_folder(self.data.folder)

    def in_folder(self, folder: Path) -> Study:
        """Return the same study, the paths of its data relative to a folder."""
        return self.model_copy(update={"data": self.data.in_folder(folder)})

    def to_fields(self) -> dict[str, Any]:
        """Return the fields as plain JSON-compatible values, from which the study can be made again."""
        return self.model_dump(mode="json", exclude_unset=True) | {"training": dict(self.training)}


def run_id(study: Study, architecture: Architecture, seed: int, *, engine: str, data_sha256: str) -> str:
    """Return the hash of everything that decides a run's result, as 16 hexadecimal digits."""
    content = {
        **study.later_fields(),
        **architecture.content(),
        "data": data_sha256,
        "study_seed": study.study_seed,
        "seed": seed,
        "engine": engine,
        "semantics": SEMANTICS_VERSION,
    }
    return content_hash(content)[:16]


def _no_architecture(what: str, name: str, names: list[str]) -> str:
    near = nearest(name, names)
    fix = f'write "{near}"' if near else f"one of {', '.join(names[:12])}"
    return must(what, "be one of the study's architectures", name, fix)


def _check_fit(study: Study) -> None:
    """What is declared must fit what is predicted."""
    declared = [("judging.metric", study.judging.metric, study.task.deciding)]
    declared += [(f"baselines[{i}]", name, study.task.baselines) for i, name in enumerate(study.baselines)]
    for what, name, fitting in declared:
        if name not in fitting:
            raise StudyError(must(what, f"be {either(map(repr, fitting))} for {study.task.name}", name))


def _check_judging(judging: Judging, names: list[str]) -> None:
    """The declared comparisons must name architectures of the study."""
    if judging.family == "against" and judging.baseline is None:
        raise StudyError(must("judging.baseline", 'be given where family = "against"', "nothing", f'"{names[0]}"'))
    if judging.family == "pairs" and not judging.pairs:
        fix = f'[["{names[0]}", "{names[-1]}"]]'
        raise StudyError(must("judging.pairs", 'be given where family = "pairs"', "nothing", fix))
    if judging.baseline is not None and judging.baseline not in names:
        raise StudyError(_no_architecture("judging.baseline", judging.baseline, names))
    for i, pair in enumerate(judging.pairs):
        for name in pair:
            if name not in names:
                raise StudyError(_no_architecture(f"judging.pairs[{i}]", name, names))
        if pair[0] == pair[1]:
            raise StudyError(must(f"judging.pairs[{i}]", "name two architectures", pair[0]))
