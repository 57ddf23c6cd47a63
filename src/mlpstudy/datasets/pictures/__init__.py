"""MNIST's images of picture files."""
