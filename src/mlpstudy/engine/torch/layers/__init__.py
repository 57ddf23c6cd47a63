"""Layers in PyTorch, one a file."""
