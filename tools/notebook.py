"""Writes examples/nine_networks.ipynb: ``python tools/notebook.py`` runs it whole, all seeds and epochs (minutes).

The cells are written here, so that a change of them can be read; outputs come from running them.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).resolve().parents[1] / "examples" / "nine_networks.ipynb"

CELLS = (
    (
        "text",
        """# Nine networks on MNIST, and what may be said of them

A well-known Keras notebook trains nine multilayer perceptrons on MNIST, once each, and compares them by one accuracy
each. This one goes the same way with mlpstudy: look at the data, scale them, one-hot labels, layers, training, loss
curves, violins of the weights, tables, remarks. Then it says what the first one could not: which of the differences
are real.""",
    ),
    (
        "code",
        """SEEDS = 5
EPOCHS = 20
TRAIN_EXAMPLES = None  # all 60,000""",
    ),
    (
        "code",
        """import altair as alt
import polars as pl

import mlpstudy
from mlpstudy.datasets import load, one_hot
from mlpstudy.figures import ExampleImage, examples_grid
from mlpstudy.study import count_parameters, layers

alt.renderers.enable("png", scale_factor=1.5)  # pictures that every viewer of this file shows; drop it for hover
pl.Config.set_tbl_rows(40).set_fmt_str_lengths(60)
study = mlpstudy.load_study("notebook").with_changes(seeds=SEEDS, epochs=EPOCHS)
if TRAIN_EXAMPLES:
    fields = study.to_fields()
    fields["data"] = {**fields["data"], "train_examples": TRAIN_EXAMPLES, "test_examples": TRAIN_EXAMPLES}
    study = mlpstudy.Study(**fields)
mnist = load(study.data, study.study_seed)""",
    ),
    (
        "text",
        """## The data

60,000 training images and 10,000 test images of 28 x 28 grey values, each with the digit that it shows.""",
    ),
    (
        "code",
        """print("training", mnist.train.raw.shape, "test", mnist.test.raw.shape, "classes", mnist.class_names)
images = [
    ExampleImage(mnist.train.raw[i].reshape(28, 28), mnist.class_names[mnist.train.labels[i]]) for i in range(20)
]
examples_grid.figure(images)""",
    ),
    ("text", """The grey values of one image, 0 to 255, and the same scaled to 0 to 1, as the networks see them:"""),
    (
        "code",
        """first = mnist.train.raw[0].reshape(28, 28)
print(first[5:12, 8:22])
print(mnist.train.features[0].reshape(28, 28)[5:12, 8:22].round(2))""",
    ),
    ("text", """A label as a one-hot vector:"""),
    ("code", """print(mnist.train.labels[0], "->", one_hot(mnist.train.labels[:1], mnist.n_classes)[0])"""),
    (
        "text",
        """## The networks

2, 3 or 5 hidden layers; plain, with batch normalisation, or with batch normalisation and dropout.""",
    ),
    (
        "code",
        """for architecture in study.architectures:
    network = architecture.network
    print(f"{architecture.name}")
    for layer in layers(network, mnist.n_features, mnist.n_classes):
        print(f"    {layer.name:<22}{layer.kind:<20}{layer.width:>6}{layer.n_parameters:>10,}")
    total, trainable = count_parameters(network, mnist.n_features, mnist.n_classes)
    print(f"    total {total:,}, trainable {trainable:,}, not trainable {total - trainable:,}\\n")""",
    ),
    (
        "text",
        """## Training

Every network with every seed. What the folder holds already is not trained again, so closing this page or stopping
the cell loses nothing that has finished.""",
    ),
    ("code", """results = mlpstudy.run(study, out="runs/nine_networks")"""),
    ("text", """What one network printed while it was trained:"""),
    (
        "code",
        """results.epochs().filter((pl.col("architecture") == "plain-2") & (pl.col("seed") == 0)).select(
    "epoch", "us_per_sample", "train_loss", "train_accuracy", "val_loss", "val_accuracy"
)""",
    ),
    (
        "text",
        """## Loss curves

One network, trained once, as the first notebook drew it; then all nine, mean and band over the seeds.""",
    ),
    ("code", """results.curves(("plain-2", 0))"""),
    ("code", """results.curves()"""),
    ("text", """What the curves show, in a sentence each:"""),
    (
        "code",
        """for name, seen in results.observations().items():
    print(f"{name}: {seen.sentence}")""",
    ),
    (
        "text",
        """## The trained weights

Violins of one network; then the kernels of all nine on one page. Dashed: where they started.""",
    ),
    ("code", """results.violins("plain-2", 0)"""),
    ("code", """results.violins()"""),
    (
        "text",
        """## The comparison

Here the first notebook ended: a table, and remarks on which network is best. Its own numbers stand in the last
column, each of a single run. Ours are means over seeds, with their intervals.""",
    ),
    ("code", """results"""),
    (
        "text",
        """## What a single run cannot say

The accuracy of one and the same network scatters from seed to seed by as much as the networks differ. So each pair
gets a verdict: BETTER, EQUIVALENT, UNRESOLVED or UNSTABLE, with the interval it rests on.""",
    ),
    (
        "code",
        """verdicts = results.verdicts().filter(pl.col("primary"))
print(verdicts["verdict"].value_counts(sort=True))
verdicts.select(
    "a",
    "b",
    (100 * pl.col("difference")).round(2).alias("points"),
    (100 * pl.col("together_low")).round(2).alias("low"),
    (100 * pl.col("together_high")).round(2).alias("high"),
    "p_adjusted",
    "verdict",
    "winner",
    "more_seeds",
)""",
    ),
    ("text", """Why, in words, for the first pairs, and how much of each network's spread is mere chance:"""),
    (
        "code",
        """judgement = results.judge()
for pair in judgement.primary.pairs[:3]:
    print(f"{pair.a} / {pair.b}: {pair.verdict.kind}. {pair.verdict.reason}\\n")
for one in judgement.noise:
    print(f"{one.architecture}: {one.audit.sentence if one.audit else 'no finished run'}")""",
    ),
    ("text", """How many seeds would tell networks apart that differ by a tenth of a point?"""),
    (
        "code",
        """plan = results.plan(detect=0.001)
pl.DataFrame([{"comparisons": row.family, "seeds": row.n_seeds} for row in plan.rows])""",
    ),
    ("text", """The images that nearly all runs read wrongly, whatever the network:"""),
    (
        "code",
        """hard = judgement.hard[:10]
pictures = [
    ExampleImage(mnist.test.raw[h.example].reshape(28, 28), f"{h.label} read {h.usual}") for h in hard
]
examples_grid.figure(pictures, title="Wrong in nearly all runs") if pictures else "none"
""",
    ),
)


def notebook() -> nbformat.NotebookNode:
    """Return the notebook without outputs."""
    make = {"text": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}
    cells = [make[kind](text.rstrip("\n"), id=f"cell-{i:02}") for i, (kind, text) in enumerate(CELLS)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def execute(document: nbformat.NotebookNode, folder: Path) -> None:
    """Run every cell in a folder."""
    NotebookClient(document, timeout=3600, resources={"metadata": {"path": str(folder)}}).execute()


def main() -> None:
    """Write the notebook, with the outputs of a full run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=NOTEBOOK)
    options = parser.parse_args()
    document = notebook()
    with tempfile.TemporaryDirectory() as folder:
        execute(document, Path(folder))
    for cell in document.cells:
        cell.metadata.pop("execution", None)
    nbformat.write(document, options.out)


if __name__ == "__main__":
    main()
