"""Whom a station believes that it is its hall that answers over https, and how it comes to believe so.

A certificate of a public or a company's authority is checked as everywhere. A backend that is its own authority is
asked for it at the first contact; from then on the station trusts that authority alone at this address. Whoever comes
between at the very first contact is found out by comparing marks: the station's with the one ``nowserving serve``
prints and the console shows.
"""

from __future__ import annotations

import contextlib
import http.client
import logging
import ssl
import threading
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import requests

from shared.access.fingerprint import fingerprint_of
from shared.addresses import shown
from shared.durable_files import write_whole
from shared.hall.errors import Unreachable
from shared.link import retry
from shared.link.http_sessions import one_authority, session, usual_authorities

log = logging.getLogger(__name__)

AUTHORITY = "/api/v1/authority"
LARGEST = 16 * 1024
"""Bytes; a certificate has one or two thousand."""


USUAL = "the usual authorities"
"""What is remembered where nothing is pinned: so that nobody can become the hall's own authority there later."""


class Untrusted(Exception):  # noqa: N818  # a way of things, not an error
    """Somebody answered whose certificate is not of an authority that is trusted."""


def is_untrusted(error: BaseException | None) -> bool:
    """Whether this came of a certificate that was refused, and not of a line that was cut or a program without TLS."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return True
    inside = [*getattr(error, "args", ()), getattr(error, "reason", None)]  # requests holds urllib3's, which holds it
    return any(is_untrusted(one) for one in inside if isinstance(one, BaseException))


@dataclass(frozen=True)
class Pin:
    """What is trusted at one address: this authority (PEM) alone; empty: the usual ones, with the host's name."""

    pem: str = ""

    @property
    def fingerprint(self) -> str:
        """What people compare; empty where they need not."""
        return fingerprint_of(self.pem) if self.pem else ""

    def context(self, ca: str = "") -> ssl.SSLContext:
        return one_authority(self.pem) if self.pem else usual_authorities(ca)


def first_contact(base: str, ca: str = "") -> Pin:
    """What to trust at this address of a backend, of which nothing is known yet; raises Unreachable or Unfit.

    ``ca`` is a file of authorities beside the system's.
    """
    if not base.startswith("https://"):
        return Pin()
    try:
        _fetch(base, usual_authorities(ca))
    except Untrusted:
        return _own_authority(base)
    return Pin()


def _own_authority(base: str) -> Pin:
    """The authority the backend calls its own, if the certificate it shows really comes from it."""
    said = _said_by_anybody(base)
    try:
        fingerprint_of(said)
        proved = _fetch(base, one_authority(said))
    except (ValueError, ssl.SSLError, Untrusted):
        log.warning("the certificate at %s is of no authority known here, nor of its own", base)
        raise Unreachable(
            "The hall's certificate can't be verified: name its authority in the setting tls_ca."
        ) from None
    if proved != said:
        raise Unreachable("Two different halls answer at this address: ask again.")
    log.warning("the authority of %s is trusted from now on; its mark is %s", base, fingerprint_of(said))
    return Pin(said)


def _said_by_anybody(base: str) -> str:
    """What whoever answers says the authority is: believed only once their certificate has been checked against it."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    parts = urlsplit(base)
    line = http.client.HTTPSConnection(parts.hostname or "", parts.port, timeout=retry.ANSWER_TIMEOUT, context=context)
    try:
        with contextlib.closing(line):
            line.request("GET", AUTHORITY)
            response = line.getresponse()
            return response.read(LARGEST).decode("ascii", "replace") if response.status == 200 else ""
    except (http.client.HTTPException, OSError) as error:
        raise Unreachable("The hall at {address} does not answer.", address=shown(base)) from error


def _fetch(base: str, context: ssl.SSLContext) -> str:
    """What a backend says its authority is, empty if it has none; raises Untrusted or Unreachable."""
    asked = session(context)
    try:
        with asked.get(
            base.rstrip("/") + AUTHORITY,
            timeout=(retry.CONNECT_TIMEOUT, retry.ANSWER_TIMEOUT),
            allow_redirects=False,
            stream=True,
        ) as response:
            return response.raw.read(LARGEST).decode("ascii", "replace") if response.status_code == 200 else ""
    except (requests.RequestException, OSError) as error:
        if is_untrusted(error):
            raise Untrusted(base) from error
        raise Unreachable("The hall at {address} does not answer.", address=shown(base)) from error
    finally:
        asked.close()


class Pins:
    """What is trusted where, over a restart: one file for each address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._told: set[str] = set()

    def file(self, base: str) -> Path:
        return self._folder / f"{quote(urlsplit(base).netloc.lower(), safe='')}.pem"

    def known(self, base: str) -> Pin | None:
        """What was found at the first contact; None if there was none. Raises Unreachable for a damaged file."""
        try:
            said = self.file(base).read_text("ascii")
            return Pin() if said == USUAL else _checked(said)
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            # Not as if nothing had been known: who can damage a file must not choose whom we trust.
            if base not in self._told:  # it is asked again and again
                self._told.add(base)
                log.warning("%s can't be read: remove it to trust whoever answers at %s next", self.file(base), base)
            raise Unreachable("What is known here of the hall's certificate can't be read.") from None

    def keep(self, base: str, pin: Pin) -> None:
        """Remember it; a full disk is logged and forgiven: then the next start is a first contact again."""
        try:
            write_whole(self.file(base), pin.pem or USUAL)
        except OSError as error:
            log.warning("the authority of %s could not be remembered: %s", base, error)


def _checked(pem: str) -> Pin:
    fingerprint_of(pem)
    return Pin(pem)


class Trust:
    """What one station's links trust at one address: a pin that is given, remembered, or found at the first contact."""

    def __init__(self, base: str, *, pin: Pin | None = None, pins: Pins | None = None, ca: str = "") -> None:
        self._base = base
        self._pin = pin
        self._pins = pins
        self._ca = ca
        self._context: ssl.SSLContext | None = None
        self._told = False
        self._lock = threading.Lock()

    @property
    def fingerprint(self) -> str:
        """The mark of the one authority that is trusted; empty while there is none."""
        return self._pin.fingerprint if self._pin else ""

    @property
    def pin(self) -> Pin | None:
        """What is trusted, once it is known: a paired station remembers it with its hall."""
        return self._pin

    def session(self) -> requests.Session:
        """A session that talks to the hall and to nobody else; raises Unreachable or Unfit. May ask the hall first."""
        if not self._base.startswith("https://"):
            return session()
        with self._lock:
            if self._context is None:
                self._pin = self._pin or self._found()
                self._context = self._pin.context(self._ca)
        return session(self._context)

    def _found(self) -> Pin:
        if self._pins and (known := self._pins.known(self._base)):
            return known
        pin = first_contact(self._base, self._ca)
        if self._pins:
            self._pins.keep(self._base, pin)
        return pin

    def broken(self) -> Unreachable:
        """What is said when somebody answers whom this station does not trust; the log has it once, with what to do."""
        if not self._told:
            self._told = True
            file = f" or remove {self._pins.file(self._base)}" if self._pins else ""
            log.warning(
                "%s shows a certificate that %s does not vouch for.", shown(self._base), self.fingerprint or USUAL
            )
            log.warning("If that is right, add this device again%s.", file)
        return Unreachable("Somebody else answers at the hall's address: its certificate is not the one known here.")
