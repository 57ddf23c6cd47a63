"""The architectures of a study: a combination of levels each, of settings that are merged and checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from mlpstudy.errors import StudyError, must
from mlpstudy.study.adjustments import check_adjustments
from mlpstudy.study.base import Frozen, content_of
from mlpstudy.study.fields import Fields, homes, setting_keys
from mlpstudy.study.messages import dotted, one_line, unknown_key
from mlpstudy.study.network.initial import InitialWeights
from mlpstudy.study.network.network import Network
from mlpstudy.study.training.training import Training
from mlpstudy.tasks.losses import Loss
from mlpstudy.tasks.menu import TASKS

MAX_ARCHITECTURES = 10_000

Path = tuple[str | int, ...]
Settings = Mapping[str, Any]


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


def check_factors(study: Fields) -> None:
    """Refuse a study without an architecture, or with absurdly many.

    Raises:
        StudyError: one line.
    """
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


def _no_factor(study: Fields) -> StudyError:
    """Return the line for a study without factors; of one network that is in [network] what names it is enough.

    Raises:
        StudyError: a setting of that network is at fault.
    """
    if "hidden" not in study.network:
        _settings(study, {})
        return StudyError(must("factors", "have at least one factor", "none", "[factors.width.64] with hidden = [64]"))
    widths = combine(study, {}).network.hidden
    name = "-".join(str(width) for width in widths[:8])
    fix = f"add the line [factors.network.{name}]: one architecture, of the settings in [network]"
    return StudyError(must("factors", "name what is compared, be it one network", "none", fix))


def _check_keys(settings: Settings, path: Path, known: set[str]) -> None:
    """Refuse settings that nothing knows."""
    for key in settings:
        if key not in known:
            raise StudyError(unknown_key((*path, key), known, homes()))


def _settings(study: Fields, levels: Mapping[str, str]) -> dict[str, tuple[Any, Path]]:
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
        _check_keys(study.factors[factor][level], ("factors", factor, level), setting_keys())
        add(study.factors[factor][level], ("factors", factor, level), ("factors",))
    for i in study.adjustments_of(levels):
        adjustment = study.adjustments[i]
        _check_keys(adjustment.set, ("adjustments", i, "set"), setting_keys())
        add(adjustment.set, ("adjustments", i, "set"), None)
    return merged


def combine(study: Fields, levels: Mapping[str, str]) -> Architecture:
    """Return the architecture of a combination of levels.

    Raises:
        StudyError: one line, with the place of the setting that is at fault.
    """
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
