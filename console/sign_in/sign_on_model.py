"""Single sign-on through the identity provider, in the system's browser."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QLocale, QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication

from shared.hall.errors import Failure
from shared.hall.roles import Actor
from shared.link.browser_sign_on import BrowserSignOn
from shared.requests.sign_on import Identity, Provider
from shared.ui.refusals import refusal_text
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
    """The identity provider, if there is one, and one sign-on attempt at a time."""

    changed = Signal()
    signed_in = Signal()

    def __init__(self, station: Station, ca: str = "", parent: QObject | None = None) -> None:
        """``ca`` is the path of a file of certificate authorities trusted beside the system's."""
        super().__init__(parent)
        self.provider: Provider | None = None
        self.sentence = ""
        """Why the last attempt failed; empty if it did not, or another is under way."""
        self._station = station
        self._ca = ca
        self._attempt: object | None = None
        """Identifies the attempt under way; results of any other are ignored."""
        self._browser: BrowserSignOn | None = None
        self._signing_on = False
        self._is_requested = False
        station.changed.connect(self.ask_provider)
        station.reachable_changed.connect(self.ask_provider)

    def ask_provider(self) -> None:
        """Ask once whether there is a provider; after a failure again, when the hall changes or is reached."""
        if not self._is_requested:
            self._is_requested = True
            self._station.provider(self._on_provider, self._on_provider_failure)

    def _on_provider(self, provider: Provider | None) -> None:
        self.provider = provider
        self.changed.emit()

    def _on_provider_failure(self, failure: Failure) -> None:
        self._is_requested = False

    @property
    def is_under_way(self) -> bool:
        """Whether an attempt is under way."""
        return self._attempt is not None

    def begin(self) -> None:
        """Open the provider's page in the browser, unless there is no provider or an attempt is under way."""
        if self.provider is None or self.is_under_way:
            return
        provider, pages, ca, attempt = self.provider, self._pages(), self._ca, object()
        self._set_attempt(attempt)
        self._station.in_background(
            lambda: BrowserSignOn(provider, pages.__getitem__, ca),
            lambda browser: self._open_browser(attempt, browser),
            lambda failure: self._on_failure(attempt, failure),
        )

    def cancel(self) -> None:
        """Stop waiting for the browser; an identity that came back already is still used."""
        if self._signing_on:
            return
        if self._browser:
            self._browser.cancel()
        self._set_attempt(None)

    def _open_browser(self, attempt: object, browser: BrowserSignOn) -> None:
        self._browser = browser
        self._station.in_background(
            browser.wait,
            lambda identity: self._on_identity(attempt, identity),
            lambda failure: self._on_failure(attempt, failure),
        )
        if attempt is not self._attempt:
            browser.cancel()
        elif not QDesktopServices.openUrl(QUrl(browser.address)):
            browser.cancel()
            self._set_attempt(None, self.tr("No browser could be opened on this machine."))

    def _on_identity(self, attempt: object, identity: Identity | None) -> None:
        if identity and attempt is self._attempt:
            self._signing_on = True
            self._station.sign_on(identity, self._on_signed_in, lambda failure: self._on_failure(attempt, failure))

    def _on_signed_in(self, actor: Actor) -> None:
        self._set_attempt(None)
        self.signed_in.emit()

    def _on_failure(self, attempt: object, failure: Failure) -> None:
        if attempt is self._attempt:
            self._set_attempt(None, refusal_text(failure))

    def _set_attempt(self, attempt: object | None, sentence: str = "") -> None:
        self._attempt, self._signing_on, self.sentence = attempt, False, sentence
        self.changed.emit()

    def _pages(self) -> dict[bool, str]:
        """The last page in the browser, by success; made here, because the thread that serves it must not translate."""
        return {
            True: _page(self.tr("You are back"), self.tr("You can close this window and continue in Now Serving.")),
            False: _page(self.tr("That did not work"), self.tr("Close this window and try again in Now Serving.")),
        }


def _page(title: str, text: str) -> str:
    right_to_left = QGuiApplication.layoutDirection() is Qt.LayoutDirection.RightToLeft
    return PAGE.format(
        language=QLocale().bcp47Name(),
        direction="rtl" if right_to_left else "ltr",
        ink=theme().ink,
        ground=theme().ground,
        title=escape(title),
        text=escape(text),
    )
