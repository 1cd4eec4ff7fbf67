"""Signing on through the house's identity provider: there in the browser, back, and in."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QLocale, QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication

from shared.access.sign_on import Identity, Provider
from shared.hall.errors import Failure
from shared.hall.roles import Actor
from shared.link.browser_sign_on import BrowserSignOn
from shared.ui.refusals import why_not
from shared.ui.station import Station
from shared.ui.widget_theme import theme

PAGE = """<!doctype html>
<html lang="{language}" dir="{direction}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Now Serving</title>
<style>
body {{ font: 1.25rem/1.5 system-ui, sans-serif; margin: 18vh auto; max-width: 28rem; padding: 0 1rem;
  color: {ink}; background: {ground}; text-align: center }}
h1 {{ font-size: 1.75rem }}
</style>
<h1>{title}</h1>
<p>{text}</p>
</html>
"""


class SignOnModel(QObject):
    """Whether there is a provider, and somebody's way there and back."""

    changed = Signal()
    signed_in = Signal()

    def __init__(self, station: Station, ca: str = "", parent: QObject | None = None) -> None:
        """``ca`` is a file of authorities trusted beside the system's."""
        super().__init__(parent)
        self.provider: Provider | None = None
        self.sentence = ""
        """Why it came to nothing."""
        self._station = station
        self._ca = ca
        self._wish: object | None = None
        """The way that is under way: what comes of an earlier one that was given up does not matter."""
        self._attempt: BrowserSignOn | None = None
        self._entering = False
        self._looked = False
        station.changed.connect(self.look)
        station.reachable_changed.connect(self.look)

    def look(self) -> None:
        """Ask once whether there is a provider; again when the hall is heard of, as long as nobody answered."""
        if not self._looked:
            self._looked = True
            self._station.provider(self._found, self._not_now)

    def _found(self, provider: Provider | None) -> None:
        self.provider = provider
        self.changed.emit()

    def _not_now(self, failure: Failure) -> None:
        self._looked = False

    @property
    def waiting(self) -> bool:
        """Whether somebody is on the way."""
        return self._wish is not None

    def begin(self) -> None:
        """Send the browser to the provider."""
        if self.provider is None or self.waiting:
            return
        provider, pages, ca, wish = self.provider, self._pages(), self._ca, object()
        self._say(wish)
        self._station.aside(
            lambda: BrowserSignOn(provider, pages.__getitem__, ca),
            lambda attempt: self._go(wish, attempt),
            lambda failure: self._failed(wish, failure),
        )

    def cancel(self) -> None:
        """Wait for the browser no longer; what came back already goes its way."""
        if self._entering:
            return
        if self._attempt:
            self._attempt.cancel()
        self._say(None)

    def _go(self, wish: object, attempt: BrowserSignOn) -> None:
        self._attempt = attempt
        self._station.aside(
            attempt.wait,
            lambda identity: self._came_back(wish, identity),
            lambda failure: self._failed(wish, failure),
        )
        if wish is not self._wish:
            attempt.cancel()
        elif not QDesktopServices.openUrl(QUrl(attempt.address)):
            attempt.cancel()
            self._say(None, self.tr("No browser could be opened on this machine."))

    def _came_back(self, wish: object, identity: Identity | None) -> None:
        if identity and wish is self._wish:
            self._entering = True
            self._station.sign_on(identity, self._done, lambda failure: self._failed(wish, failure))

    def _done(self, actor: Actor) -> None:
        self._say(None)
        self.signed_in.emit()

    def _failed(self, wish: object, failure: Failure) -> None:
        if wish is self._wish:
            self._say(None, why_not(failure))

    def _say(self, wish: object | None, sentence: str = "") -> None:
        self._wish, self._entering, self.sentence = wish, False, sentence
        self.changed.emit()

    def _pages(self) -> dict[bool, str]:
        """What the browser shows in the end, made here: it is shown from another thread."""
        return {
            True: _page(self.tr("You are back"), self.tr("You can close this window and go on in Now Serving.")),
            False: _page(self.tr("That did not work"), self.tr("Close this window and try again in Now Serving.")),
        }


def _page(title: str, text: str) -> str:
    leftwards = QGuiApplication.layoutDirection() is Qt.LayoutDirection.RightToLeft
    return PAGE.format(
        language=QLocale().bcp47Name(),
        direction="rtl" if leftwards else "ltr",
        ink=theme().ink,
        ground=theme().ground,
        title=escape(title),
        text=escape(text),
    )
