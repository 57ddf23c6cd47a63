"""``mlpstudy init``: what it asks, and what it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.calling import call, one_line


def test_a_refusal_offers_the_key_that_settles_it_as_an_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Data show and init end with the same line and exit code, and the option in it makes both go on."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text("x,y\n" + "1,a\n2,b\n" * 20 + "7,\n")
    shown, tried = call("data", "show", "t.csv"), call("init", "t.csv")
    assert (shown.exit_code, tried.exit_code) == (1, 1)
    option = "(--with 'on_missing_target = \"drop\"')"
    assert option in shown.output
    assert option in tried.output
    line = 'on_missing_target = "drop"'
    assert "Next: mlpstudy init t.csv --with 'on_missing_target" in call("data", "show", "t.csv", "--with", line).output
    call("init", "t.csv", "--with", line)
    assert line in (tmp_path / "t.toml").read_text()
    wrong = one_line(call("init", "t.csv", "--with", "header: false"))
    assert "--with 'header: false' must be a line of a study file's [data]" in wrong
