"""The hall display: one window on one station, with its sound and what plays beside the calls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

import shiboken6

from display.announcing.announcer import SILENT_TURN, Announcer, PlaysSounds, Shown
from display.announcing.new_calls import NewCalls
from display.announcing.speaker import Speaker
from display.announcing.speech import BackgroundSpeech, Preparing
from display.qml_window import QmlWindow
from display.screen.hall_as_shown import shows
from display.screen.motion import Motion
from display.screen.qml_sizes import Viewing
from display.screen.view_model import DisplayModel
from shared.hall.errors import NotSignedIn
from shared.hall.units import Milliseconds
from shared.hall.values import Call
from shared.requests.devices import Trouble
from shared.settings import Settings, state_path
from shared.ui.clocks import wall_clock
from shared.ui.event_loop import every
from shared.ui.media_files import MediaFiles
from shared.ui.station import Station
from shared.voice.station_voice import voice_of
from shared.voice.voice import Voice

PREPARE_EVERY: Milliseconds = 10_000
"""Between two looks at whether the set-up has new words."""

VOICE_THREAD = "voice"
"""A voice that hangs must not hold up the device's reports, nor a large download the voice."""


class DisplayWindow:
    """The window of the hall display, and its sound."""

    def __init__(
        self,
        station: Station,
        settings: Settings,
        *,
        viewing: Viewing | None = None,
        player: PlaysSounds | None = None,
        voice: Voice | None = None,
        silent_turn: Milliseconds = SILENT_TURN,
        wall: Callable[[], datetime] = wall_clock,
    ) -> None:
        """A window that is not shown yet: ``show`` it, or resize it and show it yourself."""
        self.station = station
        self.media = MediaFiles(station, state_path() / "media")
        self._motion = Motion(settings.motion)
        self.model = DisplayModel(
            station, viewing or viewing_of(settings), wall, self._motion, settings.display, self.media
        )
        self.speaker = Speaker() if settings.sound and player is None else None
        in_background = partial(station.in_background, thread=VOICE_THREAD)
        own_voice = voice_of(settings, lambda: station.hall, self.media.path)
        speech = BackgroundSpeech(voice or own_voice, in_background)
        self.announcer = Announcer(self._shown, player or self.speaker, speech, wall, silent_turn=silent_turn)
        self.new_calls = NewCalls(station)
        self.new_calls.called.connect(self._called)
        self.announcer.announced.connect(self.model.announce)
        self.announcer.queued.connect(self.model.highlight)
        self.announcer.changed.connect(self._announcing_changed)
        if self.speaker:
            self.speaker.came_back.connect(lambda: self.announcer.sound_is_back(self.new_calls.is_young))
            self._preparing = Preparing(own_voice, in_background)
            every(PREPARE_EVERY, self._prepare, self.announcer)
        station.changed.connect(self._keep_media)
        self.model.shown.changed.connect(self._keep_media)
        self._qml = QmlWindow("DisplayMain", {"display": self.model}, station, self.model.shown)
        self.window = self._qml.window
        self.window.widthChanged.connect(self._resized)
        self.window.heightChanged.connect(self._resized)
        self._resized()
        self._motion.changed.connect(self._apply_motion)
        self._apply_motion()

    def show(self, *, full_screen: bool) -> None:
        self._qml.show(full_screen=full_screen)
        self.model.warn_if_unreadable()

    def close(self) -> None:
        """Close the window and stop the sound; the station lives on."""
        self.station.changed.disconnect(self._keep_media)
        self.model.end()
        self.announcer.close()
        if self.speaker:
            self.speaker.close()
        self._qml.close()
        for part in (self.new_calls, self.announcer, self.speaker, self.model):
            if part:
                shiboken6.delete(part)

    @property
    def page_troubles(self) -> tuple[Trouble, ...]:
        """The pages beside the calls that are skipped, for staff."""
        return self.model.playlist_troubles

    @property
    def sound_fault(self) -> str:
        """Why calls can't be heard as they should, for staff; empty if they can."""
        return self.announcer.fault

    def _resized(self) -> None:
        self.model.resize(self.window.width(), self.window.height())

    def _apply_motion(self) -> None:
        self._qml.theme.setProperty("still", self._motion.still)

    def _shown(self) -> Shown | None:
        """The hall and what this display is for; nothing once it was taken out of service."""
        if self.station.hall is None or isinstance(self.station.refusal, NotSignedIn):
            return None
        return self.station.hall, self.model.shown.value

    def _called(self, call: Call, late: bool) -> None:
        self.announcer.announce(call, late=late)

    def shows(self, call: Call) -> bool:
        """Whether this call is shown and said here."""
        return shows(self.model.shown.value, call.service, call.point, call.precedence)

    def _announcing_changed(self) -> None:
        self.model.show_announcement(announcing=self.announcer.announcing, crowded=self.announcer.crowded)

    def _keep_media(self) -> None:
        """Fetch what plays beside the calls, and the recordings of the hall."""
        if hall := self.station.hall:
            pages = [page.content for page in self.model.shown.value.playlist if page.content]
            self.media.keep([*pages, *(clip.content for clip in hall.clips.values())])

    def _prepare(self) -> None:
        """Have the words made for which the hall has no recording."""
        if hall := self.station.hall:
            self._preparing.prepare(hall)


def viewing_of(settings: Settings) -> Viewing:
    return Viewing(inches=settings.screen_inches, farthest_seat=settings.farthest_seat)
