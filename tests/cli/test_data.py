"""``mlpstudy data``: what it prints, for readers, terminals and machines."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from mlpstudy.cli.app import app
from mlpstudy.cli.printing import terminal
from mlpstudy.datasets import find_dataset, named_datasets
from mlpstudy.datasets.named import mnist

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def call(*arguments: object) -> Result:
    """Call ``mlpstudy data``."""
    return CliRunner().invoke(app, ["data", *(str(argument) for argument in arguments)])


def call_json(*arguments: str) -> Any:
    """Call it for a machine."""
    result = call(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def in_terminal(columns: int, *arguments: str) -> str:
    """Return what it writes to a real terminal of so many columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    hidden = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"}
    env = {key: value for key, value in os.environ.items() if key not in hidden}
    process = subprocess.Popen(  # our own interpreter
        [sys.executable, "-c", "from mlpstudy.cli import main; main()", "data", *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**env, "TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONIOENCODING": "utf-8"},
    )
    os.close(theirs)
    written = b""
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        while True:
            try:
                part = terminal.read(65536)
            except OSError:  # EIO: the other side is closed
                break
            if not part:
                break
            written += part
    assert process.wait() == 0, written.decode()
    return written.decode().replace("\r\n", "\n")


def test_a_quantity_as_target_is_refused_plainly_and_no_next_step_is_proposed(tmp_path: Path) -> None:
    """No hundreds of prices as classes, no init that must fail; every column of the file is counted."""
    rows = "".join(f"{i % 7},{98000 + i % 50 * 37},{'true' if i % 4 else 'false'},{i * 1.5}\n" for i in range(200))
    (tmp_path / "houses.csv").write_text("rooms,zip,new,price\n" + rows, encoding="utf-8")
    shown = call("show", tmp_path / "houses.csv").stdout
    assert "200 examples, 4 columns\n" in shown
    assert "mean 98906" in shown
    assert "true in 75 %" in shown
    assert "mlpstudy learns classes only, no regression" in shown
    assert "Next: mlpstudy init" not in shown
    assert "Classes" not in shown


def test_the_balance_is_said_and_the_next_step_names_a_target_that_was_asked_for(tmp_path: Path) -> None:
    """What always answering the commonest class reaches; a target of one's own goes on to init."""
    rows = "".join(f"{i % 7},{'yes' if i % 25 else 'no'}\n" for i in range(200))
    (tmp_path / "d.csv").write_text("a,b\n" + rows, encoding="utf-8")
    shown = call("show", tmp_path / "d.csv", "--target", "b").stdout
    assert 'Always answering "yes" would be right on 96.0 % of the examples' in " ".join(shown.split())
    assert "Warning: 96.0 % of the examples are of class" in shown
    assert shown.rstrip().endswith("--target b")


def test_list_shows_each_data_set_with_its_licence() -> None:
    """Name, what it is, numbers, shape, classes, licence."""
    line = next(line for line in call("list").stdout.splitlines() if line.startswith("mnist"))
    assert re.split(r"\s{2,}", line.strip()) == [
        "mnist",
        "handwritten digits",
        "60,000",
        "10,000",
        "28 x 28",
        "10",
        "CC BY-SA 3.0",
    ]


def test_list_json_has_the_same() -> None:
    """One object a data set."""
    sets = {entry["name"]: entry for entry in call_json("list")["datasets"]}
    assert list(sets) == [named.info.name for named in named_datasets()]
    assert (sets["iris"]["image_shape"], sets["iris"]["n_test"]) == (None, 0)
    listed = sets["mnist"]
    assert (listed["name"], listed["n_train"], listed["n_test"], listed["n_classes"]) == ("mnist", 60_000, 10_000, 10)
    assert listed["image_shape"] == [28, 28]
    assert listed["licence"] == "CC BY-SA 3.0"


@pytest.mark.parametrize("name", ["breast-cancer", "digits", "iris", "mnist", "wine"])
def test_every_named_set_that_needs_no_connection_is_shown(name: str) -> None:
    """Also one of images that has no test examples of its own."""
    result = call("show", name)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(f"{name}: ")


def test_verify_of_a_set_without_files_says_so() -> None:
    """What comes with scikit-learn has nothing to compare."""
    assert call("verify", "iris").stdout == "iris comes with scikit-learn and has no files of its own.\n"


def test_verify_of_a_set_that_was_never_downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file is named as missing; nothing is downloaded for it."""
    monkeypatch.setenv("MLPSTUDY_CACHE", str(tmp_path))
    result = call("verify", "kmnist")
    assert result.stdout.count("got no such file") == 4
    assert result.exit_code == 1
    assert list(tmp_path.iterdir()) == []


def test_show_prints_what_the_notebook_prints() -> None:
    """Numbers, shapes, balance, image, matrix, scaled values, label, one-hot vector."""
    output = call("show", "mnist", "--index", "0").stdout
    for shape in ("(60000, 28, 28)", "(60000, 784)", "(10000, 28, 28)", "(10000, 784)"):
        assert shape in output
    assert re.search(r"^5 +5,421 +9\.0 % +892 +8\.9 %$", output, re.MULTILINE)
    assert "Label 5, one-hot [0 0 0 0 0 1 0 0 0 0]" in output
    assert "3 / 255 = 0.0117647061 in row 5, column 12" in output
    assert max(len(line) for line in output.splitlines()) <= 120


def test_show_prints_the_whole_matrix_into_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """All 28 rows of 28 grey values, exactly; then the scaled values, to two decimals; however narrow the screen."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(terminal, "console", cache(terminal.console.__wrapped__))
    output = call("show", "mnist", "--index", "7", "--split", "test").stdout
    image = find_dataset("mnist").load().test.values[7].reshape(28, 28)
    number = r"(?:\d+|\.\d\d|1\.0)"
    lines = [line.split() for line in output.splitlines() if re.fullmatch(rf" *(?:{number} +){{27}}{number}", line)]
    assert len(lines) == 56
    np.testing.assert_array_equal(np.array(lines[:28], dtype=int), image)
    np.testing.assert_allclose(np.array(lines[28:], dtype=float), image / 255, atol=0.005)


def test_show_without_a_terminal_draws_shades() -> None:
    """28 lines of characters in the shape of the digit, no escape sequences."""
    output = call("show", "mnist").stdout
    assert "\x1b" not in output
    assert "▀" not in output
    drawn = output.split("class 5\n\n")[1].splitlines()[:28]
    image = find_dataset("mnist").load().train.values[0].reshape(28, 28)
    for line, row in zip(drawn, image, strict=True):
        assert [character != " " for character in line.ljust(56)[::2]] == (row >= 26).tolist()


@pytest.mark.parametrize("columns", [80, 120])
def test_show_in_a_terminal_fits_and_draws_greys(columns: int) -> None:
    """Half blocks in 24-bit grey, 14 lines of 28; no line wraps."""
    output = in_terminal(columns, "show", "mnist", "--index", "0")
    plain = ESCAPES.sub("", output).splitlines()
    assert max(len(line) for line in plain) <= columns
    assert plain.count("▀" * 28) == 14
    assert "38;2;253;253;253" in output
    image = find_dataset("mnist").load().train.values[0].reshape(28, 28)
    greys = re.findall(r"38;2;(\d+);\1;\1;48;2;(\d+);\2;\2m(▀+)", output)
    pixels = [(int(above), int(below)) for above, below, blocks in greys for _ in blocks]
    expected = list(zip(image[::2].ravel().tolist(), image[1::2].ravel().tolist(), strict=True))
    assert pixels == expected


def test_show_json_has_every_value() -> None:
    """The image, the scaled values to float32's precision, the balance, the one-hot vector."""
    shown = call_json("show", "mnist", "--index", "3", "--split", "test")
    source = find_dataset("mnist").load()
    example = shown["example"]
    image = source.test.values[3].reshape(28, 28)
    assert (example["split"], example["index"]) == ("test", 3)
    assert example["image"] == image.tolist()
    scaled = np.array(example["scaled"], dtype=np.float32)
    np.testing.assert_array_equal(scaled, image.astype(np.float32) / np.float32(255))
    assert example["one_hot"].index(1) == example["label"] == source.test.labels[3]
    assert sum(shown["splits"]["train"]["class_counts"]) == shown["splits"]["train"]["n_examples"] == 60_000


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("show", "mnits"), "the data must be the name of a data set, got 'mnits', fix: write \"mnist\""),
        (("verify", "mnits"), "NAME must be the name of a data set, got 'mnits', fix: write \"mnist\""),
        (("show", "mnist", "--index", "60000"), "the index of a train example must be 0 to 59999, got 60000"),
        (("show", "mnist", "--index", "-1"), "the index of a train example must be 0 to 59999, got -1"),
        (
            ("show", "mnist", "--index", "10000", "--split", "test"),
            "the index of a test example must be 0 to 9999, got 10000",
        ),
    ],
)
def test_errors_are_one_line_and_exit_code_1(arguments: tuple[str, ...], told: str) -> None:
    """Standard error has the line, standard output nothing."""
    result = call(*arguments)
    assert result.exit_code == 1
    assert result.stderr == f"mlpstudy: {told}\n"
    assert result.stdout == ""


@pytest.mark.parametrize(
    "arguments",
    [("show",), ("show", "mnist", "--index", "five"), ("show", "mnist", "--split", "validation"), ("verify",), ("no",)],
)
def test_wrong_usage_is_exit_code_2(arguments: tuple[str, ...]) -> None:
    """A missing name, a word for a number, an unknown split or command."""
    assert call(*arguments).exit_code == 2


@pytest.mark.parametrize("command", ["list", "show", "verify"])
def test_help_has_an_example(command: str) -> None:
    """The example in the help is a command that runs."""
    result = call(command, "--help")
    assert result.exit_code == 0
    (example,) = re.findall(r"Example: mlpstudy data (.+?) *$", result.stdout, re.MULTILINE)
    assert example.startswith(command)
    assert call(*example.split()).exit_code == 0


def test_verify_prints_every_file_and_its_hash() -> None:
    """Four times ok, the hash below the name, exit code 0."""
    result = call("verify", "mnist")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    for name, digest in mnist.SHA256.items():
        assert lines[lines.index(f"ok      {name}") + 1].strip() == digest
    assert lines[-1] == "All 4 files of mnist are the originals."


@pytest.fixture
def damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation whose test labels are cut off and whose training labels were swapped for the test labels."""
    for name in mnist.SHA256:
        (tmp_path / name).symlink_to(mnist.FOLDER / name)
    (tmp_path / "train-labels-idx1-ubyte.gz").unlink()
    (tmp_path / "train-labels-idx1-ubyte.gz").symlink_to(mnist.FOLDER / "t10k-labels-idx1-ubyte.gz")
    (tmp_path / "t10k-labels-idx1-ubyte.gz").unlink()
    (tmp_path / "t10k-labels-idx1-ubyte.gz").write_bytes(b"\x1f\x8b")
    for function in (mnist.load_mnist, mnist.check_mnist):
        monkeypatch.setattr(function, "__defaults__", (tmp_path,))
    return tmp_path


@pytest.mark.usefixtures("damaged")
def test_verify_tells_which_file_is_wrong_and_why() -> None:
    """The wrong hash beside the right one, or why there is none; then one line on standard error, exit code 1."""
    result = call("verify", "mnist")
    assert result.exit_code == 1
    lines = [line.strip() for line in result.stdout.splitlines()]
    swapped = lines.index("not ok  train-labels-idx1-ubyte.gz")
    assert lines[swapped + 1] == mnist.SHA256["t10k-labels-idx1-ubyte.gz"]
    assert lines[swapped + 2] == f"must be {mnist.SHA256['train-labels-idx1-ubyte.gz']}"
    assert "must have a whole IDX header" in lines[lines.index("not ok  t10k-labels-idx1-ubyte.gz") + 1]
    assert sum(line.startswith("ok ") for line in lines) == 2
    assert len(result.stderr.splitlines()) == 1
    assert "train-labels-idx1-ubyte.gz, t10k-labels-idx1-ubyte.gz, fix: reinstall mlpstudy" in result.stderr


@pytest.mark.usefixtures("damaged")
def test_verify_json_tells_the_same() -> None:
    """Machines read which files are not ok, and see exit code 1 too."""
    result = call("verify", "mnist", "--json")
    assert result.exit_code == 1
    verdict = json.loads(result.stdout)
    assert verdict["ok"] is False
    assert {file["file"] for file in verdict["files"] if not file["ok"]} == {
        "train-labels-idx1-ubyte.gz",
        "t10k-labels-idx1-ubyte.gz",
    }


def test_verify_json_of_the_originals_is_ok() -> None:
    """All four files, all ok."""
    verdict = call_json("verify", "mnist")
    assert verdict["ok"] is True
    assert [file["ok"] for file in verdict["files"]] == [True] * 4


@pytest.mark.usefixtures("damaged")
def test_show_refuses_a_damaged_installation() -> None:
    """A swapped file is named in one line, and nothing is shown."""
    result = call("show", "mnist")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "train-labels-idx1-ubyte.gz must be the original" in result.stderr


def test_show_describes_a_table(tmp_path: Path) -> None:
    """A table's columns, types, missing values, classes and first rows; the same as JSON."""
    path = tmp_path / "pets.csv"
    rows = "".join(f"{i},{'' if i % 10 == 3 else i % 4},{'cat' if i % 3 else 'dog'}\n" for i in range(30))
    path.write_text("weight,[bold]legs,class\n" + rows, encoding="utf-8")
    output = call("show", path).stdout
    assert re.search(r"weight +number +30 +0 to 29, mean 14.5", output)
    assert re.search(r"\[bold\]legs +number +3 +4 +0 to 3", output)
    assert re.search(r"cat +20 +66\.7 %", output)
    assert 'column "class", a guess' in output
    shown = json.loads(call("show", path, "--target", "class", "--json").stdout)
    assert shown["classes"] == [["cat", 20], ["dog", 10]]
    assert not shown["target_is_guess"]


def test_show_describes_a_folder_of_images(tmp_path: Path) -> None:
    """Classes, sizes and an image of a class."""
    for name, grey in (("dark", 40), ("light", 220)):
        (tmp_path / "shades" / name).mkdir(parents=True)
        for i in range(3):
            pixels = np.full((6, 5), grey + i, np.uint8)
            Image.fromarray(pixels).save(tmp_path / "shades" / name / f"{i}.png")
    output = call("show", tmp_path / "shades").stdout
    assert "6 examples, 6 x 5 pixels, 2 classes" in output
    assert 'An example of class "light"' in output


def test_one_of_each_is_counted_in_the_singular_and_the_reason_stands_last(tmp_path: Path) -> None:
    """A file of one row is refused; the hint on its dates does not stand between the reason and what refers to it."""
    (tmp_path / "t.csv").write_text("when,kind\n2024-01-31,a\n")
    shown = call("show", tmp_path / "t.csv").stdout
    assert "t.csv: 1 example, 2 columns, 1 class\n" in shown
    assert "Hint" not in shown
    assert shown.splitlines()[-2].startswith("Warning: ")
