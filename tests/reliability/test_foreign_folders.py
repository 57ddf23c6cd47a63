"""A study's folder that somebody sent: links, pipes and devices in the places of files, and disks that are full."""

from __future__ import annotations

import ast
import errno
import os
import struct
import unicodedata
from pathlib import Path

import pytest
from typer.testing import CliRunner

import mlpstudy
from mlpstudy.cli.app import app
from mlpstudy.errors import StoreError
from mlpstudy.figures.drawing.saving import file_stems
from mlpstudy.machine.files import write_whole
from mlpstudy.results import StudyResults
from mlpstudy.store import Store
from mlpstudy.study import Study
from store import samples
from store.breaking import said

STUDY = samples.tiny_study()
MINE = b"what the user wrote"


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """Return a finished study beside a file of the user's."""
    samples.fill(tmp_path / "s", [samples.finished(STUDY, name, seed) for name in ("4", "3") for seed in (0, 1)])
    (tmp_path / "mine").write_bytes(MINE)
    return tmp_path / "s"


def run(*arguments: object) -> tuple[int, str]:
    """Return exit code and what was said of what went wrong, which is at most one line."""
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit)
    lines = done.stderr.splitlines(keepends=True)
    wrong = "".join(line for line in lines if not line.startswith("writing the report "))
    assert wrong.count("\n") <= 1
    return done.exit_code, wrong


@pytest.mark.parametrize("name", ["claims.json", "claims.json.tmp", ".claims.json.tmp", ".claims.json.part"])
def test_claims_are_not_written_through_a_link(folder: Path, name: str) -> None:
    """Whatever name somebody prepared, ``judge`` writes its claims into the folder, and nowhere else."""
    (folder / name).symlink_to(folder.parent / "mine")
    assert run("judge", folder) == (0, "")
    assert (folder.parent / "mine").read_bytes() == MINE
    assert not (folder / "claims.json").is_symlink()
    assert run("verify", folder)[0] == 0


@pytest.mark.parametrize("name", ["report.html", ".report.html.part", ".report.html.tmp"])
def test_a_report_is_not_written_through_a_link(folder: Path, name: str) -> None:
    """Whatever name somebody prepared, ``report`` writes its page into the folder, and nowhere else."""
    (folder / name).symlink_to(folder.parent / "mine")
    assert run("report", folder, "--weights-mb", 0) == (0, "")
    assert (folder.parent / "mine").read_bytes() == MINE
    assert (folder / "report.html").read_text().startswith("<!doctype html>")


@pytest.mark.parametrize("name", ["figures", "figures/runs"])
def test_figures_are_not_written_into_a_linked_folder(tmp_path: Path, name: str) -> None:
    """A link in the place of a folder of figures is refused in one line, and nothing is drawn to where it leads."""
    samples.fill(tmp_path / "s", [samples.finished(STUDY)])
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "s" / name).parent.mkdir(exist_ok=True)
    (tmp_path / "s" / name).symlink_to(tmp_path / "elsewhere")
    code, error = run("show", "--figures", tmp_path / "s")
    assert (code, list((tmp_path / "elsewhere").iterdir())) == (1, [])
    assert error.startswith(f"mlpstudy: {tmp_path}/s/{name} must lie in the study's folder, got a symbolic link to ")


def test_a_name_that_leads_out_of_the_folder_of_figures_is_made_harmless() -> None:
    """An architecture may be called what it likes: its figures' names are one harmless part of a path each."""
    names = ["../../x", "a/b", "a_b", "..", ".", ".hidden", "x" * 500, "ü" * 200, "a\nb", "a\0b", "\\x", "3-wide"]
    stems = list(file_stems(names).values())
    assert len(set(stems)) == len(names)
    for stem in stems:
        assert Path(stem).parts == (stem,)
        assert not stem.startswith(".")
        assert stem.isprintable()
        assert len(stem.encode()) < 150
    assert stems[-1] == "3-wide"


@pytest.mark.parametrize("names", [["Adam", "adam"], ["é", "e\u0301"], ["straße", "STRASSE"], ["a/b", "A/B"]])
def test_names_that_a_file_system_takes_for_one_have_figures_of_their_own(tmp_path: Path, names: list[str]) -> None:
    """Architectures whose names differ only in case, or in how accents are composed, share no figure's file."""
    study = Study.stored(STUDY.to_fields() | {"factors": {"x": {n: {"hidden": [i + 2]} for i, n in enumerate(names)}}})
    samples.fill(tmp_path / "s", [samples.finished(study, name) for name in names], study)
    paths = StudyResults(tmp_path / "s").save_figures(tmp_path / "drawn")
    assert len({unicodedata.normalize("NFKC", str(path)).casefold() for path in paths}) == len(paths) == 6 + 2 * 6


def test_a_way_out_is_refused(tmp_path: Path) -> None:
    """What is written below a folder cannot climb out of it."""
    (tmp_path / "s").mkdir()
    assert "a name that leads out of it" in said(write_whole, tmp_path / "s", "../out/file", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


def prepare(path: Path, kind: str) -> None:
    """Put something in a file's place."""
    path.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "too large":
        path.touch()
        os.truncate(path, 1 << 40)
    else:
        path.symlink_to(Path("/dev/zero") if kind == "endless" else path.parent.parent / "mine")


@pytest.mark.parametrize("kind", ["pipe", "folder", "too large", "endless", "link"])
def test_claims_that_are_no_file_are_one_finding(folder: Path, kind: str) -> None:
    """Verifying neither waits at a pipe, nor reads without end, nor follows a link: it names the claims, and ends."""
    prepare(folder / "claims.json", kind)
    done = CliRunner().invoke(app, ["verify", str(folder)])
    assert done.exit_code == 1
    (line,) = (line for line in done.output.splitlines() if line.startswith("no longer holds"))
    assert f"{folder}/claims.json must " in line


@pytest.mark.parametrize("name", ["study.db", "study.db-wal", "study.db-shm", "study.db-journal"])
@pytest.mark.parametrize("kind", ["pipe", "folder", "endless", "link"])
def test_a_database_that_is_no_file_is_refused(folder: Path, name: str, kind: str) -> None:
    """What SQLite would follow or wait for, in the place of the database or beside it, is refused before it opens."""
    prepare(folder / name, kind)
    for call in (Store.open, samples.write):
        text = said(call, folder)
        assert text.startswith(f"{folder}/{name} must ")
    assert (folder.parent / "mine").read_bytes() == MINE


def test_a_journal_that_names_a_file_elsewhere_is_refused(folder: Path) -> None:
    """SQLite removes the file that a foreign journal names as the one above it: nobody opens such a journal."""
    name = os.fsencode(folder.parent / "mine")
    magic = bytes.fromhex("d9d505f920a163d7")
    page = 4096
    n_pages = (folder / "study.db").stat().st_size // page
    head = (magic + struct.pack(">5I", 0, 0, n_pages, 512, page)).ljust(512, b"\0")
    tail = struct.pack(">I", (1 << 30) // page + 1) + name + struct.pack(">2I", len(name), sum(name)) + magic
    (folder / "study.db-journal").write_bytes(head + tail)
    for call in (Store.open, samples.write):
        assert "study.db-journal must be undamaged, got a journal that names a file" in said(call, folder)
    assert run("verify", "--repair", folder)[0] == 1
    assert (folder.parent / "mine").read_bytes() == MINE


@pytest.mark.parametrize("name", ["lock", "looks"])
@pytest.mark.parametrize("kind", ["pipe", "folder", "endless", "link"])
def test_a_lock_or_ledger_that_is_no_file(folder: Path, name: str, kind: str) -> None:
    """A lock or ledger that is no file keeps a writer or a reader of it out in one line, and shows stay possible."""
    prepare(folder / name, kind)
    with Store.open(folder) as store:
        assert f"{folder}" in said({"lock": store.writer, "looks": store.looks}[name])
        assert len(store.runs()) == 4
    if name == "lock":
        said(samples.write, folder)
    assert (folder.parent / "mine").read_bytes() == MINE


@pytest.mark.parametrize("name", ["lock", "looks", "study.db"])
def test_a_file_with_another_name_is_read_and_not_written(folder: Path, name: str) -> None:
    """A hard link, as copies by ``cp -al`` and foreign archives have them, changes nothing outside the folder."""
    if not (folder / name).exists():
        (folder / name).write_bytes(MINE)
    (folder.parent / "mine").unlink()
    os.link(folder / name, folder.parent / "mine")
    before = (folder.parent / "mine").read_bytes()
    assert run("show", folder)[0] == 0
    if name == "looks":
        samples.write(folder).close()
    else:
        be = "have no other name to be written, got 2 hard links, fix: put a copy of the file there"
        assert said(samples.write, folder) == f"{folder}/{name} must {be}"
    assert (folder.parent / "mine").read_bytes() == before


COMMANDS = {
    "judge": ("judge",),
    "report": ("report", "--weights-mb", "0"),
}


@pytest.mark.parametrize("command", ["judge", "report"])
def test_a_full_disk_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """What could not be written whole is not there at all, nor under another name, and the exit code is 1."""
    before = sorted(folder.rglob("*"))

    def refuse(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", refuse)
        code, error = run(*COMMANDS[command], folder)
    assert code == 1
    assert error.startswith("mlpstudy: ")
    assert "o space left" in error
    assert sorted(path for path in folder.rglob("*") if path.name != "looks") == before


def test_a_judgement_is_printed_also_where_it_cannot_be_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where claims cannot be written, the verdicts are printed, then one line says so, and the exit code is 1."""

    def refuse(*_: object) -> Path:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr("mlpstudy.judging.claims.write_whole", refuse)
    done = CliRunner().invoke(app, ["judge", str(folder)])
    assert done.exit_code == 1
    assert "In short" in done.stdout
    assert done.stderr.startswith(f"mlpstudy: folder {folder} must allow to write claims.json, got the error Read-only")


def test_two_writers_of_one_file_do_not_mix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each writes under a name of its own, so that what is renamed is whole, whoever comes last."""
    real = os.replace

    def interrupted(source: str, target: str, **where: int) -> None:
        monkeypatch.setattr(os, "replace", real)
        write_whole(tmp_path, "claims.json", b"second")
        real(source, target, **where)

    monkeypatch.setattr(os, "replace", interrupted)
    write_whole(tmp_path, "claims.json", b"first")
    assert (tmp_path / "claims.json").read_bytes() == b"first"
    assert [path.name for path in tmp_path.iterdir()] == ["claims.json"]


TOUCHES = (
    *("open", "fdopen", "write_text", "write_bytes", "read_text", "read_bytes", "rename", "replace", "mkdir"),
    *("makedirs", "unlink", "rmdir", "rmtree", "touch", "symlink_to", "hardlink_to", "link", "symlink", "truncate"),
    *("copyfile", "copytree", "move", "mkstemp", "NamedTemporaryFile", "TemporaryDirectory", "os.remove"),
)
"""Calls that touch a file, by the name after the last dot."""

ALLOWED = {
    "machine/files.py": "the guarded helpers themselves",
    "datasets": "reads data, which lie where the user says, by guards of its own",
    "study/loading.py": "reads a study file of the user's, and those of the package",
    "machine/cgroups.py": "reads /proc and /sys",
    "dashboard/judging/process.py": "reads and writes /proc/self",
    "text/screen.py": "opens /dev/null",
    "engine/provenance.py": "reads /proc/cpuinfo",
    "engine/native/engine.py": "reads the package's own kernels",
    "page/environment.py": "reads the package's own assets",
    "running/proposal.py": "writes the study file that the user names",
    "cli/predict.py": "writes the table that the user names",
    "cli/app.py": "opens /dev/null",
    "store/looks.py": "fdopen of a descriptor of open_inside",
    "store/connection.py": "fdopen of a descriptor of open_inside",
    "store/checkpoints.py": "removes its folder with rmdir, which follows no link",
}


def touching(path: Path) -> list[str]:
    """Return the calls of a module that touch a file; ``Store.open`` and replacing in text or time are none."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        call = ast.unparse(node.func)
        is_text = call.endswith("replace") and (len(node.args) != 1 or isinstance(node.args[0], ast.Constant))
        is_other = is_text or call in {"Store.open", "dataclasses.replace", "replace", "webbrowser.open"}
        if not is_other and (call in TOUCHES or call.rpartition(".")[2] in TOUCHES):
            found.append(f"{call} in line {node.lineno}")
    return found


def test_every_file_of_a_folder_goes_through_the_guarded_helpers() -> None:
    """No module opens, renames or removes a file by itself, but for the few that have a reason, each still needed."""
    root = Path(mlpstudy.__file__).parent
    found: dict[str, list[str]] = {}
    for path in sorted(root.rglob("*.py")):
        calls = touching(path)
        way = str(path.relative_to(root))
        key = "datasets" if way.startswith("datasets/") else way
        found.setdefault(key, []).extend(calls)
    surprising = {way: calls for way, calls in found.items() if calls and way not in ALLOWED}
    assert surprising == {}
    assert {way for way in ALLOWED if found.get(way)} == set(ALLOWED)


def test_a_link_to_the_folder_itself_is_the_users_word(folder: Path) -> None:
    """A study may be reached through a link: only what lies in its folder is not."""
    link = folder.parent / "latest"
    link.symlink_to(folder)
    assert run("judge", link) == (0, "")
    assert (folder / "claims.json").is_file()
    assert StudyResults(link).verify().holds
    with pytest.raises(StoreError, match="a symbolic link"):
        write_whole(folder.parent, "latest/claims.json", b"")
