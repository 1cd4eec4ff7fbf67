"""Which certificates a station trusts over https, and how it comes to pin a backend's own authority.

A certificate of a public or a company's authority is checked as everywhere. A backend that is its own authority is
asked for it at the first contact; from then on the station trusts that authority alone at this address. A man in the
middle of that first contact is found by comparing fingerprints: the station's with the one ``nowserving serve`` prints
and the console shows.
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

from shared.addresses import without_secrets
from shared.durable_files import write_whole
from shared.fingerprint import fingerprint_of
from shared.hall.errors import Unreachable
from shared.link import timings
from shared.link.http_sessions import one_authority, session, usual_authorities

log = logging.getLogger(__name__)

AUTHORITY_PATH = "/api/v1/authority"
LARGEST_CERTIFICATE = 16 * 1024
"""Bytes; a certificate has one or two thousand."""

USUAL = "the usual authorities"
"""What a pin's file holds where nothing is pinned: so that nobody can become the hall's own authority there later."""


class Untrusted(Exception):  # noqa: N818  # an outcome, not an error
    """The certificate shown is not from a trusted authority."""


def is_untrusted(error: BaseException | None) -> bool:
    """Whether the error means that a certificate was not trusted, and not a lost connection or missing TLS."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return True
    inside = [*getattr(error, "args", ()), getattr(error, "reason", None)]  # of requests, urllib3, and then ssl
    return any(is_untrusted(one) for one in inside if isinstance(one, BaseException))


@dataclass(frozen=True)
class Pin:
    """What is trusted at one address: this authority (PEM) alone; empty: the usual ones, with a check of host names."""

    pem: str = ""

    @property
    def fingerprint(self) -> str:
        """The fingerprint people compare; empty where nothing is pinned."""
        return fingerprint_of(self.pem) if self.pem else ""

    def context(self, ca: str = "") -> ssl.SSLContext:
        return one_authority(self.pem) if self.pem else usual_authorities(ca)


def first_contact(base: str, ca: str = "") -> Pin:
    """What to trust at an address not known yet; raises Unreachable, or Unfit if the file ``ca`` can't be used."""
    if not base.startswith("https://"):
        return Pin()
    try:
        _fetch_authority(base, usual_authorities(ca))
    except Untrusted:
        return _verified_own_authority(base)
    return Pin()


def _verified_own_authority(base: str) -> Pin:
    """The authority the backend calls its own, if its certificate is really from it; raises Unreachable otherwise."""
    pem = _unverified_authority(base)
    try:
        fingerprint_of(pem)
        proved = _fetch_authority(base, one_authority(pem))
    except (ValueError, ssl.SSLError, Untrusted):
        log.warning("the certificate at %s is from no authority known here, nor from its own", base)
        raise Unreachable(
            "The hall's certificate can't be verified: name its authority in the setting tls_ca."
        ) from None
    if proved != pem:
        raise Unreachable("Two different halls answer at this address: try again.")
    log.warning("the authority of %s is trusted from now on; its fingerprint is %s", base, fingerprint_of(pem))
    return Pin(pem)


def _unverified_authority(base: str) -> str:
    """The authority a backend names, empty if it names none, unverified: check its certificate; raises Unreachable."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    parts = urlsplit(base)
    connection = http.client.HTTPSConnection(
        parts.hostname or "", parts.port, timeout=timings.ANSWER_TIMEOUT, context=context
    )
    try:
        with contextlib.closing(connection):
            connection.request("GET", AUTHORITY_PATH)
            response = connection.getresponse()
            return response.read(LARGEST_CERTIFICATE).decode("ascii", "replace") if response.status == 200 else ""
    except (http.client.HTTPException, OSError) as error:
        raise Unreachable("The hall at {address} does not answer.", address=without_secrets(base)) from error


def _fetch_authority(base: str, context: ssl.SSLContext) -> str:
    """The authority a backend names as its own, empty if it has none; raises Untrusted or Unreachable."""
    client = session(context)
    try:
        with client.get(
            base.rstrip("/") + AUTHORITY_PATH,
            timeout=(timings.CONNECT_TIMEOUT, timings.ANSWER_TIMEOUT),
            allow_redirects=False,
            stream=True,
        ) as response:
            return (
                response.raw.read(LARGEST_CERTIFICATE).decode("ascii", "replace") if response.status_code == 200 else ""
            )
    except (requests.RequestException, OSError) as error:
        if is_untrusted(error):
            raise Untrusted(base) from error
        raise Unreachable("The hall at {address} does not answer.", address=without_secrets(base)) from error
    finally:
        client.close()


class Pins:
    """The pins a station keeps over a restart, a file for each address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._logged: set[str] = set()

    def file(self, base: str) -> Path:
        return self._folder / f"{quote(urlsplit(base).netloc.lower(), safe='')}.pem"

    def load(self, base: str) -> Pin | None:
        """The pin of the first contact; None if there was none. Raises Unreachable if its file is damaged."""
        try:
            pem = self.file(base).read_text("ascii")
            return Pin() if pem == USUAL else _parsed_pin(pem)
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            # Not treated as a missing pin: somebody who can damage the file must not choose whom we trust.
            if base not in self._logged:  # a station retries every few seconds
                self._logged.add(base)
                log.warning("%s can't be read: remove it to trust what answers at %s next", self.file(base), base)
            raise Unreachable("The file with the hall's certificate on this machine can't be read.") from None

    def keep(self, base: str, pin: Pin) -> None:
        """Write the pin to disk. A full disk is only logged: the next start is then a first contact again."""
        try:
            write_whole(self.file(base), pin.pem or USUAL)
        except OSError as error:
            log.warning("the authority of %s could not be saved: %s", base, error)


def _parsed_pin(pem: str) -> Pin:
    fingerprint_of(pem)
    return Pin(pem)


class Trust:
    """What a station's links trust at one address: the given pin, else the stored one, else the first contact's."""

    def __init__(self, base: str, *, pin: Pin | None = None, pins: Pins | None = None, ca: str = "") -> None:
        self._base = base
        self._pin = pin
        self._pins = pins
        self._ca = ca
        self._context: ssl.SSLContext | None = None
        self._logged = False
        self._lock = threading.Lock()

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the pinned authority; empty while there is none."""
        return self._pin.fingerprint if self._pin else ""

    @property
    def pin(self) -> Pin | None:
        """The pin, None until ``session`` has found one; a paired station keeps it with its hall."""
        return self._pin

    def session(self) -> requests.Session:
        """A session that trusts the hall alone, after a first contact if needed; raises Unreachable or Unfit."""
        if not self._base.startswith("https://"):
            return session()
        with self._lock:
            if self._context is None:
                self._pin = self._pin or self._stored_or_first_contact()
                self._context = self._pin.context(self._ca)
        return session(self._context)

    def _stored_or_first_contact(self) -> Pin:
        if self._pins and (pin := self._pins.load(self._base)):
            return pin
        pin = first_contact(self._base, self._ca)
        if self._pins:
            self._pins.keep(self._base, pin)
        return pin

    def certificate_mismatch(self) -> Unreachable:
        """The failure when an untrusted certificate is shown; logged once, with what to do."""
        if not self._logged:
            self._logged = True
            file = f" or remove {self._pins.file(self._base)}" if self._pins else ""
            log.warning(
                "%s shows a certificate that %s does not vouch for.",
                without_secrets(self._base),
                self.fingerprint or USUAL,
            )
            log.warning("If that is right, add this device again%s.", file)
        return Unreachable("Somebody else answers at the hall's address: its certificate is not the one known here.")
