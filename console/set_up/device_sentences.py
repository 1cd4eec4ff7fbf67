"""What the console says of devices: their kind, when they were last seen, their paper, and their troubles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QCoreApplication, QDate, QLocale

from console import sentences
from console.wall_clock import now
from shared.formats import clock
from shared.hall.hall import Hall
from shared.hall.roles import Role
from shared.hall.time_zones import local
from shared.requests.devices import Device, SoundFault, Trouble, TroubleKind

SILENT_AFTER = timedelta(minutes=3)
"""How long after its last report a device counts as silent; they report about once a minute."""

JUST_NOW, DAY = timedelta(seconds=90), timedelta(days=1)

TICKETS_FILE = "tickets.db"
"""The file in which a kiosk keeps the tickets it gave without the hall."""

MOST_TROUBLES = 5
"""How many troubles of one device are in sight: the last ones."""


def device_kind(device: Device) -> str:
    """Its kind, and the series of the numbers it gives without the hall."""
    return " · ".join(filter(None, (kind(device.role), device.series)))


def kind(role: Role) -> str:
    match role:
        case Role.KIOSK:
            return QCoreApplication.translate("Console", "Kiosk")
        case Role.DISPLAY:
            return QCoreApplication.translate("Console", "Display")
        case Role.SIGN:
            return QCoreApplication.translate("Console", "Sign")
        case Role.CONSOLE:
            return QCoreApplication.translate("Console", "Console")
        case _:
            return str(role)


def is_silent(seen: datetime | None, now: datetime) -> bool:
    return seen is None or now - seen > SILENT_AFTER


def last_seen(seen: datetime | None, now: datetime) -> str:
    """When a device was last seen: ``2 min ago``."""
    return how_long_ago(seen, now) if seen else QCoreApplication.translate("Console", "Never")


def how_long_ago(moment: datetime, now: datetime) -> str:
    span = now - moment
    if span < JUST_NOW:
        return QCoreApplication.translate("Console", "Just now")
    if span >= DAY:
        return QCoreApplication.translate("Console", "%n days ago", None, span // DAY)
    return QCoreApplication.translate("Console", "{0} ago").format(sentences.duration(span.total_seconds()))


def state(device: Device) -> str:
    """What ails it, first what is said nowhere else: sound, troubles, a ticket that may be unprinted, paper."""
    said = (sound(device), _short_troubles(device), _unprinted(device.unprinted), _paper(device.paper))
    return " · ".join(filter(None, said))


def _short_troubles(device: Device) -> str:
    """What kinds of trouble no administrator has seen yet: the whole sentences are below the list."""
    return " · ".join(dict.fromkeys(_short_trouble(trouble.kind) for trouble in device.troubles))


def _short_trouble(kind: TroubleKind) -> str:
    match kind:
        case TroubleKind.BOARD:
            return QCoreApplication.translate("Console", "The board can't be reached")
        case TroubleKind.PAGE:
            return QCoreApplication.translate("Console", "A page can't be shown")
        case TroubleKind.REFUSED | TroubleKind.DAMAGED:
            return QCoreApplication.translate("Console", "Needs attention")


def sound(device: Device) -> str:
    """Why a display can't be heard; what a voice says of itself is in English."""
    match device.sound:
        case SoundFault.NO_DEVICE:
            return QCoreApplication.translate("Console", "No sound device: calls are only shown")
        case SoundFault.STUCK:
            return QCoreApplication.translate("Console", "The sound device does not play: calls are only shown")
        case SoundFault.NO_MULTIMEDIA:
            return QCoreApplication.translate("Console", "The sound player does not start: run nowserving check there")
        case SoundFault.VOICE_HANGS | SoundFault.VOICE_FAILS:
            return QCoreApplication.translate("Console", "The voice does not answer: there is only the chime")
        case SoundFault.VOICE_LATE:
            return QCoreApplication.translate("Console", "The voice is too slow: there is only the chime")
        case _:
            return device.sound


def alerts(devices: Sequence[Device], hall: Hall | None) -> Iterator[str]:
    """What needs attention at the devices: one line for the unprinted tickets, one for each trouble."""
    if unprinted := " · ".join(
        f"{sentences.in_sentence(one.name)}: {_unprinted(one.unprinted)}" for one in devices if one.unprinted
    ):
        yield unprinted
    for device in devices:
        yield from (
            f"{sentences.in_sentence(device.name)}: {_trouble(one, hall)}" for one in device.troubles[-MOST_TROUBLES:]
        )
    yield from _same_series_warnings(devices)


def troubles(device: Device | None, hall: Hall | None) -> str:
    """The last troubles of a device that no administrator has acknowledged, a line each."""
    return "\n".join(_trouble(one, hall) for one in device.troubles[-MOST_TROUBLES:]) if device else ""


def _trouble(one: Trouble, hall: Hall | None) -> str:
    return _trouble_text(one).format(one.what, _when(one.at, hall))


def _trouble_text(trouble: Trouble) -> str:
    match trouble.kind:
        case TroubleKind.REFUSED:
            return QCoreApplication.translate(
                "Console",
                "{0} will not be called: the hall refused this number, given at {1} without a connection. "
                "Whoever holds it needs a new one.",
            )
        case TroubleKind.BOARD:
            return QCoreApplication.translate(
                "Console",
                "The board at {0} could not be reached since {1}: calls were only on the screen. "
                "Check its power and its cable; the display connects to it by itself.",
            )
        case TroubleKind.DAMAGED if trouble.what.startswith(TICKETS_FILE):
            return QCoreApplication.translate(
                "Console",
                "The file with the numbers given without a connection was damaged, and moved aside at {1} as {0}. "
                "Numbers that could be read were delivered: whoever holds another one that is not called needs a "
                "new one.",
            )
        case TroubleKind.PAGE:
            return QCoreApplication.translate(
                "Console",
                "The display skips page {0} of its pages, because it can't be shown (since {1}): "
                "choose another file or address for it.",
            )
        case TroubleKind.DAMAGED:
            return QCoreApplication.translate(
                "Console",
                "A damaged file was moved aside on the device at {1} as {0}, and the device goes on without it: "
                "check that it is still set up as before.",
            )


def _when(moment: datetime, hall: Hall | None) -> str:
    """The time of day, with the date unless that is today."""
    localize = (lambda at: local(hall.settings, at)) if hall else (lambda at: at.astimezone())
    day, today = localize(moment).date(), localize(now()).date()
    date = QLocale().toString(QDate(day.year, day.month, day.day), QLocale.FormatType.ShortFormat)
    return clock(moment, hall) if day == today else f"{date} {clock(moment, hall)}"


def _same_series_warnings(devices: Sequence[Device]) -> Iterator[str]:
    """Warnings of kiosks that would print the same numbers."""
    by_series: dict[str, list[str]] = {}
    for device in devices:
        by_series.setdefault(device.series, []).append(device.name)
    sentence = QCoreApplication.translate(
        "Console",
        "These kiosks give the same numbers without a connection, {1}-01 and so on: {0}. "
        "Remove offline_series from their settings.",
    )
    for series, names in by_series.items():
        if series and len(names) > 1:
            yield sentence.format(" · ".join(map(sentences.in_sentence, names)), series)


def _unprinted(ticket: str) -> str:
    sentence = QCoreApplication.translate("Console", "{ticket} may not be printed")
    return sentence.format(ticket=ticket) if ticket else ""


def _paper(state: str) -> str:
    match state:
        case "ok":
            return QCoreApplication.translate("Console", "Paper is fine")
        case "low":
            return QCoreApplication.translate("Console", "Paper is low")
        case "out":
            return QCoreApplication.translate("Console", "No paper")
        case "unknown":
            return QCoreApplication.translate("Console", "Printer gives no status")
        case _:
            return ""
