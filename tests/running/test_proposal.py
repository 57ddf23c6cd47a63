"""``mlpstudy init``: the study file that it writes is a study, fits the data, and runs."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

import mlpstudy
from mlpstudy.cli.app import app
from mlpstudy.running.listening import Silence
from mlpstudy.running.proposal import propose

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
PENGUINS = ROOT / "studies" / "penguins.csv"


def init(*arguments: object) -> Result:
    """Call ``mlpstudy init``."""
    return CliRunner().invoke(app, ["init", *(str(argument) for argument in arguments)])


def test_a_table_gets_a_study_that_runs(tmp_path: Path) -> None:
    """The file names the data relative to itself, guesses the target, and trains as it is."""
    path = tmp_path / "deep" / "penguins.toml"
    path.parent.mkdir()
    result = init(PENGUINS, "-o", path)
    assert result.exit_code == 0, result.output
    assert 'the column "species", a guess by its name' in result.output
    study = mlpstudy.load_study(path)
    assert (tmp_path / "deep" / str(study.data.path)).resolve() == PENGUINS
    assert len(study.architectures) == 6
    assert study.baselines == study.task.baselines == ("majority class", "logistic regression")
    results = mlpstudy.run(study, out=tmp_path / "s", seeds=1, epochs=2, listener=Silence())
    assert set(results.results()["status"]) == {"finished"}
    assert results.store.class_names == ("Adelie", "Chinstrap", "Gentoo")


def test_the_file_says_what_the_columns_are(tmp_path: Path) -> None:
    """Every column stands in a comment with what it is taken for."""
    init(PENGUINS, "-o", tmp_path / "p.toml")
    text = (tmp_path / "p.toml").read_text(encoding="utf-8")
    assert "#   island             category: Biscoe, Dream, Torgersen" in text
    assert "#   bill_length_mm     number; missing values become the median, and are marked" in text
    assert "3 classes: Adelie, Chinstrap, Gentoo" in text


def test_the_committed_study_is_what_init_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """studies/penguins.toml is the untouched proposal for penguins.csv."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "penguins.csv").write_bytes(PENGUINS.read_bytes())
    assert init("penguins.csv").exit_code == 0
    written = (tmp_path / "penguins.toml").read_text(encoding="utf-8")
    assert written == (ROOT / "studies" / "penguins.toml").read_text(encoding="utf-8")


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    """An existing study file is not replaced unasked."""
    path = tmp_path / "p.toml"
    path.write_text("mine", encoding="utf-8")
    result = init(PENGUINS, "-o", path)
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "--replace" in result.stderr
    assert path.read_text(encoding="utf-8") == "mine"
    assert init(PENGUINS, "-o", path, "--replace").exit_code == 0
    assert tomllib.loads(path.read_text(encoding="utf-8"))["name"] == "penguins"


@pytest.mark.parametrize(
    ("n", "widths", "batch_size"), [(200, [[16], [32, 16], [64, 32, 16]], 32), (60_000, [[256], [256, 128]], 128)]
)
def test_networks_and_batches_grow_with_the_data(
    n: int, widths: list[list[int]], batch_size: int, tmp_path: Path
) -> None:
    """Few examples get narrow networks and small batches, many get wide ones."""
    random = np.random.default_rng(0)
    np.savez(tmp_path / "d.npz", x=random.normal(size=(n, 3)).astype(np.float32), y=random.integers(0, 2, n))
    proposal = propose({"path": "d.npz"}, tmp_path, "d")
    hidden = [level["hidden"] for level in proposal.study.factors["hidden"].values()]
    assert hidden[: len(widths)] == widths
    assert {a.training.batch_size for a in proposal.study.architectures} == {batch_size}


def npz_with_test_examples(folder: Path) -> Path:
    """Write an NPZ file that brings its test examples."""
    x, y = np.random.default_rng(0).normal(size=(60, 3)).astype(np.float32), np.arange(60) % 2
    np.savez(folder / "d.npz", x_train=x[:40], y_train=y[:40], x_test=x[40:], y_test=y[40:])
    return folder / "d.npz"


def images_with_test_examples(folder: Path) -> Path:
    """Write a folder of images that brings its test examples."""
    for split, n in (("train", 20), ("test", 4)):
        for i in range(n):
            image = folder / "d" / split / "ab"[i % 2] / f"{i}.png"
            image.parent.mkdir(parents=True, exist_ok=True)
            Image.new("L", (6, 6), 10 * i).save(image)
    return folder / "d"


def images_with_all_splits(folder: Path) -> Path:
    """Write a folder of images that brings its validation examples too."""
    path = images_with_test_examples(folder)
    shutil.copytree(path / "test", path / "val")
    return path


@pytest.mark.parametrize("write", [npz_with_test_examples, images_with_test_examples, images_with_all_splits])
def test_data_with_test_examples_of_their_own_get_a_study_that_runs(
    write: Callable[[Path], Path], tmp_path: Path
) -> None:
    """No share is held out for the test where the data bring their test examples."""
    result = init(write(tmp_path), "-o", tmp_path / "d.toml")
    assert result.exit_code == 0, result.output
    study = mlpstudy.load_study(tmp_path / "d.toml")
    assert study.data.test is None
    assert ("validation" in study.data.model_fields_set) == (write is not images_with_all_splits)
    results = mlpstudy.run(study, out=tmp_path / "s", seeds=1, epochs=1, listener=Silence())
    assert set(results.results()["status"]) == {"finished"}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_names_of_columns_cannot_write_settings(tmp_path: Path, end: str) -> None:
    """A column's name with a line break in it, which could end a comment, is read with a blank there, or refused."""
    rows = "".join(f"{i},{i * 2},{'ab'[i % 2]}\n" for i in range(40))
    (tmp_path / "d.csv").write_text(f'"a{end}seeds = 9",b,class\n{rows}', encoding="utf-8", newline="")
    result = init(tmp_path / "d.csv", "-o", tmp_path / "d.toml")
    if result.exit_code:
        assert result.stderr.count("\n") == 1
        assert not (tmp_path / "d.toml").exists()
        return
    assert mlpstudy.load_study(tmp_path / "d.toml").seeds == 10
    assert not any(line.startswith("seeds = 9") for line in (tmp_path / "d.toml").read_text("utf-8").splitlines())


def test_names_of_targets_and_classes_are_texts(tmp_path: Path) -> None:
    """Quotes, brackets and number signs in a target's or a class's name stay what they are."""
    rows = "".join(f'{i % 7},{i * 2},"x""]# = {i % 2}"\n' for i in range(40))
    (tmp_path / "d.csv").write_text('a,b,"cl""a,ss] # x"\n' + rows, encoding="utf-8")
    result = init(tmp_path / "d.csv", "-o", tmp_path / "d.toml")
    assert result.exit_code == 0, result.output
    study = mlpstudy.load_study(tmp_path / "d.toml")
    assert (study.name, study.seeds, study.data.target) == ("d", 10, 'cl"a,ss] # x')


def test_data_that_are_not_there_get_one_line(tmp_path: Path) -> None:
    """A missing file is named, and no study file is left."""
    result = init(tmp_path / "no.csv", "-o", tmp_path / "n.toml")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "no.csv" in result.stderr
    assert not (tmp_path / "n.toml").exists()


def passengers(folder: Path) -> Path:
    """Write a table in which two columns could be the target by their names, and one is a copy of it."""
    rows = ["survived,pclass,fare,class,alive"]
    for i in range(200):
        saved, rank = int(i % 7 in {0, 3, 4}), i % 5 % 3 + 1
        name, word = ["First", "Second", "Third"][rank - 1], ["no", "yes"][saved]
        rows.append(f"{saved},{rank},{7 + i % 11 * 3.5},{name},{word}")
    path = folder / "passengers.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_a_target_that_cannot_be_guessed_is_asked_for(tmp_path: Path) -> None:
    """The candidates are named with the option that settles it, and that option does."""
    result = init(passengers(tmp_path), "-o", tmp_path / "p.toml")
    assert result.exit_code == 1
    assert "several that could be it: survived, class, fix: --target survived" in result.stderr
    assert init(passengers(tmp_path), "-o", tmp_path / "p.toml", "--target", "survived").exit_code == 0


def test_a_column_that_gives_the_class_away_is_left_out_and_said(tmp_path: Path) -> None:
    """The file has the key with the reason; what is printed names the column too."""
    result = init(passengers(tmp_path), "-o", tmp_path / "p.toml", "--target", "survived")
    assert 'column "alive" gives the class away' in result.output
    assert "the file leaves out alive" in result.output
    text = (tmp_path / "p.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text)["data"]["drop"] == ["alive"]
    assert 'column "alive" gives the class away' in text


def test_classes_out_of_balance_are_said_in_the_file_and_on_the_screen(tmp_path: Path) -> None:
    """What always answering the commonest class reaches stands in both."""
    rows = "".join(f"{i % 13},{i % 17},{'yes' if i % 25 == 0 else 'no'}\n" for i in range(500))
    (tmp_path / "d.csv").write_text("a,b,churn\n" + rows, encoding="utf-8")
    result = init(tmp_path / "d.csv", "-o", tmp_path / "d.toml")
    said = '96.0 % of the examples are of class "no" (the other class has 20)'
    assert said in result.output
    assert f"# {said}" in (tmp_path / "d.toml").read_text(encoding="utf-8")


def test_time_group_and_drop_are_taken_and_no_target_is_guessed_from_them(tmp_path: Path) -> None:
    """The options of init are the keys of the file; a column that is left out is no candidate."""
    path = passengers(tmp_path)
    dated = [f"{line},2024-{i % 12 + 1:02}-01" for i, line in enumerate(path.read_text(encoding="utf-8").splitlines())]
    path.write_text("\n".join([dated[0].replace("2024-01-01", "when"), *dated[1:]]) + "\n", encoding="utf-8")
    assert init(path, "-o", tmp_path / "p.toml", "--drop", "class", "--drop", "alive", "--time", "when").exit_code == 0
    data = tomllib.loads((tmp_path / "p.toml").read_text(encoding="utf-8"))["data"]
    assert (data["target"], data["drop"], data["time"]) == ("survived", ["class", "alive"], "when")
    init(path, "-o", tmp_path / "q.toml", "--target", "survived")
    assert '# time = "when"  # the latest rows are held out' in (tmp_path / "q.toml").read_text(encoding="utf-8")
