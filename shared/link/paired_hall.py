"""Where a station belongs: remembered in its state folder, so that it comes back there by itself."""

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
from shared.link.state_files import put_asides, read

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class PairedHall:
    """The installation and the hall a station belongs to. A console that was only found has no token."""

    installation: str
    address: str
    """Where it was reached last; a paired device finds it at others too."""
    hall: HallId = ""
    device: str = ""
    """The id by which the installation knows this device."""
    name: str = ""
    pin: Pin | None = None
    """What is trusted there over https, whatever the address."""
    given: str = ""
    """The address somebody named when it came here: with the same one it comes back, wherever the hall is now."""
    token: str = field(default="", repr=False)

    @property
    def url(self) -> str:
        """The address as a person would write it."""
        return f"{self.address}#{self.hall}" if self.hall else self.address

    @property
    def place(self) -> str:
        """What is kept for this hall is kept under this name, whatever its address."""
        return f"{self.installation}#{self.hall}"


class PairedHallFile:
    """The one file in which a station of this role remembers its home; for nobody's eyes but its own."""

    def __init__(self, folder: Path, role: Role) -> None:
        self._file = folder / f"home-{role}.json"

    def load(self) -> PairedHall | None:
        """Where it belongs, or None if that can't be read; what a newer version wrote beside it is left out."""
        return read(self._file, lambda text: decode(PairedHall, json.loads(text), strict=False))

    def is_lost(self) -> bool:
        """Whether it was remembered until its file was damaged."""
        return not self._file.exists() and any(
            path.name.startswith(self._file.name) for path in put_asides(self._file.parent)
        )

    def save(self, home: PairedHall) -> None:
        """Remember it, whole or not at all. A full disk is logged: the station works until it is switched off."""
        try:
            write_whole(self._file, json.dumps(asdict(home)))
        except OSError as error:
            log.warning("where this station belongs could not be remembered: %s", error)

    def forget(self) -> None:
        with contextlib.suppress(OSError):
            self._file.unlink(missing_ok=True)
