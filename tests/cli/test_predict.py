"""``mlpstudy predict`` as a user meets it: pictures, rows, tables, JSON, CSV, and one line where something is wrong."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

import mlpstudy
from cli.calling import call
from helpers import small_study
from mlpstudy.datasets.named.mnist import load_mnist
from predict.drawn import drawn, photographed
from predict.studies import write_images, write_numbers, write_sparse, write_study, write_table


def one_line(*arguments: object) -> str:
    """Return the one line that a failing command printed."""
    result = call(*arguments)
    assert result.exit_code == 1, result.output
    assert len(result.stderr.strip().splitlines()) == 1, result.stderr
    assert result.stdout == ""
    return result.stderr


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of digits that learned a little."""
    folder = tmp_path_factory.mktemp("digits") / "s"
    data = {"name": "mnist", "train_examples": 20_000, "test_examples": 200}
    factors = {"width": {"64": {"hidden": [64]}, "96": {"hidden": [96]}}}
    mlpstudy.run(small_study(data=data, factors=factors), out=folder, seeds=3)
    return folder


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of a table, beside its data."""
    folder = tmp_path_factory.mktemp("people")
    write_table(folder)
    mlpstudy.run(str(write_study(folder, 'path = "people.csv"\ntarget = "rich"')), out=folder / "s")
    return folder


def test_drawn_and_photographed_digits_are_read(digits: Path, tmp_path: Path) -> None:
    """Thick and thin, off-centre, white on black, black on white and photographed digits are mostly read rightly."""
    rng = np.random.default_rng(0)
    (tmp_path / "drawn").mkdir()
    for figure in range(10):
        ink = drawn(figure, width=26, centre=(0.45, 0.55))
        for name, picture in (
            ("black", ink),
            ("white", 255 - drawn(figure, width=14, centre=(0.6, 0.4), scale=0.4)),
            ("photo", photographed(ink, rng)),
        ):
            Image.fromarray(picture).save(tmp_path / "drawn" / f"{figure}-{name}.png")
    answer = json.loads(call("predict", digits, tmp_path / "drawn", "--json").stdout)
    assert len(answer["predictions"]) == 30
    right = [Path(one["input"]).name[0] == one["class"] for one in answer["predictions"]]
    assert sum(right) >= 26


def test_a_row_on_which_most_seeds_say_another_class_is_marked(tmp_path: Path) -> None:
    """The mean probability decides; the table marks such a row and says so, JSON and CSV name the majority's class."""
    folder = tmp_path / "s"
    mlpstudy.run(small_study(), out=folder, seeds=3)
    asked = ("predict", folder, "-a", "8", "--test", ",".join(str(i) for i in range(40)))
    rows = json.loads(call(*asked, "--json").stdout)["predictions"]
    outvoted = [row for row in rows if row["majority"] != row["class"]]
    assert outvoted
    shown = call(*asked, "--csv", tmp_path / "a.csv").stdout
    assert shown.count("of 3 *") == len(outvoted)
    assert f"* More seeds give another class ({len(outvoted)} of 40 rows)" in shown
    with (tmp_path / "a.csv").open(encoding="utf-8") as file:
        assert [row["majority"] for row in csv.DictReader(file)] == [row["majority"] for row in rows]


def test_test_images_as_png_predict_as_the_test_set(digits: Path, tmp_path: Path) -> None:
    """Images of MNIST in PNG files, in NPY and by number give one and the same prediction."""
    by_number = json.loads(call("predict", digits, "--test", "0,5,199", "--json", "-a", "64").stdout)
    labels = [one["label"] for one in by_number["predictions"]]
    dataset_images = mlpstudy.open(digits).study.data
    from mlpstudy.datasets import load  # noqa: PLC0415  # the study's own test set

    raw = load(dataset_images, 0).test.raw
    assert raw is not None
    images = raw[[0, 5, 199]].reshape(-1, 28, 28)
    files = []
    for i, image in enumerate(images):
        files.append(tmp_path / f"{i}.png")
        Image.fromarray(image).save(files[-1])
    by_file = json.loads(call("predict", digits, *files, "--json", "-a", "64").stdout)
    np.save(tmp_path / "x.npy", images)
    by_rows = json.loads(call("predict", digits, tmp_path / "x.npy", "--json", "-a", "64").stdout)
    for other in (by_file, by_rows):
        assert [one["probabilities"] for one in other["predictions"]] == [
            one["probabilities"] for one in by_number["predictions"]
        ]
    assert by_rows["predictions"][2]["input"].endswith("x.npy row 3")
    assert all(label in by_number["classes"] for label in labels)
    assert by_number["accuracy"] == np.mean([one["class"] == one["label"] for one in by_number["predictions"]])


def test_a_folder_of_pictures_may_have_junk_in_it(digits: Path, tmp_path: Path) -> None:
    """What systems leave and what is no picture is passed over, which is said; an empty picture is refused."""
    folder = tmp_path / "new"
    for name in ("a/1.png", "2.JPG", "__MACOSX/a/._1.png", "._2.JPG", ".DS_Store", "@eaDir/3.png", "notes.txt"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name in {"a/1.png", "2.JPG"}:
            Image.fromarray(drawn(3)).save(path)
        else:
            path.write_text("no picture", encoding="utf-8")
    shown = json.loads(call("predict", digits, folder, "--json").stdout)
    assert [one["input"] for one in shown["predictions"]] == [str(folder / name) for name in ("2.JPG", "a/1.png")]
    (line,) = shown["warnings"]
    assert line.startswith(f"{folder}: passed over are ")
    assert all(f"{kind} (1)" in line for kind in ("._*", ".DS_Store", "@eaDir", "__MACOSX", ".txt"))
    (folder / "3.png").write_bytes(b"")
    assert "3.png must be a picture" in one_line("predict", digits, folder)


def test_the_table_shows_class_probability_and_disagreement(digits: Path, tmp_path: Path) -> None:
    """The terminal shows a row an input, the architecture and why it is the one, and the votes."""
    Image.fromarray(load_mnist().test.values[0].reshape(28, 28)).save(tmp_path / "seven.png")
    output = call("predict", digits, tmp_path / "seven.png").output
    assert re.search(r"(64|96), 3 seeds \((best tier, fewest parameters)\)", output)
    assert re.search(r" 7 +\d\.\d{3} +\d of 3", output)
    named = call("predict", digits, tmp_path / "seven.png", "--architecture", "96", "--seeds", 1).output
    assert "96, seed 0" in named
    assert "disagree" not in named


def test_many_rows_are_cut_on_the_terminal_and_whole_in_csv(digits: Path, tmp_path: Path) -> None:
    """The terminal shows 40; the CSV file has every row with the probability of every class."""
    images = load_mnist().test.values[:100]
    np.save(tmp_path / "x.npy", images)
    output = call("predict", digits, tmp_path / "x.npy", "--csv", tmp_path / "out.csv").output
    assert "60 more of 100" in output
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 100
    proba = mlpstudy.open(digits).model().predict_proba(images)
    for row, p in zip(rows, proba, strict=True):
        assert [float(row[f"p({k})"]) for k in range(10)] == p.tolist()
        assert row["class"] == str(p.argmax())
        assert float(row["probability"]) == p.max()


def test_rows_of_a_table_predict_with_and_without_the_target(people: Path) -> None:
    """A table goes through the stored preprocessing; with the target in it the accuracy is shown."""
    write_table(people, "new.csv", 50)
    output = call("predict", people / "s", people / "new.csv").output
    assert re.search(r"Accuracy on the 50 whose class is given: \d+\.\d\d %", output)
    frame = pl.read_csv(people / "new.csv").drop("rich")
    frame.write_parquet(people / "new.parquet")
    given = json.loads(call("predict", people / "s", people / "new.csv", "--json").stdout)
    bare = json.loads(call("predict", people / "s", people / "new.parquet", "--json").stdout)
    assert [one["probabilities"] for one in given["predictions"]] == [
        one["probabilities"] for one in bare["predictions"]
    ]
    assert given["accuracy"] > 0.7
    assert bare["accuracy"] is None
    assert bare["classes"] == ["no", "yes"]


def test_rows_that_do_not_fit_are_refused_by_name(people: Path, tmp_path: Path) -> None:
    """A missing column, text in a number, an unknown class, no rows, an array: one line each."""
    cases = {
        "age,job\n3,king\n": 'must have the column "height"',
        "age,job,height\nold,king,4\n": 'row 1, column "age" must be',
        "age,job,height,rich\n3,king,4,perhaps\n": 'column "rich": label 1 must be a class of the training examples',
        "age,job,height\n": "must have rows",
        "": "rows.csv must",
    }
    path = tmp_path / "rows.csv"
    for text, message in cases.items():
        path.write_text(text, encoding="utf-8")
        assert message in one_line("predict", people / "s", path)
    np.save(tmp_path / "x.npy", np.zeros((2, 3)))
    message = "must be a table (CSV, TSV, Parquet, Excel, ARFF) with the columns age, job, height"
    assert message in one_line("predict", people / "s", tmp_path / "x.npy")
    Image.fromarray(drawn(1)).save(tmp_path / "a.png")
    assert "since this study is not of images" in one_line("predict", people / "s", tmp_path / "a.png")


def test_other_kinds_of_data_predict(tmp_path: Path) -> None:
    """Arrays, sparse rows and folders of images that are no digits predict what they were trained on."""
    write_numbers(tmp_path)
    write_sparse(tmp_path)
    write_images(tmp_path)
    np.savetxt(tmp_path / "x.csv", np.load(tmp_path / "x.npy"), delimiter=",", header="a,b,c,d,e", comments="")
    cases = {
        "numbers": ('path = ["x.npy", "y.npy"]', ["x.npy", "x.csv"], 300),
        "sparse": ('path = "words.libsvm"', ["words.libsvm"], 300),
        "images": ('path = "pictures"\nimage_size = 12', ["pictures"], 80),
    }
    for name, (data, inputs, n) in cases.items():
        mlpstudy.run(str(write_study(tmp_path, data)), out=tmp_path / name)
        for each in inputs:
            answer = json.loads(call("predict", tmp_path / name, tmp_path / each, "--json").stdout)
            assert len(answer["predictions"]) == n
            if name == "sparse":
                assert answer["accuracy"] > 0.9
            if name == "images":
                right = [Path(one["input"]).parent.name == one["class"] for one in answer["predictions"]]
                assert np.mean(right) > 0.8


def test_wrong_inputs_get_one_line(digits: Path, tmp_path: Path) -> None:
    """No study, unknown architecture, wrong shape, what is no picture, an empty folder, no such test example."""
    Image.fromarray(drawn(1)).save(tmp_path / "a.png")
    assert "must hold a study" in one_line("predict", tmp_path / "none", tmp_path / "a.png")
    assert "the architecture must be one of" in one_line("predict", digits, tmp_path / "a.png", "-a", "128")
    assert "the seeds must be among the 3" in one_line("predict", digits, tmp_path / "a.png", "--seeds", 9)
    np.save(tmp_path / "x.npy", np.zeros((3, 27, 28), np.uint8))
    assert "x.npy: the values must have the shape (n, 784)" in one_line("predict", digits, tmp_path / "x.npy")
    np.save(tmp_path / "x.npy", np.full((3, 784), 0.5))
    assert "must be grey values" in one_line("predict", digits, tmp_path / "x.npy")
    (tmp_path / "b.png").write_text("text")
    assert "b.png must be a picture" in one_line("predict", digits, tmp_path / "b.png")
    (tmp_path / "empty").mkdir()
    assert "the folder must hold pictures" in one_line("predict", digits, tmp_path / "empty")
    assert "missing.png must be a picture file" in one_line("predict", digits, tmp_path / "missing.png")
    assert "a test example must be 0 to 199, got 200" in one_line("predict", digits, "--test", "200")


def test_wrong_usage_ends_with_two(digits: Path) -> None:
    """No input, input and --test together, or a --test that is no list of numbers."""
    assert call("predict").exit_code == 2
    assert call("predict", digits).exit_code == 2
    assert call("predict", digits, "a.png", "--test", "1").exit_code == 2
    assert call("predict", digits, "--test", "one").exit_code == 2
    assert call("predict", digits, "--seeds", 0, "--test", "1").exit_code == 2
