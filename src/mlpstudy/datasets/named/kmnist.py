"""Kuzushiji-MNIST: 70,000 handwritten characters of classical Japanese, as a harder MNIST. Downloaded once.

The SHA-256 are of the gzip files that the authors publish; their MD5 are bdb82020..., e144d726..., 5c965bf0...,
7320c461.... Classes are named by the sound of their character (o = U+304A and so on).

Source: Clanuwat et al. 2018, arXiv:1812.01718; http://codh.rois.ac.jp/kmnist (CC BY-SA 4.0).
"""

from __future__ import annotations

from mlpstudy.datasets.named.download import RemoteFile, RemoteSet
from mlpstudy.datasets.named.source import DatasetInfo

KMNIST = RemoteSet(
    info=DatasetInfo(
        name="kmnist",
        title="classical Japanese characters",
        n_train=60_000,
        n_test=10_000,
        image_shape=(28, 28),
        class_names=("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
        licence="CC BY-SA 4.0",
        authors="T. Clanuwat, M. Bober-Irizar, A. Kitamoto, A. Lamb, K. Yamamoto, D. Ha (CODH)",
    ),
    url="https://codh.rois.ac.jp/kmnist/dataset/kmnist/",
    files=(
        RemoteFile(
            "train-images-idx3-ubyte.gz",
            18_165_135,
            "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
        ),
        RemoteFile(
            "train-labels-idx1-ubyte.gz",
            29_497,
            "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
        ),
        RemoteFile(
            "t10k-images-idx3-ubyte.gz",
            3_041_136,
            "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
        ),
        RemoteFile(
            "t10k-labels-idx1-ubyte.gz",
            5_120,
            "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
        ),
    ),
)
