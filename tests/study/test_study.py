"""Studies: TOML in, architectures out, identity by content."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from mlpstudy.errors import StudyError
from mlpstudy.study import Study, load_study, parse_study, run_id

WIDTHS = {"8": {"hidden": [8]}, "16": {"hidden": [16]}}


def study(**changes: object) -> Study:
    """Return a small study with changes."""
    fields: dict[str, object] = {"name": "small", "data": "mnist", "factors": {"width": WIDTHS}}
    return Study(**{**fields, **changes})


def test_notebook_is_three_depths_times_three_regularisations() -> None:
    """The built-in study holds the notebook's nine networks, table by table."""
    architectures = load_study("notebook").architectures
    assert [a.name for a in architectures] == [
        f"{regularisation}-{depth}"
        for regularisation in ("plain", "batchnorm", "batchnorm-dropout")
        for depth in (2, 3, 5)
    ]
    assert [a.network.hidden for a in architectures[:3]] == [(256, 64), (512, 256, 128), (512, 256, 128, 64, 32)]


@pytest.mark.parametrize(
    ("name", "batch_normalisation", "dropout", "first", "other"),
    [
        ("plain-5", False, 0.0, 0.062, 0.125),
        ("batchnorm-5", True, 0.0, 0.039, 0.55),
        ("batchnorm-dropout-5", True, 0.5, 0.039, 0.55),
    ],
)
def test_notebook_settings(name: str, batch_normalisation: bool, dropout: float, first: float, other: float) -> None:
    """Regularisation, initial weights and training are the notebook's."""
    architecture = load_study("notebook").architecture(name)
    network, training = architecture.network, architecture.training
    assert (network.batch_normalisation, network.dropout, network.activation) == (batch_normalisation, dropout, "relu")
    assert (network.bn_epsilon, network.bn_momentum) == (0.001, 0.99)
    assert network.initial_weights.first_hidden.scale == first
    assert network.initial_weights.other_hidden.scale == other
    assert network.initial_weights.output.kind == "glorot_uniform"
    assert (training.epochs, training.batch_size, training.learning_rate) == (20, 128, 0.001)
    assert (training.beta_1, training.beta_2, training.epsilon) == (0.9, 0.999, 1e-7)


def test_study_in_code_equals_study_in_toml() -> None:
    """A study built in code is the same object as one from a file."""
    text = 'name = "small"\ndata = "mnist"\n[factors.width.8]\nhidden = [8]\n[factors.width.16]\nhidden = [16]\n'
    assert parse_study(text) == study()
    assert parse_study(text).identity() == study().identity()


def test_level_names_may_be_numbers_in_code() -> None:
    """``{2: ...}`` in Python means the level "2"."""
    made = study(factors={"width": {8: {"hidden": [8]}, 16: {"hidden": [16]}}})
    assert made.identity() == study().identity()


def test_study_is_frozen() -> None:
    """Nothing of a study can be changed once it is made."""
    with pytest.raises(ValidationError, match="frozen"):
        study().seeds = 3  # type: ignore[misc]  # the point of the test


def test_fields_round_trip() -> None:
    """A study can be made again from its plain fields."""
    for original in (study(seeds=3), load_study("notebook")):
        again = Study(**original.to_fields())
        assert again == original
        assert again.identity() == original.identity()


def test_an_adjustment_lets_one_level_depend_on_another() -> None:
    """Settings under ``when`` hold for the combinations that they name, and for no other."""
    made = study(
        factors={"width": WIDTHS, "dropout": {"none": {"dropout": 0.0}, "some": {"dropout": 0.2}}},
        adjustments=[{"when": {"width": "16", "dropout": "some"}, "set": {"dropout": 0.4}}],
    )
    assert {a.name: a.network.dropout for a in made.architectures} == {
        "8-none": 0.0,
        "8-some": 0.2,
        "16-none": 0.0,
        "16-some": 0.4,
    }


def test_training_settings_may_be_a_factor() -> None:
    """A level may set how its networks are trained."""
    rates = {"slow": {"learning_rate": 0.0001}, "fast": {"learning_rate": 0.01}}
    made = study(network={"hidden": [8]}, factors={"rate": rates})
    assert [a.training.learning_rate for a in made.architectures] == [0.0001, 0.01]


def test_identity_ignores_seeds_and_words_but_nothing_else() -> None:
    """More seeds extend a study, a title explains it; any setting makes it another one."""
    base = study().identity()
    assert study(seeds=30, title="a title").identity() == base
    others = [
        study(study_seed=1),
        study(training={"epochs": 3}),
        study(network={"dropout": 0.1}),
        study(data={"name": "mnist", "train_examples": 100}),
        study(judging={"indifference_pp": 0.2}),
        study(factors={"width": {"8": {"hidden": [8]}, "16": {"hidden": [17]}}}),
    ]
    assert len({base, *(other.identity() for other in others)}) == 1 + len(others)


def test_run_id_depends_on_all_that_decides_the_result_and_on_no_name() -> None:
    """Settings, seed, study seed, data and engine make the id; the names of study and level do not."""
    made = study()
    architecture = made.architectures[0]
    base = run_id(made, architecture, 0, engine="native", data_sha256="a")
    renamed = study(name="other", factors={"size": {"small": {"hidden": [8]}, "large": {"hidden": [16]}}})
    assert run_id(renamed, renamed.architectures[0], 0, engine="native", data_sha256="a") == base
    others = [
        run_id(made, made.architectures[1], 0, engine="native", data_sha256="a"),
        run_id(made, architecture, 1, engine="native", data_sha256="a"),
        run_id(made, architecture, 0, engine="torch", data_sha256="a"),
        run_id(made, architecture, 0, engine="native", data_sha256="b"),
        run_id(study(study_seed=1), architecture, 0, engine="native", data_sha256="a"),
    ]
    assert len({base, *others}) == 1 + len(others)


def test_changes_reach_every_architecture() -> None:
    """Seeds and epochs given on the command line replace the study's own."""
    changed = load_study("notebook").with_changes(seeds=5, epochs=2)
    assert changed.seeds == 5
    assert {a.training.epochs for a in changed.architectures} == {2}


def test_reported_values_keep_their_epochs() -> None:
    """What was reported belongs to the file's epochs: with others it is marked, once more changed too, and back not."""
    made = study(training={"epochs": 7}, reported={"8": {"test_accuracy": 0.9}})
    assert (made.reported_caveat, made.reported_heading) == ("", "Reported")
    for epochs in (2, 3):
        made = made.with_changes(epochs=epochs, seeds=2)
        assert made.reported_heading == f"Reported after 7 epochs, here {epochs}: not comparable"
    assert made.with_changes(epochs=7).reported_heading == "Reported"
    assert load_study("notebook").reported_heading == "Reported by the notebook"


def test_epochs_of_reported_values_are_no_part_of_the_identity() -> None:
    """A folder made before a file said after how many epochs values were reported goes on."""
    before, after = (
        study(reported={"8": {"test_loss": 0.1}}),
        study(reported={"8": {"test_loss": 0.1}}, reported_epochs=9),
    )
    assert before.identity() == after.identity()


def test_epochs_on_the_command_line_need_epochs_that_are_no_factor() -> None:
    """Where epochs are what varies, one number for all would destroy the study."""
    made = study(network={"hidden": [8]}, factors={"length": {"short": {"epochs": 1}, "long": {"epochs": 2}}})
    with pytest.raises(StudyError, match="epochs must not be a factor"):
        made.with_changes(epochs=3)


def test_unknown_architecture_names_the_nearest() -> None:
    """A mistyped architecture is answered with the nearest one."""
    with pytest.raises(StudyError, match='fix: write "batchnorm-2"'):
        load_study("notebook").architecture("batchnrm-2")
