"""Keys that other tools have: which key says the same here, and what is not supported.

Without this a key that is merely spelt alike would be proposed, which may mean something else.
"""

from __future__ import annotations

_SAME = {
    "learning_rate": "lr alpha step_size learning_rate_init",
    "hidden": "layers hidden_layers hidden_layer_sizes hidden_size units neurons widths",
    "dropout": "dropout_rate drop_rate drop_prob dropout_p",
    "epochs": "n_epochs num_epochs max_epochs max_iter iterations",
    "batch_normalisation": "bn batch_norm batchnorm batch_normalization",
    "batch_size": "batch batchsize mini_batch_size",
    "study_seed": "seed random_seed random_state rng",
    "seeds": "n_seeds repeats n_runs",
    "test": "test_size test_split test_share",
    "validation": "validation_split validation_size val val_size dev",
    "target": "label labels y class_column",
    "path": "file filename csv source",
    "initial_weights": "kernel_initializer initializer initialiser init",
    "epsilon": "eps adam_epsilon",
    "numeric": "scaling scaler normalise normalize standardise standardize",
}
_ABSENT = {
    "layer normalisation": "layer_normalisation layer_normalization layer_norm layernorm",
    "another normalisation than by batches": "group_norm group_normalisation weight_norm spectral_norm",
    "early stopping": "early_stopping patience min_delta",
    "a schedule of the learning rate": "schedule scheduler lr_schedule lr_scheduler learning_rate_schedule warmup",
    "a penalty on the weights": "weight_decay l1 l2 regularizer regulariser kernel_regularizer regularization",
    "weighting classes or examples": "class_weight class_weights sample_weight sample_weights",
    "anything but classes by cross-entropy": "loss task objective output_activation",
    "cross-validation": "cross_validation cv folds k_folds n_folds n_splits",
    "this setting of an optimiser": "momentum nesterov amsgrad clipnorm gradient_clipping max_grad_norm",
    "changing examples or labels": "label_smoothing mixup augmentation augment",
    "this kind of layer": "residual skip_connections convolution filters kernel_size",
}
OTHER_NAMES = {other: key for key, others in _SAME.items() for other in others.split()}
"""Keys of other tools, and the key that says the same here."""
NOT_SUPPORTED = {key: words for words, keys in _ABSENT.items() for key in keys.split()}
"""Keys of other tools for what is not supported, and what that is."""


def other_name(key: str) -> str | None:
    """Return the key that says the same here, None where none is known.

    >>> other_name("LR"), other_name("epochs")
    ('learning_rate', None)
    """
    return OTHER_NAMES.get(_plain(key))


def not_supported(key: str) -> str | None:
    """Return what to say of a key for what is not supported, None where it is none.

    >>> not_supported("layer-normalization")
    'layer normalisation is not supported'
    """
    words = NOT_SUPPORTED.get(_plain(key))
    return None if words is None else f"{words} is not supported"


def _plain(key: str) -> str:
    return key.lower().replace("-", "_").replace(" ", "_")
