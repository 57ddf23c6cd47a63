"""Small studies on every kind of data, run for the tests of predicting."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from predict.drawn import drawn

NETWORKS = """
[training]
epochs = 12
batch_size = 32
[factors.network.plain]
hidden = [12]
[factors.network.batchnorm]
hidden = [16, 8]
batch_normalisation = true
[factors.network.dropout]
hidden = [16]
dropout = 0.3
"""


def write_table(folder: Path, name: str = "people.csv", n: int = 300) -> Path:
    """Write a table with numbers, categories and missing values, and return its path."""
    rng = np.random.default_rng(1)
    lines = ["age,job,height,rich"]
    for _ in range(n):
        age, job = int(rng.integers(18, 80)), str(rng.choice(["baker", "smith", "king"]))
        height = "" if rng.random() < 0.1 else f"{rng.normal(170, 10):.1f}"
        rich = "yes" if (job == "king" or age > 60) != (rng.random() < 0.05) else "no"
        lines.append(f"{age},{job},{height},{rich}")
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_numbers(folder: Path) -> None:
    """Write features and labels as NPY files."""
    rng = np.random.default_rng(2)
    labels = rng.integers(0, 3, 300)
    np.save(folder / "x.npy", rng.normal(size=(300, 5)) + 2 * labels[:, None])
    np.save(folder / "y.npy", labels)


def write_sparse(folder: Path) -> None:
    """Write sparse rows in libsvm's format."""
    rng = np.random.default_rng(3)
    lines = []
    for _ in range(300):
        label = int(rng.integers(0, 2))
        columns = sorted({int(c) for c in rng.integers(1 + 20 * label, 31 + 20 * label, 6)})
        lines.append(f"{label} " + " ".join(f"{c}:{rng.uniform(0.1, 2):.3f}" for c in columns))
    (folder / "words.libsvm").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_images(folder: Path) -> None:
    """Write a folder of images by class: two digits, in several sizes and modes."""
    rng = np.random.default_rng(4)
    for figure, name in ((0, "nought"), (1, "one")):
        (folder / "pictures" / name).mkdir(parents=True)
        for i in range(40):
            ink = drawn(figure, width=4 + i % 5, size=(40 + i % 7, 50), centre=tuple(rng.uniform(0.4, 0.6, 2)))
            Image.fromarray(ink).convert("RGB" if i % 2 else "L").save(folder / "pictures" / name / f"{i:02}.png")


def write_study(folder: Path, data: str, engine_networks: str = NETWORKS) -> Path:
    """Write a study file."""
    path = folder / "study.toml"
    path.write_text(f'name = "small"\nseeds = 2\n[data]\n{data}\n{engine_networks}', encoding="utf-8")
    return path
