"""Work spread over threads: the same results whatever the system grants."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mlpstudy.datasets.named.mnist import load_mnist
from mlpstudy.datasets.opening.parallel import in_threads
from mlpstudy.datasets.preprocessing.encoding import scale
from mlpstudy.datasets.readers.image_folder import read_image_folder
from patience import PATIENCE_S
from threads import grant


@pytest.mark.parametrize("n_granted", [0, 1, 2, 9])
@pytest.mark.parametrize("n_threads", [0, 1, 2, 5, 50])
def test_every_item_is_done_once(monkeypatch: pytest.MonkeyPatch, n_granted: int, n_threads: int) -> None:
    """However many threads are asked for and granted, each item is worked on once, and results are in order."""
    grant(monkeypatch, n_granted)
    done: list[int] = []

    def work(n: int) -> int:
        done.append(n)
        return n * n

    assert in_threads(work, range(40), n_threads) == [n * n for n in range(40)]
    assert sorted(done) == list(range(40))
    assert in_threads(work, [], n_threads) == []


def test_threads_work_at_once() -> None:
    """Work is really spread: items that wait for each other come to an end."""
    together = threading.Barrier(3)
    assert sorted(in_threads(lambda _: together.wait(PATIENCE_S), range(3), 3)) == [0, 1, 2]


@pytest.mark.parametrize("n_granted", [0, 3])
def test_the_first_error_is_raised(monkeypatch: pytest.MonkeyPatch, n_granted: int) -> None:
    """An error ends the work; what nobody has begun is left."""
    grant(monkeypatch, n_granted)
    begun: list[int] = []

    def work(n: int) -> None:
        begun.append(n)
        if n >= 2:
            raise ValueError(n)

    with pytest.raises(ValueError, match=r"^2$"):
        in_threads(work, range(10_000), 4)
    assert len(begun) < 10_000


def test_data_are_the_same_without_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """MNIST, a folder of images and the scaling of many values need no thread but their own."""
    for name, grey in (("a", 10), ("b", 200)):
        (tmp_path / name).mkdir()
        for i in range(3):
            Image.new("L", (4, 5), grey + i).save(tmp_path / name / f"{i}.png")
    values = np.arange(2**22, dtype=np.uint32).astype(np.uint8).reshape(2**11, -1)

    def everything() -> tuple[str, bytes, bytes, bytes]:
        images = read_image_folder(tmp_path)
        assert isinstance(images.values, np.ndarray)
        return images.sha256, images.values.tobytes(), scale(values).tobytes(), load_mnist().train.labels.tobytes()

    before = everything()
    grant(monkeypatch, 0)
    assert everything() == before
