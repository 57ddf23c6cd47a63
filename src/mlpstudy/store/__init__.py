"""A study's folder: one SQLite file and the weights as safetensors; one writer, any number of readers."""

from mlpstudy.store.looks import note_look
from mlpstudy.store.store import Store
from mlpstudy.store.verify import Finding
from mlpstudy.store.writer import WritableStore

__all__ = ["Finding", "Store", "WritableStore", "note_look"]
