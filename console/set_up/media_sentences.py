"""What the console says of a hall's media: what kind they are, how large, and what uses them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale

from console import sentences
from shared.hall.display_values import PlaylistKind
from shared.hall.field_types import Hash
from shared.hall.hall import Hall
from shared.requests.media import MIB, MediumKind


def page_kind(kind: PlaylistKind) -> str:
    match kind:
        case PlaylistKind.PICTURE:
            return QCoreApplication.translate("Console", "Picture")
        case PlaylistKind.VIDEO:
            return QCoreApplication.translate("Console", "Video")
        case PlaylistKind.TEXT:
            return QCoreApplication.translate("Console", "Text")
        case PlaylistKind.WEB:
            return QCoreApplication.translate("Console", "Web page")


def medium_kind(kind: MediumKind) -> str:
    match kind:
        case MediumKind.PICTURE:
            return page_kind(PlaylistKind.PICTURE)
        case MediumKind.VIDEO:
            return page_kind(PlaylistKind.VIDEO)
        case MediumKind.CLIP:
            return QCoreApplication.translate("Console", "Recording")


def size(length: int) -> str:
    """A number of bytes as people read it: ``1.4 MB``."""
    megabytes = max(0.1, length / MIB) if length else 0.0
    number = QLocale().toString(megabytes, "f", 1 if 0 < megabytes < 10 else 0)
    return QCoreApplication.translate("Console", "{0} MB").format(number)


def users(hall: Hall, content: Hash) -> list[str]:
    """The displays that play a medium, and what is said with it."""
    displays = [
        sentences.localized(hall, display.name)
        for display in hall.displays.values()
        if any(page.content == content for page in display.playlist)
    ]
    clips = [f"{clip.language} {clip.says}" for clip in hall.clips.values() if clip.content == content]
    return displays + clips
