"""scikit-learn's MLPClassifier: the plain networks only, since it has neither batch normalisation nor dropout.

    python -m bench.rivals.sklearn_mlp

Its initial weights are its own (Glorot); its Adam, batches, ReLU and loss are the notebook's, its penalty set to 0.
"""

from __future__ import annotations

import argparse
import warnings

import numpy as np
import sklearn
from bench.rivals.mnist import N_CLASSES, load
from bench.rivals.turns import Turns
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier


def main() -> None:
    """Train the plain networks in one process."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    turns = Turns(parser)
    train, test = load("train", turns.options.share), load("t10k", turns.options.share)
    turns.ready(**{"scikit-learn": sklearn.__version__})
    for architecture in turns.networks():
        network, training = architecture.network, architecture.training
        if network.batch_normalisation:
            continue
        with turns.step(architecture.name, "set-up"):
            model = MLPClassifier(
                network.hidden,
                activation="relu",
                solver="adam",
                alpha=0.0,
                batch_size=training.batch_size,
                learning_rate_init=training.learning_rate,
                beta_1=training.beta_1,
                beta_2=training.beta_2,
                epsilon=training.epsilon,
                random_state=0,
            )
        for epoch in range(turns.options.epochs):
            turns.begin()
            model.partial_fit(train.x, train.y, classes=np.arange(N_CLASSES))
            p_true = model.predict_proba(test.x)
            accuracy = float((p_true.argmax(axis=1) == test.y).mean())
            turns.end(architecture.name, f"epoch {epoch + 1}", accuracy)


if __name__ == "__main__":
    main()
