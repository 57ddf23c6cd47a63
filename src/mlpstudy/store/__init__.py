"""A study's folder: one SQLite file and the weights as safetensors; one writer, any number of readers."""

from mlpstudy.store.checkpoints import size_at_most as checkpoint_size_at_most
from mlpstudy.store.looks import note_look
from mlpstudy.store.repair import repair
from mlpstudy.store.store import Store
from mlpstudy.store.verify import Finding, verify
from mlpstudy.store.writer import WritableStore

__all__ = ["Finding", "Store", "WritableStore", "checkpoint_size_at_most", "note_look", "repair", "verify"]
