"""Which classes networks ever give, and who is no better than always giving the commonest."""

from __future__ import annotations

import numpy as np
import pytest

from mlpstudy.evidence.audits.class_use import class_lines, class_use, majority_line

LABELS = np.array([0] * 8 + [1] * 2, np.int32)
ALWAYS = np.zeros((2, 10), np.int32)
NAMES = ("no", "yes", "unseen")


def some(*wrong: int) -> np.ndarray[tuple[int, int], np.dtype[np.int32]]:
    """Return two seeds' predictions: the truth, but for the examples named."""
    predicted = LABELS.copy()
    predicted[list(wrong)] = 1 - predicted[list(wrong)]
    return np.stack([predicted, predicted])


def test_a_class_that_no_seed_gives_is_found_and_one_without_examples_is_not() -> None:
    """Only classes that test examples are of count, and only where none of the seeds gives them."""
    half = np.stack([ALWAYS[0], LABELS])
    use = class_use({"always": ALWAYS, "half": half, "right": some()}, LABELS, 3)
    assert [one.never for one in use.architectures] == [(1,), (), ()]
    assert [one.n_silent for one in use.architectures] == [(0, 2, 0), (0, 1, 0), (0, 0, 0)]
    assert (use.commonest, use.share) == (0, 0.8)


def test_mute_is_who_never_gives_a_class_and_is_no_more_accurate_than_the_commonest() -> None:
    """Neither a low accuracy alone nor a class that is never given alone makes an architecture mute."""
    labels = np.array([0] * 6 + [1] * 3 + [2], np.int32)
    never_but_better = np.minimum(labels, 1)[None]
    bad_but_loud = np.roll(labels, 2)[None]
    always = np.zeros((1, 10), np.int32)
    use = class_use({"better": never_but_better, "loud": bad_but_loud, "always": always}, labels, 3)
    assert [one.is_mute for one in use.architectures] == [False, False, True]
    assert use.of("better").never == (2,)
    assert use.no_better == ("loud", "always")


def test_an_architecture_without_a_finished_run_is_neither() -> None:
    """No run is no silence."""
    use = class_use({"none": np.zeros((0, 10), np.int32), "right": some()}, LABELS, 2)
    assert (use.of("none").accuracy, use.of("none").never, use.of("none").is_mute) == (None, (), False)
    assert class_lines(use, NAMES) == ()


def test_the_lines_name_who_and_how_many_seeds() -> None:
    """All seeds, some seeds, one seed and every architecture each have their words."""
    half = np.stack([ALWAYS[0], LABELS])
    lines = class_lines(class_use({"a": ALWAYS, "b": half, "c": some()}, LABELS, 2), NAMES)
    assert lines == (
        'a never predicts "yes" in any of 2 seeds.',
        'b never predicts "yes" in 1 of 2 seeds.',
        'Always answering "no" has an accuracy of 80.00 % on the 10 test examples; that of a is no higher.',
    )
    lines = class_lines(class_use({"a": ALWAYS, "b": ALWAYS}, LABELS, 2), NAMES)
    assert lines[0] == 'No architecture ever predicts "yes" in any of 2 seeds.'
    assert lines[1].endswith("; no architecture's is higher.")


def test_of_very_many_lines_the_first_are_said_those_of_all_seeds_before_others() -> None:
    """Twenty classes that one architecture each lacks do not fill the screen."""
    labels = np.arange(20, dtype=np.int32)
    lacking = {f"n{k}": np.stack([np.where(labels == k, 0, labels), labels]) for k in range(1, 20)}
    use = class_use({**lacking, "last": np.stack([np.where(labels == 7, 0, labels)] * 2)}, labels, 20)
    lines = class_lines(use, [str(k) for k in range(20)])
    assert lines[0] == 'last never predicts "7" in any of 2 seeds.'
    assert lines[5] == "And 15 more of the kind: class_use of mlpstudy show --json."
    assert len(lines) == 7


@pytest.mark.parametrize("wrong", [(), (0,)])
def test_who_gives_every_class_and_beats_the_commonest_gets_no_line(wrong: tuple[int, ...]) -> None:
    """A study without such a fault stays as quiet as before."""
    assert class_lines(class_use({"a": some(*wrong)}, LABELS, 2), NAMES) == ()


@pytest.mark.parametrize(
    ("n_first", "n_classes", "is_said"),
    [(800, 2, True), (550, 2, True), (540, 2, False), (200, 10, True), (110, 10, False)],
)
def test_the_commonest_class_is_said_where_it_exceeds_an_equal_share(
    n_first: int, n_classes: int, *, is_said: bool
) -> None:
    """Five points or more above it; of balanced classes there is nothing to say."""
    labels = np.arange(1000, dtype=np.int32) % (n_classes - 1) + 1
    labels[:n_first] = 0
    line = majority_line(class_use({"a": labels[None]}, labels, n_classes), [str(k) for k in range(n_classes)])
    said = f'Always answering "0" has an accuracy of {n_first / 10:.2f} % on the 1,000 test examples.'
    assert line == (said if is_said else None)


def test_whoever_is_always_right_is_doubted() -> None:
    """All test examples, all seeds: one line says what to look for; of few examples, or one that is missed, nothing."""
    labels = np.array([0, 1] * 20, np.int32)
    right, missed = np.tile(labels, (3, 1)), np.tile(labels, (3, 1))
    missed[2, 7] = 0
    (line,) = class_lines(class_use({"a": right, "b": missed}, labels, 2), ("no", "yes"))
    assert line.startswith("a is right on all 40 test examples in every seed: before that is believed, look for")
    (line,) = class_lines(class_use({"a": right, "b": right}, labels, 2), ("no", "yes"))
    assert line.startswith("Every architecture is right on all 40")
    assert class_lines(class_use({"b": missed}, labels, 2), ("no", "yes")) == ()
    assert class_lines(class_use({"a": right[:, :10]}, labels[:10], 2), ("no", "yes")) == ()
