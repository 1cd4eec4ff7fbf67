"""What plays beside the calls: one page after another, whichever can be shown; a broken one is skipped and said."""

from __future__ import annotations

import logging
import time
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Property, QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QImageIOHandler, QImageReader
from PySide6.QtQml import QmlElement, QmlUncreatable

from display.playlist.page_on_trial import PageOnTrial
from display.playlist.web_pages import WebPages
from shared.hall.display_values import Display, PlaylistItem, PlaylistKind
from shared.hall.errors import Failure, Unfit
from shared.hall.field_types import Language, in_language, language_found
from shared.hall.units import Milliseconds
from shared.languages import is_right_to_left
from shared.requests.devices import Trouble, TroubleKind
from shared.ui.clocks import wall_clock
from shared.ui.media_files import MediaFiles
from shared.ui.station import Station

if TYPE_CHECKING:
    from display.playlist.video_player import VideoPlayer

QML_IMPORT_NAME = "NowServing.Display.Models"
QML_IMPORT_MAJOR_VERSION = 1

log = logging.getLogger(__name__)

PICTURES = "pictures"
"""The thread of the station that decodes them."""

SECOND: Milliseconds = 1_000

LOADS_WITHIN: Milliseconds = 20_000
"""Of a web page; a slower one is skipped."""

WEB_AGAIN_AFTER = 60.0
"""Seconds until a web page that did not load is tried again."""

AGAIN_AFTER: Milliseconds = 5_000
"""Until pages are looked for again where none could be shown."""

USUAL_SIZE = QSize(1920, 1080)
"""Pixels a picture is decoded for before the zone has its size."""


@QmlElement
@QmlUncreatable("The display owns it.")
class Playlist(QObject):  # type: ignore[operator]  # the stub forgets that the line above is called
    changed = Signal()
    image_changed = Signal()

    def __init__(self, station: Station, files: MediaFiles, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.troubles: tuple[Trouble, ...] = ()
        """The pages that are skipped because they are broken, for the device's report."""
        self._station = station
        self._files = files
        self._pages: tuple[PlaylistItem, ...] = ()
        self._languages: tuple[Language, ...] = ()
        self._shown: int | None = None
        """The place of the page on the screen; None after another playlist came, whose first page is still to come."""
        self._page: PlaylistItem | None = None
        """The page on the screen, the last good one."""
        self._image = QImage()
        self._coming: int | None = None
        """The place of the page that is being loaded, behind the one on the screen."""
        self._last = -1
        """The place of the page that was begun last."""
        self._try = 0
        """Answers that belong to an earlier one are late."""
        self._skipped: dict[int, float] = {}
        """The places of broken pages, each with the time (monotonic) after which it is tried again."""
        self._size = USUAL_SIZE
        self._turn = QTimer(self, singleShot=True)
        self._turn.timeout.connect(self._time_is_up)
        self._video = _video_player(self)
        if self._video:
            self._video.frame.connect(self._frame_came)
            self._video.ended.connect(self._next)
            self._video.failed.connect(self._video_failed)
        self._web = WebPages(station, self)
        self._web.known.connect(self._next_if_idle)
        self._trial = PageOnTrial(station.memory.sibling_file("page") if station.memory else None)
        files.ready.connect(self._file_is_ready)
        files.failed.connect(self._say_troubles)

    def show(self, display: Display | None, languages: tuple[Language, ...]) -> None:
        """Play the pages of this display from now on; the page on the screen stays until another can be shown."""
        pages = display.playlist if display else ()
        if (pages, languages) == (self._pages, self._languages):
            return
        self._pages, self._languages = pages, languages
        self._skipped.clear()
        was_loading, self._coming = self._coming is not None, None
        self._try += 1
        self._shown = next((place for place, page in enumerate(pages) if page == self._page), None)
        self._last = -1 if self._shown is None else self._shown
        self._say_troubles()
        if not pages:
            self._clear()
        elif self._shown is None or was_loading:
            self._next()
        self.changed.emit()

    def end(self) -> None:
        """The display ends in order, and not of the page it shows."""
        self._trial.end()

    # ── what QML shows ──

    @Property(bool, notify=changed)
    def hasPages(self) -> bool:  # noqa: N802  # QML's name for it
        """Whether there is anything to show."""
        return self._page is not None

    @Property(str, notify=changed)
    def kind(self) -> str:
        return self._page.kind.value if self._page else ""

    @Property(str, notify=changed)
    def heading(self) -> str:
        return self._text.partition("\n")[0].strip()

    @Property(str, notify=changed)
    def body(self) -> str:
        return self._text.partition("\n")[2].strip()

    @Property(bool, notify=changed)
    def rightToLeft(self) -> bool:  # noqa: N802  # QML's name for it
        """Whether the text is, whatever the display's own language."""
        first = self._languages[0] if self._languages else ""
        found = language_found(self._page.text, first, self._languages) if self._page else ""
        return is_right_to_left(found or first or "en")

    @Property(str, notify=changed)
    def webAddress(self) -> str:  # noqa: N802  # QML's name for it
        """Of the page that is shown, or is being loaded behind it; empty if neither is a web page."""
        coming = self._pages[self._coming] if self._coming is not None else self._page
        return coming.url if coming and coming.kind is PlaylistKind.WEB else ""

    @property
    def is_picture(self) -> bool:
        return self._page is not None and self._page.kind is PlaylistKind.PICTURE

    @property
    def image(self) -> QImage:
        """The picture, or the present frame of the video."""
        return self._image

    @property
    def _text(self) -> str:
        if self._page is None or self._page.kind is not PlaylistKind.TEXT:
            return ""
        return in_language(self._page.text, self._languages[0] if self._languages else "", self._languages).strip()

    @Slot(int, int)
    def fit(self, width: int, height: int) -> None:
        """The zone has this many pixels: pictures are decoded for it."""
        size = QSize(width, height)
        if size.isEmpty() or size == self._size:
            return
        self._size = size
        if self._page and self._page.kind is PlaylistKind.PICTURE and self._coming is None and self._shown is not None:
            self._turn.stop()  # else its time might be up while it is decoded, as if that took too long
            self._begin(self._shown)

    @Slot(bool)
    def webLoaded(self, is_good: bool) -> None:  # noqa: N802  # QML's name for it
        if self._coming is not None and self._pages[self._coming].kind is PlaylistKind.WEB:
            if is_good:
                self._put()
            else:
                self._break()

    # ── turning pages ──

    @Slot()
    def _time_is_up(self) -> None:
        """Of the page on the screen, or of one that takes too long to load."""
        if self._coming is None:
            self._next()
        else:
            self._break()

    @Slot()
    def _next(self) -> None:
        """Begin the next page that is not known to be broken; the only one stays, and a video plays again."""
        self._turn.stop()
        place = self._following()
        if place is None:
            self._turn.start(AGAIN_AFTER)
        elif place != self._shown or self._page is None:
            self._begin(place)
        else:
            self._last = place
            if self._page.kind is PlaylistKind.VIDEO and self._video:
                self._video.again()
            else:
                self._turn.start(self._page.seconds * SECOND)

    def _following(self) -> int | None:
        count = len(self._pages)
        for step in range(1, count + 1):
            found = (self._last + step) % count
            if self._skipped.get(found, 0) <= time.monotonic() and self._is_here(self._pages[found]):
                return found
        return None

    def _is_here(self, page: PlaylistItem) -> bool:
        """Whether it can be begun: its file has come, or it is known whether web pages are possible."""
        if page.kind is PlaylistKind.WEB:
            return self._trial.is_deadly(page) or self._web.are_known
        return page.content is None or self._files.path(page.content) is not None

    def _begin(self, place: int) -> None:
        """Load a page behind the one on the screen."""
        self._try += 1
        self._coming = self._last = place
        page = self._pages[place]
        if self._trial.is_deadly(page):
            self._break()
            return
        file = self._files.path(page.content) if page.content else None
        match page.kind:
            case PlaylistKind.PICTURE if file:
                self._trial.begin(page)
                decode, tried = partial(decoded, str(file), self._size), self._try
                self._station.in_background(
                    decode, partial(self._decoded, tried), partial(self._not_decoded, tried), thread=PICTURES
                )
            case PlaylistKind.VIDEO if file and self._video:
                self._trial.begin(page)
                self._video.play(file)
            case PlaylistKind.TEXT if in_language(page.text, "").strip():
                self._put()
            case PlaylistKind.WEB if self._web.are_possible:
                self._trial.begin(page)
                self._turn.start(LOADS_WITHIN)  # after which the next one is tried
                self.changed.emit()
            case _:
                self._break()

    def _decoded(self, tried: int, image: QImage) -> None:
        if tried == self._try:
            self._put(image)

    def _not_decoded(self, tried: int, failure: Failure) -> None:
        if tried == self._try:
            self._break()

    @Slot(QImage)
    def _frame_came(self, image: QImage) -> None:
        if self._coming is not None and self._pages[self._coming].kind is PlaylistKind.VIDEO:
            self._put(image)
        elif self._page and self._page.kind is PlaylistKind.VIDEO:
            self._image = image
            self.image_changed.emit()

    def _put(self, image: QImage | None = None) -> None:
        """Put the page that was loaded on the screen."""
        assert self._coming is not None
        self._shown, self._coming = self._coming, None
        self._page = self._pages[self._shown]
        self._image = image or QImage()
        if self._skipped.pop(self._shown, None) is not None:
            self._say_troubles()
        if self._page.kind is not PlaylistKind.VIDEO:  # a video is over when it ends
            self._stop_video()
            self._turn.start(self._page.seconds * SECOND)
        self.changed.emit()
        self.image_changed.emit()

    def _clear(self) -> None:
        self._try += 1
        self._turn.stop()
        self._stop_video()
        self._page = self._shown = self._coming = None
        self._image = QImage()
        self.image_changed.emit()

    @Slot()
    def _video_failed(self) -> None:
        page = self._pages[self._coming] if self._coming is not None else self._page
        if page and page.kind is PlaylistKind.VIDEO:
            self._break()

    def _stop_video(self) -> None:
        if self._video:
            self._video.stop()

    # ── what is broken ──

    @Slot()
    def _break(self) -> None:
        """Skip the page that was to come, or that is on the screen: it can't be shown."""
        self._try += 1
        place, self._coming = self._coming if self._coming is not None else self._shown, None
        if place is not None:
            page = self._pages[place]
            log.warning("page %d of the display can't be shown and is skipped: %s", place + 1, page.name or page.url)
            is_known = place in self._skipped
            recovers = page.url and self._web.are_possible
            self._skipped[place] = time.monotonic() + WEB_AGAIN_AFTER if recovers else float("inf")
            self._say_troubles()
            if page.content and not is_known:
                self._files.broken(page.content)  # it may have been damaged on the disk
        self._turn.start(0)

    @Slot(str)
    def _file_is_ready(self, content: str) -> None:
        """A file came, or was found to be sound: a page that failed with it is tried once more."""
        for place, page in enumerate(self._pages):
            if page.content == content and place in self._skipped and self._skipped[place] == float("inf"):
                self._skipped[place] = 0
        self._say_troubles()
        self._next_if_idle()

    @Slot()
    def _next_if_idle(self) -> None:
        if self._coming is None and (self._page is None or self._shown is None):
            self._next()

    @Slot()
    def _say_troubles(self) -> None:
        """Note which pages are skipped; each keeps the time it was first skipped at."""
        since = {trouble.what: trouble.at for trouble in self.troubles}
        places = [
            place
            for place, page in enumerate(self._pages)
            if place in self._skipped or (page.content and page.content in self._files.troubles)
        ]
        self.troubles = tuple(_trouble(f"{place + 1}", since) for place in places)


def _video_player(parent: QObject) -> VideoPlayer | None:
    """None on a machine without what Qt Multimedia needs: videos are skipped there, like all that can't be shown."""
    try:
        from display.playlist.video_player import VideoPlayer  # noqa: PLC0415  # needs libpulse, which may be missing
    except ImportError as error:
        log.warning("videos can't be shown: %s", error)
        return None
    return VideoPlayer(parent)


def _trouble(what: str, since: dict[str, datetime]) -> Trouble:
    return Trouble(kind=TroubleKind.PAGE, what=what, at=since.get(what, wall_clock()))


def decoded(file: str, room: QSize) -> QImage:
    """The whole picture, as large as it fits into so many pixels and no larger than it is; raises Unfit."""
    reader = QImageReader(file)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)  # as the camera was held
    turned = QImageIOHandler.Transformation.TransformationRotate90 & reader.transformation()
    room = room.transposed() if turned else room
    size = reader.size()
    if size.isValid() and size.boundedTo(room) != size:
        reader.setScaledSize(size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1)))
    image = reader.read()
    if image.isNull():
        raise Unfit("This picture can't be shown: {why}.", why=reader.errorString())
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
