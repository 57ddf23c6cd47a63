"""Study files with very much in them: a short line, and work that grows with the file and not with its square."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from mlpstudy.errors import MAX_MESSAGE, DataError, StudyError, must
from mlpstudy.study import Adjustment, parse_study

HEAD = 'name = "a"\ndata = "mnist"\njudging = { family = "against", baseline = "l0" }\n'
N = 200_000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"[factors.w.l0]\nhidden = [{'2,' * N}]", "hidden must have at most 1000 values, got 200000 values"),
        (f"[factors.w.l0]\nhidden = '{'x' * N}'", "hidden must be an array such as"),
        (f"{'k' * N} = 1\n[factors.w.l0]\nhidden = [2]", "a key of the study must be known"),
        (f"[factors.w.l0]\n{'k' * N} = 1", "a key of factors.w.l0 must be known"),
        (f"[factors.w.{'k' * N}]\nhidden = ['a']", "hidden[0] must be a whole number"),
        (f"[factors.{'f' * N}.l0]\nhidden = [2]", "must have at most 100 characters"),
        (f"[reported.{'r' * N}]\ntest_loss = 1.0\n[factors.w.l0]\nhidden = [2]", "be one of the study's architectures"),
    ],
)
def test_what_is_wrong_is_said_in_a_short_line(text: str, said: str) -> None:
    """However long a value, a key or a name is, the line about it is short and in our words."""
    with pytest.raises(StudyError) as error:
        parse_study(HEAD + text)
    assert said in str(error.value)
    assert len(str(error.value)) <= MAX_MESSAGE + 10
    assert "validation" not in str(error.value)


def test_no_message_is_long() -> None:
    """A message is bounded also where every character of it has to be escaped."""
    message = str(DataError(must("\x1b" * N, "be\x1b" * N, "\x1b" * N, "\x1b" * N)))
    assert message.isprintable()
    assert len(message) <= MAX_MESSAGE + 10


def levels(n: int) -> str:
    """Return a factor of n levels."""
    return HEAD + "".join(f"[factors.w.l{i}]\nhidden = [{i + 1}]\n" for i in range(n))


def test_each_architecture_is_compared_with_its_own_adjustments(monkeypatch: pytest.MonkeyPatch) -> None:
    """With an adjustment for each level, as many comparisons are made as there are levels, not their square."""
    n = 60
    asked: list[Mapping[str, str]] = []
    applies = Adjustment.applies

    def counted(adjustment: Adjustment, of: Mapping[str, str]) -> bool:
        asked.append(of)
        return applies(adjustment, of)

    monkeypatch.setattr(Adjustment, "applies", counted)
    each = "".join(f'[[adjustments]]\nwhen = {{ w = "l{i}" }}\nset = {{ epochs = {i + 5} }}\n' for i in range(n))
    study = parse_study(levels(n) + each)
    assert [a.training.epochs for a in study.architectures] == list(range(5, n + 5))
    assert len(asked) == n


def test_later_adjustments_win() -> None:
    """Where several adjustments hold, the later ones replace the earlier, whichever factor they name."""
    study = parse_study(
        levels(2).replace('"l0"', '"l0-x"')
        + "[factors.b.x]\nbatch_size = 8\n"
        + '[[adjustments]]\nwhen = { b = "x" }\nset = { epochs = 1, dropout = 0.5 }\n'
        + '[[adjustments]]\nwhen = { w = ["l1", "l0"], b = "x" }\nset = { epochs = 2 }\n'
        + '[[adjustments]]\nwhen = { w = "l1" }\nset = { epochs = 3 }\n'
        + '[[adjustments]]\nwhen = { b = ["x"] }\nset = { learning_rate = 0.5 }\n'
    )
    assert [(a.training.epochs, a.network.dropout) for a in study.architectures] == [(2, 0.5), (3, 0.5)]
    assert {a.training.learning_rate for a in study.architectures} == {0.5}


def test_more_adjusting_than_a_moment_takes_is_refused() -> None:
    """Adjustments that all hold for all of very many levels are refused before they are merged."""
    every = ", ".join(f'"l{i}"' for i in range(1001))
    text = levels(1001) + f"[[adjustments]]\nwhen = {{ w = [{every}] }}\nset = {{ epochs = 5 }}\n" * 100
    with pytest.raises(StudyError, match="adjustments must hold for at most 100000 architectures"):
        parse_study(text)
