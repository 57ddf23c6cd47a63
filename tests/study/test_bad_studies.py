"""Bad study files: one line with the path, what must be, what was found, and the nearest valid key."""

from __future__ import annotations

import itertools
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpstudy.errors import StudyError
from mlpstudy.study import Study, load_study, parse_study
from mlpstudy.study.fields import setting_keys, valid_keys
from mlpstudy.study.keys import NOT_SUPPORTED, OTHER_NAMES
from mlpstudy.text.escaping import shell

HEAD = 'name = "x"\ndata = "mnist"\n'
LEVEL = "[factors.width.8]\nhidden = [8]\n"

BAD = {
    "x = = 3": "must be TOML",
    "": "name must be given",
    HEAD: "factors must have at least one factor",
    HEAD + "[factors]": "factors must have at least one factor",
    HEAD + "[factors.width]": "factors.width must have at least one level",
    HEAD + "[factors.width]\n8 = 3": "factors.width.8 must be a table, got 3",
    HEAD + "[network]\nhidden = [64, 32]\n": "fix: add the line [factors.network.64-32]: one architecture, of the",
    HEAD + "[network]\nhidden = [64]\ndropout = 2\n": "network.dropout must be below 1",
    HEAD + "[network]\nhiden = [64]\n": "a key of network must be known, got 'hiden', fix: write \"hidden\"",
    HEAD + "seeds = 0\n[network]\nhidden = [64]\n": "seeds must be at least 1, got 0",
    HEAD + "[training]\nlr = 0.1\n" + LEVEL: """got 'lr', fix: write "learning_rate\"""",
    HEAD + "[network]\nlr = 0.1\n" + LEVEL: """got 'lr', fix: write "learning_rate" in [training]""",
    HEAD + "epochs = 3\n" + LEVEL: """got 'epochs', fix: write "epochs" in [training]""",
    HEAD + "seed = 42\n" + LEVEL: """got 'seed', fix: write "study_seed\"""",
    HEAD + "task = 3\n" + LEVEL: "fix: remove it: anything but classes by cross-entropy is not supported",
    HEAD + "patience = 3\n" + LEVEL: "fix: remove it: early stopping is not supported",
    HEAD + LEVEL + "layer_normalisation = true": "fix: remove it: layer normalisation is not supported",
    HEAD + LEVEL + "weight_decay = 0.1": "fix: remove it: a penalty on the weights is not supported",
    'name = "x"\ndata = { name = "mnist", cross_validation = 5 }\n' + LEVEL: "cross-validation is not supported",
    'name = "x"\ndata = { name = "mnist", test_size = 0.1 }\n' + LEVEL: 'fix: write "test"',
    HEAD + "[training]\nclass_weight = 1\n" + LEVEL: "fix: remove it: weighting classes or examples is not supported",
    HEAD + "sedes = 3\n" + LEVEL: """a key of the study must be known, got 'sedes', fix: write "seeds\"""",
    HEAD + "seeds = 0\n" + LEVEL: "seeds must be at least 1, got 0",
    HEAD + 'seeds = "a"\n' + LEVEL: "seeds must be a whole number, got 'a'",
    HEAD + "seeds = true\n" + LEVEL: "seeds must be a whole number, got True",
    HEAD + "study_seed = -1\n" + LEVEL: "study_seed must be at least 0",
    'name = "../x"\ndata = "mnist"\n' + LEVEL: "name must be letters, digits",
    'name = "x"\ndata = 3\n' + LEVEL: "data must be",
    'name = "x"\ndata = { nam = "mnist" }\n' + LEVEL: """a key of data must be known, got 'nam', fix: write "name\"""",
    'name = "x"\ndata = { name = "mnist", validation = 1.5 }\n' + LEVEL: 'data.validation must be "test" or a share',
    'name = "x"\ndata = { name = "mnist", validation = "tset" }\n' + LEVEL: 'data.validation must be "test" or a share',
    HEAD + "[training]\nepoch = 1\n" + LEVEL: """a key of training must be known, got 'epoch', fix: write "epochs\"""",
    HEAD + "[training]\nepochs = 0\n" + LEVEL: "training.epochs must be at least 1, got 0",
    HEAD + "[training]\nepochs = 2.5\n" + LEVEL: "training.epochs must be a whole number, got 2.5",
    HEAD + "[training]\nlearning_rate = 0\n" + LEVEL: "training.learning_rate must be above 0",
    HEAD + "[training]\nlearning_rate = inf\n" + LEVEL: "training.learning_rate must be a finite number",
    HEAD + "[training]\nepsilon = 1e-40\n" + LEVEL: 'epsilon of "8" must be at least 1.1754944e-38, the smallest',
    HEAD + LEVEL + "bn_epsilon = 1e-300": "got 1e-300, fix: bn_epsilon = 0.001",
    HEAD + "[training]\nbeta_1 = 1.0\n" + LEVEL: "training.beta_1 must be below 1",
    HEAD + '[training]\noptimizer = "adan"\n' + LEVEL: "training.optimizer must be 'adam'",
    HEAD + LEVEL + "dropuot = 0.5": """a key of factors.width.8 must be known, got 'dropuot', fix: write "dropout\"""",
    HEAD + LEVEL + "dropout = 1.0": "factors.width.8.dropout must be below 1.0, got 1.0",
    HEAD + LEVEL + "dropout = -0.1": "factors.width.8.dropout must be at least 0",
    HEAD + LEVEL + 'activation = "rleu"': "factors.width.8.activation must be 'relu'",
    HEAD + LEVEL + "batch_normalisation = 1": "factors.width.8.batch_normalisation must be true or false, got 1",
    HEAD + "[factors.width.8]\nhidden = [0]": "factors.width.8.hidden[0] must be at least 1, got 0",
    HEAD + "[factors.width.8]\nhidden = [8, -3]": "factors.width.8.hidden[1] must be at least 1, got -3",
    HEAD + "[factors.width.8]\nhidden = [4.5]": "factors.width.8.hidden[0] must be a whole number, got 4.5",
    HEAD + "[factors.width.8]\nhidden = 8": "factors.width.8.hidden must be an array such as [256, 64], got 8",
    HEAD + "[factors.width.8]\nhidden = []": "factors.width.8.hidden must have at least 1 value",
    HEAD + "[factors.width.8]\ndropout = 0.1": "hidden must be given",
    HEAD + LEVEL + 'initial_weights = { first_hiden = "he_normal" }': 'fix: write "first_hidden"',
    HEAD + LEVEL + 'initial_weights = { output = "he_nrmal" }': "initial_weights.output must be a name such as",
    HEAD + LEVEL + 'initial_weights = { output = "normal" }': "initial_weights.output must be { normal = 0.05 }",
    HEAD + LEVEL + "initial_weights = { output = { normal = -1 } }": "output must be normal = a number above 0",
    HEAD + LEVEL + "[factors.size.s]\nhidden = [5]": "factors.size.s.hidden must be set by one factor",
    HEAD + LEVEL + "[factors.width.again]\nhidden = [8]": "architectures must differ",
    HEAD
    + '[judging]\nmetrc = "accuracy"\n'
    + LEVEL: """a key of judging must be known, got 'metrc', fix: write "metric\"""",
    HEAD + '[judging]\nfamily = "against"\n' + LEVEL: "judging.baseline must be given",
    HEAD + '[judging]\nfamily = "against"\nbaseline = "9"\n' + LEVEL: "judging.baseline must be one of the study's",
    HEAD + '[judging]\nfamily = "pairs"\npairs = [["8", "8"]]\n' + LEVEL: "judging.pairs[0] must name two",
    HEAD + '[[adjustments]]\nwhen = { wdth = "8" }\nset = { dropout = 0.1 }\n' + LEVEL: 'fix: write "width"',
    HEAD + '[[adjustments]]\nwhen = { width = "9" }\nset = { dropout = 0.1 }\n' + LEVEL: "when.width must be one of 8",
    HEAD + '[[adjustments]]\nwhen = { width = "8" }\nset = { dropout = 1.1 }\n' + LEVEL: "set.dropout must be below 1",
    HEAD + '[[adjustments]]\nwhen = { width = "8" }\n' + LEVEL: "adjustments[0].set must be given",
    HEAD + "[reported.9]\ntest_loss = 0.1\n" + LEVEL: "a key of reported must be one of the study's architectures",
    HEAD + "[reported.8]\ntest_lss = 0.1\n" + LEVEL: 'fix: write "test_loss"',
    HEAD + 'network = "deep"\n' + LEVEL: "network must be a table, got 'deep'",
}


@pytest.mark.parametrize(("text", "line"), BAD.items(), ids=range(len(BAD)))
def test_bad_study_gets_one_line(text: str, line: str) -> None:
    """The line names the path, what must be and what was found."""
    with pytest.raises(StudyError) as caught:
        parse_study(text, "study.toml")
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("study.toml")


def test_the_line_that_is_proposed_for_one_network_makes_it_a_study() -> None:
    """What the advice says works: the settings in [network] are those of the one architecture."""
    text = HEAD + "[network]\nhidden = [64, 32]\n[factors.network.64-32]\n"
    (architecture,) = parse_study(text).architectures
    assert (architecture.name, architecture.network.hidden) == ("64-32", (64, 32))


def test_what_is_said_of_other_tools_keys_is_true() -> None:
    """A key that is led to is one of ours, and none that is called absent is known."""
    known = {key for keys in (*valid_keys().values(), setting_keys()) for key in keys}
    assert set(OTHER_NAMES.values()) <= known
    assert not known & {*OTHER_NAMES, *NOT_SUPPORTED}
    assert not OTHER_NAMES.keys() & NOT_SUPPORTED.keys()


def test_study_in_code_gets_the_same_line() -> None:
    """A study built in code is checked like a file, without pydantic's traceback text."""
    with pytest.raises(StudyError, match=r"^factors\.width\.8\.hidden must be an array such as"):
        Study(name="x", data="mnist", factors={"width": {"8": {"hidden": "wide"}}})


def test_unknown_name_names_the_nearest_builtin_study() -> None:
    """A mistyped built-in study is answered with its name."""
    with pytest.raises(StudyError, match='got no such file, fix: write "notebook"'):
        load_study("notebok")


def test_folder_is_no_study(tmp_path: Path) -> None:
    """A folder where a file must be gets one line: who has a folder of images is led to the file's writer."""
    with pytest.raises(StudyError, match="must be a TOML file, got a folder, fix: mlpstudy init"):
        load_study(tmp_path)


def test_data_file_is_no_study(tmp_path: Path) -> None:
    """Bytes that are no text get one line."""
    path = tmp_path / "study.toml"
    path.write_bytes(b"\x80\x81\xff")
    with pytest.raises(StudyError, match="must be text in UTF-8"):
        load_study(path)


@pytest.mark.parametrize("name", ["my table.csv", "d.npz"])
def test_data_in_the_place_of_a_study_lead_to_init(name: str, tmp_path: Path) -> None:
    """Who has a table and no study file yet is told the command that writes one."""
    (tmp_path / name).write_bytes(b"a,b,class\n1,2,x\n")
    with pytest.raises(
        StudyError, match=r"must be a TOML file, got a file of data, .*, fix: mlpstudy init '?/"
    ) as caught:
        load_study(tmp_path / name)
    assert shell(tmp_path / name) in str(caught.value)


@pytest.mark.parametrize("source", [None, 3, {"name": "x"}])
def test_what_is_no_study_gets_one_line(source: object) -> None:
    """A dict or None in Python is refused by its type."""
    with pytest.raises(StudyError, match=f"study must be a Study, a path or .*, got '{type(source).__name__}'"):
        load_study(source)  # type: ignore[arg-type]  # the fault


def test_huge_file_is_refused_unread(tmp_path: Path) -> None:
    """A file far larger than any study is refused by its size."""
    path = tmp_path / "study.toml"
    path.write_bytes(b"#" * 1_000_001)
    with pytest.raises(StudyError, match="must be a TOML file of at most 1000000 bytes"):
        load_study(path)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from([*Study.model_fields, "hidden", "x"])


@given(st.dictionaries(KEYS, VALUES, max_size=6))
def test_no_content_whatever_escapes_as_another_error(fields: dict[str, object]) -> None:
    """Any content is a study or a StudyError of one line, nothing else."""
    base = {"name": "x", "data": "mnist", "factors": {"width": {"8": {"hidden": [8]}}}}
    try:
        made = Study(**{**base, **fields})
    except StudyError as error:
        assert "\n" not in str(error)  # noqa: PT017  # either outcome is right
    else:
        assert made.architectures


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_no_level_whatever_escapes_as_another_error(settings: dict[str, object]) -> None:
    """Any content of a level is accepted or a StudyError of one line."""
    try:
        made = Study(name="x", data="mnist", factors={"width": {"8": {"hidden": [8], **settings}}})
    except StudyError as error:
        assert "\n" not in str(error)  # noqa: PT017  # either outcome is right
    else:
        assert made.architectures[0].network.hidden


def _widths(n: int, **judging: object) -> dict[str, object]:
    """Return the fields of a study of n widths."""
    levels = {f"w{i}": {"hidden": [i]} for i in range(1, n + 1)}
    return {"name": "widths", "data": "mnist", "factors": {"width": levels}, "judging": judging}


def _stated(message: str) -> dict[str, object]:
    """Return the settings that a message names as the way out."""
    fix = message.rpartition("fix: ")[2].partition(", of the pairs")[0]
    found: dict[str, object] = tomllib.loads("\n".join(fix.split(" and ")))
    return found


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        (_widths(101), "5050 (all pairs of 101 architectures)"),
        (_widths(5002), "12507501 (all pairs of 5002 architectures)"),
        (_widths(5002, family="against", baseline="w1"), "5001 (all against one of 5002 architectures)"),
    ],
)
def test_more_comparisons_than_can_be_judged_are_refused_with_a_way_out(fields: dict[str, object], found: str) -> None:
    """A study that could never be judged is refused before it trains, and what the line names instead loads."""
    line = f"[judging] must declare at most 5000 comparisons, got {found}"
    with pytest.raises(StudyError, match=re.escape(line)) as refused:
        Study(**fields)
    study = Study(**{**fields, "judging": _stated(str(refused.value))})
    assert study.judging.n_comparisons(len(study.architectures)) <= 5000
    assert Study.stored(fields).judging.n_comparisons(len(study.architectures)) > 5000


def test_pairs_are_named_once_and_not_too_many() -> None:
    """A list of pairs too has at most 5,000 of them, each once, in whichever order."""
    names = [f"w{i}" for i in range(1, 111)]
    pairs = [list(pair) for pair in itertools.combinations(names, 2)]
    with pytest.raises(StudyError, match="fix: only 5000 of the pairs"):
        Study(**_widths(110, family="pairs", pairs=pairs))
    assert len(Study(**_widths(110, family="pairs", pairs=pairs[:5000])).judging.pairs) == 5000
    with pytest.raises(StudyError, match=re.escape("judging.pairs[1] must be there once")):
        Study(**_widths(3, family="pairs", pairs=[["w1", "w2"], ["w2", "w1"]]))
