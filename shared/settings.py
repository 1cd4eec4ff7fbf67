"""Settings of one program on one machine; what belongs to a hall lives in the hall."""

from __future__ import annotations

import dataclasses
import os
import re
import tomllib
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import platformdirs
import tzlocal

from shared.hall.errors import Unfit
from shared.hall.time_zones import zones

FILE = "nowserving.toml"
PREFIX = "NOWSERVING_"


def meaning(text: str, default: Any) -> Any:
    """A setting: its default, and one line on what it means."""
    return field(default=default, metadata={"meaning": text})


PLACES = ("hall", "database", "tls_cert", "tls_key", "tls_folder", "tls_ca", "printer")
"""Settings that name a file or a folder, some behind ``sqlite:///`` or ``file:``."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting. In the file ``hall = "…"``, in the environment ``NOWSERVING_HALL=…``."""

    hall: str = meaning(
        "Address of the hall, http(s)://… or a database URL; #ID names one of several. Empty: looked for.", ""
    )
    token: str = meaning("Token of this device, as `nowserving device add` printed it. Paired devices need none.", "")
    database: str = meaning("Database of the backend and of the administrator's commands.", "sqlite:///nowserving.db")
    public_url: str = meaning(
        "Address customers' phones reach the backend by. Empty: the one its stations use, if phones get there.", ""
    )
    tls: bool = meaning("The backend speaks https, by an authority of its own that is made once.", False)
    tls_cert: str = meaning("File of a certificate with its chain (PEM) that the backend speaks https by.", "")
    tls_key: str = meaning("File of that certificate's key (PEM).", "")
    tls_folder: str = meaning("Folder of the backend's own authority, when not beside the database.", "")
    tls_ca: str = meaning("File of authorities (PEM) that https is trusted by, besides those of the system.", "")
    metrics_token: str = meaning("Token that opens /metrics from other machines, as an administrator's does.", "")
    oidc_issuer: str = meaning("Issuer (https://…) of the identity provider that signs people on, if any.", "")
    oidc_client_id: str = meaning("Id under which the consoles are registered there, as one public client.", "")
    oidc_role_claim: str = meaning("Claim of its ID tokens with roles: administrator, supervisor@HALL, …", "groups")
    oidc_scopes: str = meaning("What a console asks it for.", "openid profile email")
    oidc_ports: str = meaning("Ports a console waits on for the browser: http://127.0.0.1:PORT/signed-in.", "8765")
    oidc_loopback: str = meaning("What that address calls the console's machine: 127.0.0.1, or localhost.", "127.0.0.1")
    trusted_proxies: str = meaning(
        "Addresses or networks, with commas, of the proxies whose X-Forwarded-For and -Proto the backend believes.", ""
    )
    announce: bool = meaning("The backend tells the local network where it is, so that stations find it.", True)
    printer: str = meaning("Where tickets go: a folder (file:tickets), tcp://HOST:9100 for ESC/POS, or none.", "none")
    paper: int = meaning("Paper width in millimetres: 80 or 58.", 80)
    offline_series: str = meaning(
        "Series of the numbers a kiosk gives while its hall is away: 1 to 4 capitals or figures. Empty: the hall says.",
        "",
    )
    screen_inches: float = meaning("Diagonal of the screen in inches, so that sizes are true; 0: the app's usual.", 0.0)
    farthest_seat: float = meaning("Metres from the hall display to its farthest seat: sets how large calls are.", 8.0)
    full_screen: bool = meaning("Kiosk, display and sign fill the screen; false leaves them in a window.", True)
    sound: bool = meaning("The hall display sounds a chime at each call.", True)
    log_level: str = meaning("DEBUG, INFO, WARNING or ERROR.", "WARNING")

    def __post_init__(self) -> None:
        for name in PLACES:
            object.__setattr__(self, name, _at_home(getattr(self, name)))


def load(path: Path | None = None, environment: Mapping[str, str] | None = None, **flags: Any) -> Settings:
    """The settings of the file, under those of the environment, under the flags that are not None.

    Raises Unfit for a file that can't be read, a name that is no setting or a value of the wrong kind.
    """
    values = {**_from_file(path), **_from_environment(os.environ if environment is None else environment)}
    values.update({name: value for name, value in flags.items() if value is not None})
    return Settings(**values)


def default_path() -> Path:
    return as_path(str(platformdirs.user_config_path("nowserving"))) / FILE


def state_path() -> Path:
    """The folder where a station remembers its last known hall."""
    return as_path(str(platformdirs.user_state_path("nowserving")))


# ── where the machine is ──


def machine_zone() -> str:
    """The time zone of this machine's clock; UTC where it has none that others know."""
    try:
        with warnings.catch_warnings(action="ignore"):  # of a machine nobody has told where it is
            found = tzlocal.get_localzone_name()
    except (LookupError, OSError, ValueError):
        found = ""
    return found if found in zones() and found != "Etc/UTC" else "UTC"


# ── what people write ──


def as_text(given: str, where: str) -> str:
    """What was typed or set, where Python took the machine's code page for another than UTF-8; raises Unfit.

    It may be a password, and is not repeated: ``where`` it was found is.
    """
    try:
        return os.fsencode(given).decode() if any("\udc80" <= sign <= "\udcff" for sign in given) else given
    except UnicodeError:
        raise Unfit(f"{where} can't be read: it is not written in the code page of this machine.") from None


def as_path(written: str) -> Path:
    """A file or folder as a person writes it: ``~`` is their own folder also where no shell saw to it; raises Unfit."""
    try:
        return Path(_for_the_disk(written)).expanduser()
    except RuntimeError:
        raise Unfit(f"There is no home folder for {written!r}: write the whole path.") from None


def _at_home(place: str) -> str:
    """The same place with its ``~`` replaced."""
    found = re.match(r"(?:sqlite[^:]*:///|file:)?(?=~)", place)
    return place[: found.end()] + str(as_path(place[found.end() :])) if found else _for_the_disk(place)


def _for_the_disk(written: str) -> str:
    """A path in an old code page too: the file system itself takes any bytes."""
    try:
        os.fsencode(written)
    except UnicodeError:
        return os.fsdecode(written.encode("utf-8", "replace"))
    return written


def _from_file(path: Path | None) -> dict[str, Any]:
    file = path or default_path()
    if path is None and not file.exists():
        return {}
    try:
        written = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Unfit(f"The settings file {file} can't be read: {error}.") from None
    return {name: _typed(name, value, str(file)) for name, value in written.items()}


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    names = {field.name for field in dataclasses.fields(Settings)}
    found = {name: environment[PREFIX + name.upper()] for name in names if PREFIX + name.upper() in environment}
    wheres = {name: PREFIX + name.upper() for name in found}
    return {name: _typed(name, as_text(given, wheres[name]), wheres[name]) for name, given in found.items()}


def _typed(name: str, value: Any, where: str) -> Any:
    """The value as its setting's type."""
    kinds = {field.name: type(field.default) for field in dataclasses.fields(Settings)}
    if name not in kinds:
        raise Unfit(f"{where}: there is no setting {name!r}.")
    try:
        return _read(kinds[name], value)
    except (ValueError, TypeError, KeyError):
        raise Unfit(f"{where}: {name} must be a {kinds[name].__name__}, not {value!r}.") from None


def _read(kind: type[Any], value: Any) -> Any:
    if kind is bool and isinstance(value, str):
        return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[value.lower()]
    if isinstance(value, bool) != (kind is bool):
        raise TypeError(value)
    return kind(value)
