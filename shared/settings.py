"""The settings of one program on one machine, from file, environment and flags; a hall's own are in the hall."""

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


def setting(meaning: str, default: Any) -> Any:
    """A field with its default and the line that explains it, which docs/settings.md repeats."""
    return field(default=default, metadata={"meaning": meaning})


PATHS = ("hall", "database", "tls_cert", "tls_key", "tls_folder", "tls_ca", "printer")
"""Settings that may name a file or a folder, some behind ``sqlite:///`` or ``file:``."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting. In the file ``hall = "…"``, in the environment ``NOWSERVING_HALL=…``."""

    hall: str = setting(
        "Address of the hall, http(s)://… or a database URL; #ID names one of several. Empty: search the network.", ""
    )
    token: str = setting("Token of this device, printed by `nowserving device add`. Paired devices need none.", "")
    database: str = setting("Database of the backend and of the administrator's commands.", "sqlite:///nowserving.db")
    public_url: str = setting(
        "Address where customers' phones reach the backend. Empty: the one stations use, if phones can reach it.", ""
    )
    tls: bool = setting("The backend uses https, with a certificate from its own authority, created once.", False)
    tls_cert: str = setting("File with the backend's own https certificate and its chain (PEM).", "")
    tls_key: str = setting("File with the key of that certificate (PEM).", "")
    tls_folder: str = setting("Folder of the backend's own authority. Empty: beside the database.", "")
    tls_ca: str = setting("File of authorities (PEM) to trust for https besides those of the system.", "")
    metrics_token: str = setting("Token that may read /metrics from other machines, as an administrator may.", "")
    oidc_issuer: str = setting("Issuer (https://…) of the identity provider for signing on, if any.", "")
    oidc_client_id: str = setting("Client id of the consoles at the identity provider (one public client).", "")
    oidc_role_claim: str = setting("Claim of its ID tokens with roles: administrator, supervisor@HALL, …", "groups")
    oidc_scopes: str = setting("Scopes a console requests from the identity provider.", "openid profile email")
    oidc_ports: str = setting("Ports for the browser's return to a console: http://127.0.0.1:PORT/signed-in.", "8765")
    oidc_loopback: str = setting("Host in that return address: 127.0.0.1 or localhost.", "127.0.0.1")
    trusted_proxies: str = setting(
        "Proxies whose X-Forwarded-For and -Proto headers are trusted: addresses or networks, separated by commas.", ""
    )
    announce: bool = setting("The backend announces itself on the local network, so that stations find it.", True)
    printer: str = setting("Where tickets go: a folder (file:tickets), tcp://HOST:9100 for ESC/POS, or none.", "none")
    paper: int = setting("Paper width in millimetres: 80 or 58.", 80)
    """Millimetres."""
    offline_series: str = setting(
        "Prefix of a kiosk's own numbers while its hall is away: 1 to 4 capitals or digits. Empty: the hall gives it.",
        "",
    )
    display: str = setting("The hall's display that is shown here, by its id. Empty: the one the console assigned.", "")
    screen_inches: float = setting("Diagonal of the screen in inches, for true sizes; 0: the display's, or usual.", 0.0)
    """Inches."""
    farthest_seat: float = setting("Metres from the screen to the farthest seat; 0: what the hall's display says.", 0.0)
    """Metres."""
    full_screen: bool = setting("Kiosk, display and sign fill the screen; false: they open in a window.", True)
    motion: str = setting(
        "How calls move on the hall display: full, less, or auto, by what the machine can draw.", "auto"
    )
    sound: bool = setting("The hall display chimes and says the calls; false: it only shows them.", True)
    voice: str = setting(
        "Who says the calls: auto (the best voice installed), piper, rhvoice, system, espeak, or none.", "auto"
    )
    board: str = setting(
        "Board that hears of the calls too: tcp://HOST:PORT, or serial:/dev/ttyUSB0@9600. Empty: none.", ""
    )
    log_level: str = setting("How much is logged: DEBUG, INFO, WARNING or ERROR.", "WARNING")

    def __post_init__(self) -> None:
        for name in PATHS:
            object.__setattr__(self, name, _expanded(getattr(self, name)))


def load(path: Path | None = None, environment: Mapping[str, str] | None = None, **flags: Any) -> Settings:
    """The settings: flags that are not None override the environment, which overrides the file.

    Raises Unfit if the file can't be read, a name is no setting or a value has the wrong type.
    """
    values = {**_from_file(path), **_from_environment(os.environ if environment is None else environment)}
    values.update({name: value for name, value in flags.items() if value is not None})
    return Settings(**values)


def default_path() -> Path:
    return as_path(str(platformdirs.user_config_path("nowserving"))) / FILE


def state_path() -> Path:
    """The folder where a station keeps its own files, such as its paired hall."""
    return as_path(str(platformdirs.user_state_path("nowserving")))


# ── the machine's time zone ──


def machine_zone() -> str:
    """The time zone of this machine's clock; UTC if it has no known one."""
    try:
        with warnings.catch_warnings(action="ignore"):  # about a machine without a time zone
            found = tzlocal.get_localzone_name()
    except (LookupError, OSError, ValueError):
        found = ""
    return found if found in zones() and found != "Etc/UTC" else "UTC"


# ── texts and paths as people write them ──


def as_text(given: str, where: str) -> str:
    """A text from the command line or environment, decoded as UTF-8 if Python decoded it as something else.

    Raises Unfit if it can't be read; that names ``where`` it was found and not the text, which may be a password.
    """
    try:
        return os.fsencode(given).decode() if any("\udc80" <= sign <= "\udcff" for sign in given) else given
    except UnicodeError:
        raise Unfit(f"{where} can't be read: it is not written in the code page of this machine.") from None


def as_path(written: str) -> Path:
    """The path a person wrote, with its ``~`` expanded as by a shell; raises Unfit if there is no such home."""
    try:
        return Path(_disk_path(written)).expanduser()
    except RuntimeError:
        raise Unfit(f"There is no home folder for {written!r}: write the whole path.") from None


def _expanded(value: str) -> str:
    """The same path or URL with its ``~`` expanded."""
    found = re.match(r"(?:sqlite[^:]*:///|file:)?(?=~)", value)
    return value[: found.end()] + str(as_path(value[found.end() :])) if found else _disk_path(value)


def _disk_path(written: str) -> str:
    """The path as the file system takes it: with a code page that lacks its characters, the bytes of UTF-8."""
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
    variables = {name: PREFIX + name.upper() for name in found}
    return {name: _typed(name, as_text(given, variables[name]), variables[name]) for name, given in found.items()}


def _typed(name: str, value: Any, where: str) -> Any:
    """The value in its setting's type; raises Unfit if it can't be one, or there is no such setting."""
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
