"""A study: what is compared and how. Frozen once made; TOML in, architectures out."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path as FolderPath
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from mlpstudy.errors import StudyError, must, nearest
from mlpstudy.study.adjustments import Adjustment, by_level, check_adjustments
from mlpstudy.study.base import Frozen, content_hash, content_of
from mlpstudy.study.comparisons import check_comparisons
from mlpstudy.study.data import DataField
from mlpstudy.study.judging import Judging
from mlpstudy.study.messages import dotted, one_line, unknown_key
from mlpstudy.study.names import check_names
from mlpstudy.study.network.initial import InitialWeights
from mlpstudy.study.network.network import Network
from mlpstudy.study.training.training import Training
from mlpstudy.tasks.losses import Loss
from mlpstudy.tasks.menu import TASKS, BaselineName, Task
from mlpstudy.text.words import either

SEMANTICS_VERSION = 1
"""Raised whenever the same study would give other numbers, but for the rounding in which builds and instruction sets
differ; part of every run's id."""

MAX_ARCHITECTURES = 10_000
NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"

Path = tuple[str | int, ...]
Settings = Mapping[str, Any]


def _text_keys(value: Any) -> Any:  # noqa: ANN401  # raw TOML or Python: anything may come
    """Level names are text, also where Python code wrote ``{2: ...}``."""
    if isinstance(value, Mapping):
        return {str(k): _text_keys(v) for k, v in value.items()}
    return value


class Architecture(Frozen):
    """One combination of levels: the thing compared.

    Attributes:
        name: its levels, joined with "-".
        levels: pairs of factor and level, in the order of the factors.
        network: the network.
        training: how it is trained.
    """

    name: str
    levels: tuple[tuple[str, str], ...]
    network: Network
    training: Training

    @property
    def loss(self) -> Loss:
        """What its training makes small."""
        return TASKS["classification"].loss

    def content(self) -> dict[str, object]:
        """Return what decides the result, without names."""
        return {"network": content_of(self.network), "training": self.training.content()}


class Reported(Frozen):
    """Values that somebody else reported for an architecture; shown beside ours, never computed with.

    Attributes:
        test_accuracy: 0 to 1.
        test_loss: nats.
    """

    test_accuracy: Annotated[float, Field(ge=0, le=1)] | None = None
    test_loss: Annotated[float, Field(ge=0)] | None = None


class _Fields(Frozen):
    """The fields of a study, as a study file has them."""

    name: Annotated[str, Field(pattern=NAME_PATTERN)]
    title: str = ""
    data: DataField
    seeds: Annotated[int, Field(ge=1, le=100_000)] = 1
    study_seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    network: Annotated[Mapping[str, Any], BeforeValidator(_text_keys)] = {}
    training: Annotated[Mapping[str, Any], BeforeValidator(_text_keys)] = {}
    factors: Annotated[Mapping[str, Mapping[str, Mapping[str, Any]]], BeforeValidator(_text_keys)] = {}
    adjustments: Annotated[
        tuple[Adjustment, ...], BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else v)
    ] = ()
    judging: Judging = Judging()
    baselines: Annotated[
        tuple[BaselineName, ...], BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else v)
    ] = ()
    reported_by: str = ""
    reported_epochs: Annotated[int, Field(ge=1)] | None = None
    reported: Annotated[Mapping[str, Reported], BeforeValidator(_text_keys)] = {}


_FIRST_FIELDS = (
    "name",
    "title",
    "data",
    "seeds",
    "study_seed",
    "network",
    "training",
    "factors",
    "adjustments",
    "judging",
    "baselines",
    "reported_by",
    "reported_epochs",
    "reported",
)
"""The fields that identities hold in a form of their own, or not at all: they change no result. Any other one came
later, and is part of them where it does not have its default."""


class Study(_Fields):
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
            raise StudyError(one_line(error, _valid_keys(), homes=_homes())) from None

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
        _check_factors(self)
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
        return tuple(_combine(self, dict(zip(self.factors, levels, strict=True))) for levels in combinations)

    @cached_property
    def _adjusting(self) -> dict[tuple[str, str], list[int]]:
        return by_level(self.adjustments)

    def adjustments_of(self, levels: Mapping[str, str]) -> list[int]:
        """Return the places of the adjustments that hold for a combination of levels, in their order."""
        found = sorted(i for level in levels.items() for i in self._adjusting.get(level, ()))
        return [i for i in found if self.adjustments[i].applies(levels)]

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
        return content_of(self, without=_FIRST_FIELDS)

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

    def in_folder(self, folder: FolderPath) -> Study:
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


def _setting_keys() -> set[str]:
    return set(Network.model_fields) | set(Training.model_fields)


def _tables() -> dict[str, type[Frozen]]:
    """The tables of a study file that one object each is made from."""
    types = {key: field.annotation for key, field in _Fields.model_fields.items()}
    own = {key: of for key, of in types.items() if isinstance(of, type) and issubclass(of, Frozen)}
    return {"network": Network, "training": Training, **own}


def _valid_keys() -> dict[str, set[str]]:
    """The keys that are valid in each table of a study file."""
    tables: dict[str, type[Frozen]] = {**_tables(), "": _Fields, "adjustments": Adjustment, "reported": Reported}
    return {table: set(model.model_fields) for table, model in tables.items()}


def _homes() -> dict[str, str]:
    """The table of each key that stands in one table alone."""
    homes = {key: f"[{table}]" for table, model in _tables().items() for key in model.model_fields}
    return homes | dict.fromkeys(("seeds", "study_seed", "baselines"), "the study itself, above all tables")


def _check_factors(study: Study) -> None:
    """A study needs at least one architecture, and not absurdly many."""
    if not study.factors:
        raise _no_factor(study)
    n_architectures = 1
    for factor, levels in study.factors.items():
        if not levels:
            fix = f"[factors.{factor}.NAME] with its settings"
            raise StudyError(must(f"factors.{factor}", "have at least one level", "none", fix))
        n_architectures *= len(levels)
    if n_architectures > MAX_ARCHITECTURES:
        raise StudyError(must("factors", f"combine to at most {MAX_ARCHITECTURES} architectures", n_architectures))
    check_adjustments(study.adjustments, study.factors)


def _no_factor(study: Study) -> StudyError:
    """Return the line for a study without factors; of one network that is in [network] what names it is enough.

    Raises:
        StudyError: a setting of that network is at fault.
    """
    if "hidden" not in study.network:
        _settings(study, {})
        return StudyError(must("factors", "have at least one factor", "none", "[factors.width.64] with hidden = [64]"))
    widths = _combine(study, {}).network.hidden
    name = "-".join(str(width) for width in widths[:8])
    fix = f"add the line [factors.network.{name}]: one architecture, of the settings in [network]"
    return StudyError(must("factors", "name what is compared, be it one network", "none", fix))


def _check_keys(settings: Settings, path: Path, known: set[str]) -> None:
    """Refuse settings that nothing knows."""
    for key in settings:
        if key not in known:
            raise StudyError(unknown_key((*path, key), known, _homes()))


def _settings(study: Study, levels: Mapping[str, str]) -> dict[str, tuple[Any, Path]]:
    """Merge the settings of a combination of levels, each with the path where it was written."""
    merged: dict[str, tuple[Any, Path]] = {}

    def add(settings: Settings, path: Path, replaceable: Path | None) -> None:
        for key, value in settings.items():
            if key in merged and replaceable is not None and merged[key][1][:1] == replaceable[:1]:
                other = dotted(merged[key][1])
                fix = "set it in one factor only, or in [[adjustments]]"
                raise StudyError(must(dotted((*path, key)), "be set by one factor", f"set by {other} as well", fix))
            merged[key] = (value, (*path, key))

    for table, model in (("network", Network), ("training", Training)):
        _check_keys(getattr(study, table), (table,), set(model.model_fields))
        add(getattr(study, table), (table,), None)
    for factor, level in levels.items():
        _check_keys(study.factors[factor][level], ("factors", factor, level), _setting_keys())
        add(study.factors[factor][level], ("factors", factor, level), ("factors",))
    for i in study.adjustments_of(levels):
        adjustment = study.adjustments[i]
        _check_keys(adjustment.set, ("adjustments", i, "set"), _setting_keys())
        add(adjustment.set, ("adjustments", i, "set"), None)
    return merged


def _combine(study: Study, levels: Mapping[str, str]) -> Architecture:
    """Make the architecture of a combination of levels."""
    settings = _settings(study, levels)
    if "hidden" not in settings:
        where = " or ".join(dotted(("factors", factor, level)) for factor, level in levels.items())
        raise StudyError(must("hidden", f"be given in [network], {where}", "nothing", "hidden = [256, 64]"))
    parts: dict[str, Network | Training] = {}
    for model in (Network, Training):
        own = {key: value for key, (value, _) in settings.items() if key in model.model_fields}
        try:
            parts[model.__name__] = model(**own)
        except ValidationError as error:
            key = error.errors()[0]["loc"][0]
            path = settings[str(key)][1]
            table = {dotted((*path[:-1], "initial_weights")): set(InitialWeights.model_fields)}
            raise StudyError(one_line(error, table, path[:-1])) from None
    network, training = parts["Network"], parts["Training"]
    assert isinstance(network, Network)  # noqa: S101  # narrows the type
    assert isinstance(training, Training)  # noqa: S101  # narrows the type
    return Architecture(
        name="-".join(levels.values()), levels=tuple(levels.items()), network=network, training=training
    )


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
