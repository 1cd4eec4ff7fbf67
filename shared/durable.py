"""What makes the names in a folder survive a power cut: a file that was synced may be there and its name not."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

UNABLE = (errno.EINVAL, errno.ENOTSUP, errno.EACCES)
"""What is said where nobody can sync a folder: on some shares, and where its owner lets nobody read it."""


def make_folder(folder: Path) -> None:
    """For nobody else, with all it is in, and there after the plug was pulled; raises OSError."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for one in missing:
        sync_folder(one.parent)


def sync_folder(folder: Path) -> None:
    """What was made, renamed or removed in here is so for good; raises OSError."""
    if sys.platform == "win32":  # it can't, and need not: names are in the journal of its file system
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        if error.errno not in UNABLE:
            raise
