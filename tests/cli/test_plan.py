"""``plan`` as a user meets it before a study has run, and the commands that it ends with."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from cli.calling import call

pytestmark = pytest.mark.usefixtures("wide")


def test_plan_before_anything_ran() -> None:
    """The SD is stated, the three families are there, and the command that runs them."""
    result = call("plan", "notebook", "--sd", "0.1", "--detect", "0.2")
    assert result.exit_code == 0, result.output
    flat = " ".join(result.output.split())
    assert "with the given SD over seeds of 0.100 points" in flat
    assert "assumption" not in flat
    assert re.search(r"one comparison +1 +7", result.output)
    assert re.search(r"all against a baseline +8 +11", result.output)
    assert re.search(r"all pairs +36 +14", result.output)
    assert result.output.strip().splitlines()[-1] == "mlpstudy run notebook --seeds 14"


def test_an_assumed_sd_is_called_an_assumption_and_heeds_the_test_examples(tmp_path: Path) -> None:
    """Before a run the SD is MNIST's and said to be assumed; fewer test examples make it, and the limit, larger."""
    flat = " ".join(call("plan", "notebook").output.split())
    assert "with an assumed SD over seeds of 0.150 points" in flat
    assert (
        "The SD is an assumption: 0.15 points, the middle of what networks show on MNIST's 10,000 test images" in flat
    )
    assert "no number of seeds finds less than about 0.20 points with 10,000 test examples" in flat
    rows = "\n".join(f"{i % 7},{i % 5},{'ab'[i % 2]}" for i in range(500))
    (tmp_path / "t.csv").write_text(f"x,y,class\n{rows}\n", encoding="utf-8")
    study = tmp_path / "t.toml"
    widths = "".join(f"[factors.width.{w}]\nhidden = [{w}]\n" for w in (4, 8))
    study.write_text(f'name = "t"\ndata = {{ path = "t.csv", target = "class" }}\n{widths}', encoding="utf-8")
    flat = " ".join(call("plan", study).output.split())
    assert "with an assumed SD over seeds of 1.500 points" in flat
    assert "times the root of 10,000 / 100 for the test examples here" in flat
    assert "finds less than about 1.98 points with 100 test examples" in flat
    (tmp_path / "t.csv").unlink()
    assert "assumed SD over seeds of 0.150 points" in " ".join(call("plan", study).output.split())


@pytest.mark.parametrize("options", [[], ["--sd", "0.3"]])
def test_plan_never_recommends_what_it_calls_hopeless(options: list[str]) -> None:
    """Below what new data can show there is no command to run, but one to plan with more, which ends in one to run."""
    last = call("plan", "notebook", *options).output.strip().splitlines()[-1]
    assert last.startswith("mlpstudy plan notebook --detect 0.2")
    arguments = shlex.split(last)[1:]
    assert all(option in arguments for option in options)
    assert call(*arguments).output.strip().splitlines()[-1].startswith("mlpstudy run notebook --seeds ")


def test_the_command_that_adds_seeds_works_as_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What plan prints for a folder names its study file, with --epochs where they were given, and is accepted."""
    monkeypatch.chdir(tmp_path)
    widths = "".join(f"[factors.width.{w}]\nhidden = [{w}]\n" for w in (4, 5))
    data = 'data = { name = "mnist", train_examples = 256, test_examples = 2000 }'
    Path("my study.toml").write_text(f'name = "mine"\n{data}\n{widths}', encoding="utf-8")
    Path("another.toml").write_text("name = 3", encoding="utf-8")
    options = ["--epochs", "1", "--out", "runs/other place", "--no-figures"]
    assert call("run", "my study.toml", "--seeds", "3", *options).exit_code == 0
    last = call("plan", "runs/other place", "--detect", "30").output.strip().splitlines()[-1]
    start, seeds = last.split(" --seeds ")
    assert start == "mlpstudy run 'my study.toml' --epochs 1 --out 'runs/other place'"
    done = call(*shlex.split(start)[1:], "--seeds", min(int(seeds), 4), "--no-figures")
    assert done.exit_code == 0, done.output


@pytest.fixture
def two_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two studies that differ in their tables alone; the second, b, has run with two seeds."""
    monkeypatch.chdir(tmp_path)
    widths = "".join(f"[factors.width.{w}]\nhidden = [{w}]\n" for w in (2, 3))
    for name, flip in (("a", 0), ("b", 1)):
        rows = "\n".join(f"{i % 7},{i % 5},{['no', 'yes'][(i + flip) % 2]}" for i in range(200))
        Path(f"{name}.csv").write_text(f"x,y,class\n{rows}\n", encoding="utf-8")
        data = f'data = {{ path = "{name}.csv", target = "class" }}\n[training]\nepochs = 1\n'
        Path(f"{name}.toml").write_text(f'name = "{name}"\n{data}{widths}', encoding="utf-8")
    assert call("run", "b.toml", "--seeds", "2", "--no-figures").exit_code == 0
    return tmp_path


def test_the_command_that_adds_seeds_is_of_the_studys_own_table(two_tables: Path) -> None:
    """A study file that differs in its table alone is another study, whose command would train another folder."""
    assert call("plan", "runs/b", "--detect", "60").output.strip().splitlines()[-1].startswith("mlpstudy run b.toml ")
    Path("b.csv").rename("c.csv")
    assert "No study file of it is here" in call("plan", "runs/b", "--detect", "60").output
    assert two_tables == Path.cwd()


@pytest.mark.parametrize(("place", "folder"), [("runs/b", "."), ("runs", "b"), ("elsewhere", "link")])
def test_the_command_that_adds_seeds_is_found_from_anywhere(
    two_tables: Path, monkeypatch: pytest.MonkeyPatch, place: str, folder: str
) -> None:
    """A study's folder that is given as ".", from beside it or by a link has the same study file above it."""
    Path("elsewhere").mkdir()
    Path("elsewhere/link").symlink_to(two_tables / "runs" / "b")
    monkeypatch.chdir(place)
    last = call("plan", folder, "--detect", "60").output.strip().splitlines()[-1]
    assert last.startswith(f"mlpstudy run {two_tables / 'b.toml'} --out {folder} --seeds ")


def test_what_new_data_can_show_does_not_hang_on_the_sd_that_is_given(two_tables: Path) -> None:
    """The limit on new data is the observed one, with --sd too; without two seeds in common it is assumed."""
    observed = json.loads(call("plan", "runs/b", "--json").stdout)["spread"]
    given = json.loads(call("plan", "runs/b", "--sd", "3", "--json").stdout)["spread"]
    assert (given["source"], given["sd"]) == ("given", 0.03)
    assert given["new_data_limit"] == observed["new_data_limit"]
    assert "as they do on MNIST" not in " ".join(call("plan", "runs/b", "--sd", "3").output.split())
    assert "as they do on MNIST" in " ".join(call("plan", two_tables / "b.toml", "--sd", "3").output.split())


def test_a_small_error_is_not_rounded_away(tmp_path: Path) -> None:
    """A family-wise error of 0.1 % is said to be that."""
    (tmp_path / "t.csv").write_text("x,class\n" + "1,a\n2,b\n" * 4, encoding="utf-8")
    study = tmp_path / "t.toml"
    text = 'name = "t"\ndata = { path = "t.csv", target = "class", test = 0.5 }\njudging = { confidence = 0.999 }\n'
    widths = "".join(f"[factors.width.{w}]\nhidden = [{w}]\n" for w in (4, 8))
    study.write_text(text + widths, encoding="utf-8")
    assert "a family-wise error of 0.1 %, with" in " ".join(call("plan", study).output.split())
