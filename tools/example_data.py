"""Writes the data of the examples that are too large to be committed.

python tools/example_data.py pictures studies/pictures     # MNIST digits as PNG files, a folder a class
python tools/example_data.py words studies/words.svm       # documents as counts of words, libsvm format
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from mlpstudy.datasets import load
from mlpstudy.study import Data

CLASSES = ("three", "five", "eight")
DIGITS = (3, 5, 8)
N_WORDS, WORDS_A_DOCUMENT = 20_000, 133
TOPICS = ("cooking", "gardening", "sailing", "weaving")
TOPIC_SHARE = 0.03
"""Share of a document's words that its topic decides; the others are of the language at large."""


def write_pictures(folder: Path, n_a_class: int) -> None:
    """Write digits 3, 5 and 8 of MNIST's training images, ink on paper, a folder a class."""
    mnist = load(Data(name="mnist"), study_seed=0).train
    if mnist.raw is None:
        raise SystemExit("MNIST must come with its grey values")  # noqa: TRY003, EM101  # a script
    for digit, name in zip(DIGITS, CLASSES, strict=True):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for i in np.flatnonzero(mnist.labels == digit)[:n_a_class]:
            Image.fromarray(255 - mnist.raw[i].reshape(28, 28)).save(folder / name / f"{i:05}.png")


def write_words(path: Path, n_documents: int) -> None:
    """Write documents whose words follow Zipf's law, with some words that are commoner in each topic."""
    random = np.random.default_rng(0)
    language = 1.0 / np.arange(1, N_WORDS + 1)
    language /= language.sum()
    # A topic's words: a few hundred, not the commonest, each by Zipf's law again.
    topics = [random.choice(np.arange(200, N_WORDS), size=400, replace=False) for _ in TOPICS]
    weights = 1.0 / np.arange(1, 401)
    weights /= weights.sum()
    lines = []
    for _ in range(n_documents):
        topic = int(random.integers(len(TOPICS)))
        n_own = random.binomial(WORDS_A_DOCUMENT, TOPIC_SHARE)
        own = random.choice(topics[topic], size=n_own, p=weights)
        other = random.choice(N_WORDS, size=WORDS_A_DOCUMENT - n_own, p=language)
        words, counts = np.unique(np.concatenate([own, other]), return_counts=True)
        pairs = " ".join(f"{word + 1}:{count}" for word, count in zip(words, counts, strict=True))
        lines.append(f"{TOPICS[topic]} {pairs}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Write one of the two."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("pictures", "words"))
    parser.add_argument("path", type=Path)
    parser.add_argument("--examples", type=int, help="pictures a class (600), documents (4,000)")
    options = parser.parse_args()
    if options.what == "pictures":
        write_pictures(options.path, options.examples or 600)
    else:
        write_words(options.path, options.examples or 4_000)


if __name__ == "__main__":
    main()
