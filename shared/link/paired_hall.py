"""The hall a station is paired with, kept in its state folder, so that it returns there after a restart."""

from __future__ import annotations

import contextlib
import json
import logging
from dataclasses import asdict, dataclass, field
from pathlib import Path

from shared.durable_files import write_whole
from shared.hall.field_types import HallId
from shared.hall.json_codec import decode
from shared.hall.roles import Role
from shared.link.certificate_trust import Pin
from shared.link.state_files import files_put_aside, read

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class PairedHall:
    """The installation and the hall a station belongs to. A console that was only found has no token."""

    installation: str
    address: str
    """Where it was last reached; a paired device finds it at other addresses too."""
    hall: HallId = ""
    device: str = ""
    """The id by which the installation knows this device."""
    name: str = ""
    """The device's, as the administrator gave it."""
    pin: Pin | None = None
    """What it trusts over https, at any address; None for plain HTTP."""
    given: str = ""
    """The address in the settings when it was paired; while they name the same, it follows this hall to any address."""
    token: str = field(default="", repr=False)

    @property
    def url(self) -> str:
        """The address as a person would write it."""
        return f"{self.address}#{self.hall}" if self.hall else self.address

    @property
    def key(self) -> str:
        """The key under which a station keeps its files for this hall, whatever its address."""
        return f"{self.installation}#{self.hall}"


class PairedHallFile:
    """The file in which a station of this role keeps its paired hall; only its owner can read it."""

    def __init__(self, folder: Path, role: Role) -> None:
        self._file = folder / f"home-{role}.json"

    def load(self) -> PairedHall | None:
        """The paired hall; None if there is none or the file can't be read. Fields of a newer version are ignored."""
        return read(self._file, lambda text: decode(PairedHall, json.loads(text), strict=False))

    def is_lost(self) -> bool:
        """Whether there was a paired hall until its file was damaged."""
        return not self._file.exists() and any(
            path.name.startswith(self._file.name) for path in files_put_aside(self._file.parent)
        )

    def save(self, home: PairedHall) -> None:
        """Write the file, whole or not at all. A full disk is logged: the station works until it is switched off."""
        try:
            write_whole(self._file, json.dumps(asdict(home)))
        except OSError as error:
            log.warning("the paired hall of this station could not be saved: %s", error)

    def forget(self) -> None:
        with contextlib.suppress(OSError):
            self._file.unlink(missing_ok=True)
