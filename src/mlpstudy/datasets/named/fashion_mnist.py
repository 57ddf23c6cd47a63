"""Fashion-MNIST: 70,000 pictures of Zalando's articles, as a harder MNIST. Downloaded once.

The SHA-256 are of the gzip files in the authors' repository; their MD5, as the authors publish them, are 8d4fb7e6...,
25c81989..., bef4ecab..., bb300cfd....

Source: Xiao, Rasul & Vollgraf 2017, arXiv:1708.07747; https://github.com/zalandoresearch/fashion-mnist (MIT).
"""

from __future__ import annotations

from mlpstudy.datasets.named.download import RemoteFile, RemoteSet
from mlpstudy.datasets.named.source import DatasetInfo

FASHION_MNIST = RemoteSet(
    info=DatasetInfo(
        name="fashion-mnist",
        title="articles of clothing",
        n_train=60_000,
        n_test=10_000,
        image_shape=(28, 28),
        class_names=(
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ),
        licence="MIT",
        authors="H. Xiao, K. Rasul, R. Vollgraf (Zalando SE)",
    ),
    url="https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    files=(
        RemoteFile(
            "train-images-idx3-ubyte.gz",
            26_421_880,
            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        ),
        RemoteFile(
            "train-labels-idx1-ubyte.gz",
            29_515,
            "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        ),
        RemoteFile(
            "t10k-images-idx3-ubyte.gz",
            4_422_102,
            "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        ),
        RemoteFile(
            "t10k-labels-idx1-ubyte.gz",
            5_148,
            "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        ),
    ),
)
