"""The data sets that have a name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mlpstudy.datasets.named import mnist
from mlpstudy.datasets.named.fashion_mnist import FASHION_MNIST
from mlpstudy.datasets.named.kmnist import KMNIST
from mlpstudy.datasets.named.sklearn_sets import BUNDLED
from mlpstudy.datasets.named.source import DatasetInfo, FileCheck, Source
from mlpstudy.datasets.raw import Labelled
from mlpstudy.errors import DataError, must, nearest


@dataclass(frozen=True, slots=True)
class NamedDataset:
    """A data set that a study file can name.

    Attributes:
        info: what it is.
        load: read a set of images whole, checked; refuses a set of another kind.
        check: say of each of its files whether it is the original.
        read_other: read a set that is no set of images with test examples of its own; None where it is one.
    """

    info: DatasetInfo
    load: Callable[[], Source]
    check: Callable[[], tuple[FileCheck, ...]]
    read_other: Callable[[], Labelled] | None = None

    @property
    def has_source(self) -> bool:
        """Whether it is a set of images with test examples of its own, which ``load`` reads."""
        return self.read_other is None

    def read(self) -> Labelled:
        """Return the set as a file of it would be read, with its test examples where it has some of its own.

        Raises:
            DataError: it is damaged, cannot be downloaded, or what it comes with is not installed.
        """
        return self.load().labelled() if self.read_other is None else self.read_other()


DOWNLOADED = (FASHION_MNIST, KMNIST)
_NAMED = {
    mnist.INFO.name: NamedDataset(mnist.INFO, mnist.load_mnist, mnist.check_mnist),
    **{remote.info.name: NamedDataset(remote.info, remote.load, remote.check) for remote in DOWNLOADED},
    **{bundled.info.name: NamedDataset(bundled.info, bundled.load, bundled.check, bundled.read) for bundled in BUNDLED},
}


def named_datasets() -> tuple[NamedDataset, ...]:
    """Return all data sets that have a name, in alphabetical order.

    >>> [named.info.name for named in named_datasets()]
    ['breast-cancer', 'digits', 'fashion-mnist', 'iris', 'kmnist', 'mnist', 'wine']
    """
    return tuple(_NAMED[name] for name in sorted(_NAMED))


def find_dataset(name: str, what: str = "data.name") -> NamedDataset:
    """Return a data set by name.

    Args:
        name: as ``mlpstudy data list`` prints it.
        what: where the name was written, for the message.

    Raises:
        DataError: there is none of that name; the line says which one is near.

    >>> find_dataset("mnist").info.n_train
    60000
    """
    if name in _NAMED:
        return _NAMED[name]
    near = nearest(name, _NAMED)
    fix = f'write "{near}"' if near else f"one of {', '.join(sorted(_NAMED))}"
    raise DataError(must(what, "be the name of a data set", name, fix))
