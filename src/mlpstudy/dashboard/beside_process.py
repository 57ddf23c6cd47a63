"""The process of a dashboard beside a run: told its folder and the socket that the run opened for it."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

from mlpstudy.dashboard.following.folder import StudyFolder
from mlpstudy.dashboard.serving.security import Access
from mlpstudy.dashboard.serving.server import serve


def main() -> None:
    """Show the study's folder named on the command line, on the open socket of this number."""
    folder, descriptor = Path(sys.argv[1]), int(sys.argv[2])
    listening = socket.socket(fileno=descriptor)
    serve(StudyFolder(folder), listening, Access(int(listening.getsockname()[1]), is_local=True), beside_run=True)


if __name__ == "__main__":
    main()
