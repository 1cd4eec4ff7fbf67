"""Setting up the hall displays: defining and retiring them, giving one to a device, recording clips."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from ipaddress import IPv6Address

from shared.hall.display_values import Clip, Display, DisplayId, DisplayLayout, PlaylistItem, PlaylistKind
from shared.hall.errors import Invalid, NameTaken, UnknownClip
from shared.hall.field_limits import FARTHEST_SEAT, LANGUAGE, LARGEST_SCREEN, LONGEST_PAGE, MOST_CLIPS, MOST_PAGES
from shared.hall.field_types import ClipKey, Hash, Id, Language, in_language
from shared.hall.hall import Hall
from shared.hall.messages import Change, Command, Event, Events, Rule
from shared.hall.roles import ADMINISTRATORS
from shared.hall.set_up import fields_of_command, require_id, require_known, require_name
from shared.hall.values import Moment, frozen
from shared.hall.whole_set_up import plain

WEB_ADDRESS_FORM = re.compile(
    r"https?://(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s/?#@:\[\]\\]+)(:(?P<port>[1-9][0-9]{0,4}))?([/?#]\S*)?"
)

LAYOUTS_WITH_MEDIA = frozenset({DisplayLayout.CALLS_AND_MEDIA, DisplayLayout.PORTRAIT})


@dataclass(frozen=True, kw_only=True)
class DefineDisplay(Command, Display):
    """Set up a hall display, or change the one of this id; devices that show it change at once."""


@dataclass(frozen=True, kw_only=True)
class RetireDisplay(Command):
    """Remove a hall display for good; devices that showed it show the hall's first one."""

    display: DisplayId


@dataclass(frozen=True, kw_only=True)
class AssignDisplay(Command):
    """Let a device show this display from now on."""

    device: Id
    display: DisplayId | None = None
    """None: the hall's first display."""


@dataclass(frozen=True, kw_only=True)
class RecordClip(Command):
    """Say this with a recording of the hall's own from now on."""

    language: Language
    says: ClipKey
    content: Hash


@dataclass(frozen=True, kw_only=True)
class RemoveClip(Command):
    """Say this with a voice again."""

    language: Language
    says: ClipKey


@dataclass(frozen=True, kw_only=True)
class DisplayDefined(Event):
    value: Display


@dataclass(frozen=True, kw_only=True)
class DisplayRetired(Event):
    display: DisplayId


@dataclass(frozen=True, kw_only=True)
class DisplayAssigned(Event):
    device: Id
    display: DisplayId | None


@dataclass(frozen=True, kw_only=True)
class ClipRecorded(Event):
    value: Clip


@dataclass(frozen=True, kw_only=True)
class ClipRemoved(Event):
    language: Language
    says: ClipKey


def define_display(hall: Hall, command: DefineDisplay, now: Moment) -> Events:
    display = plain(Display, command)
    require_id(display.id)
    require_name(display.name, "A display needs a name.")
    _require_own_name(hall, display)
    for field, find in (("services", hall.service), ("points", hall.point), ("precedences", hall.precedence)):
        require_known(getattr(display, field), find, field)
    for language in display.languages:
        if language not in hall.settings.languages:
            raise Invalid("A display is written in languages of the hall.", field="languages")
    _require_range(display.farthest_seat, FARTHEST_SEAT, "farthest_seat", "metres")
    _require_range(display.inches, LARGEST_SCREEN, "inches", "inches")
    if len(display.playlist) > MOST_PAGES:
        raise Invalid("A display plays at most {most} pages.", field="playlist", most=str(MOST_PAGES))
    for item in display.playlist:
        _require_page(item)
    return [DisplayDefined(value=display)]


def retire_display(hall: Hall, command: RetireDisplay, now: Moment) -> Events:
    return [DisplayRetired(display=hall.display(command.display).id)]


def assign_display(hall: Hall, command: AssignDisplay, now: Moment) -> Events:
    if not command.device.strip():
        raise Invalid("Say which device is to show this display.", field="device")
    if command.display is not None:
        hall.display(command.display)
    if hall.assigned.get(command.device) == command.display:
        return []
    return [DisplayAssigned(device=command.device, display=command.display)]


def record_clip(hall: Hall, command: RecordClip, now: Moment) -> Events:
    if not LANGUAGE.fits(command.language) or command.language not in hall.settings.languages:
        raise Invalid("A clip is in a language of the hall.", field="language")
    clip = plain(Clip, command)
    if clip.id not in hall.clips and len(hall.clips) >= MOST_CLIPS:
        raise Invalid("A hall has at most {most} clips.", field="says", most=str(MOST_CLIPS))
    return [ClipRecorded(value=clip)]


def remove_clip(hall: Hall, command: RemoveClip, now: Moment) -> Events:
    if f"{command.language}:{command.says}" not in hall.clips:
        raise UnknownClip("There is no such clip in this hall.")
    return [ClipRemoved(language=command.language, says=command.says)]


def _require_own_name(hall: Hall, display: Display) -> None:
    """Raises NameTaken if another display is called the same in some language."""
    for other in hall.displays.values():
        if other.id != display.id and _names(other, hall) & _names(display, hall):
            raise NameTaken("Another display has this name.", display=other.id, field="name")


def _names(display: Display, hall: Hall) -> set[str]:
    languages = hall.settings.languages
    return {in_language(display.name, language, languages).strip().casefold() for language in languages}


def _require_range(number: int, limits: tuple[int, int], field: str, unit: str) -> None:
    least, most = limits
    if not least <= number <= most:
        raise Invalid(
            "{field} is a number of {unit} from {least} to {most}.",
            field=field,
            unit=unit,
            least=str(least),
            most=str(most),
        )


def _require_page(item: PlaylistItem) -> None:
    """Raises Invalid for a page that has nothing to show, or is shown for no time or too long."""
    least, most = LONGEST_PAGE
    if not least <= item.seconds <= most:
        raise Invalid(
            "A page is shown for {least} to {most} seconds.", field="playlist", least=str(least), most=str(most)
        )
    if item.kind in (PlaylistKind.PICTURE, PlaylistKind.VIDEO) and not item.content:
        raise Invalid("Choose the file this page shows.", field="playlist")
    texts = [item.text] if isinstance(item.text, str) else [*item.text.values()]
    if item.kind is PlaylistKind.TEXT and not (texts and all(text.strip() for text in texts)):
        raise Invalid("Write the text of this page.", field="playlist")
    if item.kind is PlaylistKind.WEB:
        _require_address(item.url)


def _require_address(url: str) -> None:
    """Raises Invalid for what is no address, or holds a password: it would be in clear on every display."""
    if re.match(r"https?://[^/?#]*@", url):
        raise Invalid(
            "The address of a web page must hold no user and no password: everybody could read them.", field="playlist"
        )
    if not (found := WEB_ADDRESS_FORM.fullmatch(url)) or not _is_host(found["host"]) or int(found["port"] or 1) > 65535:
        raise Invalid("A web page has an address like https://example.org/page.", field="playlist")


def _is_host(host: str) -> bool:
    """Whether it may be a name, or is an address of IPv6 where it stands in brackets."""
    if host.startswith("["):
        try:
            IPv6Address(host[1:-1])
        except ValueError:
            return False
    return True


def display_defined(hall: Hall, event: DisplayDefined) -> Hall:
    return replace(hall, displays=frozen({**hall.displays, event.value.id: event.value}))


def display_retired(hall: Hall, event: DisplayRetired) -> Hall:
    displays = {name: value for name, value in hall.displays.items() if name != event.display}
    assigned = {device: name for device, name in hall.assigned.items() if name != event.display}
    return replace(hall, displays=frozen(displays), assigned=frozen(assigned))


def display_assigned(hall: Hall, event: DisplayAssigned) -> Hall:
    others = {device: name for device, name in hall.assigned.items() if device != event.device}
    return replace(hall, assigned=frozen(others | ({event.device: event.display} if event.display else {})))


def clip_recorded(hall: Hall, event: ClipRecorded) -> Hall:
    return replace(hall, clips=frozen({**hall.clips, event.value.id: event.value}))


def clip_removed(hall: Hall, event: ClipRemoved) -> Hall:
    gone = f"{event.language}:{event.says}"
    return replace(hall, clips=frozen({name: clip for name, clip in hall.clips.items() if name != gone}))


RULES = (
    Rule(DefineDisplay, define_display, fields_of_command, ADMINISTRATORS),
    Rule(RetireDisplay, retire_display, fields_of_command, ADMINISTRATORS),
    Rule(AssignDisplay, assign_display, fields_of_command, ADMINISTRATORS),
    Rule(RecordClip, record_clip, fields_of_command, ADMINISTRATORS),
    Rule(RemoveClip, remove_clip, fields_of_command, ADMINISTRATORS),
)
CHANGES = (
    Change(DisplayDefined, display_defined),
    Change(DisplayRetired, display_retired),
    Change(DisplayAssigned, display_assigned),
    Change(ClipRecorded, clip_recorded),
    Change(ClipRemoved, clip_removed),
)
