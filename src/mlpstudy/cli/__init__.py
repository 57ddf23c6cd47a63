"""The command line: one file a command; parse, call, print."""

from mlpstudy.cli.app import main

__all__ = ["main"]
