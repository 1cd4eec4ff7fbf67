"""TLS of the backend: with a given certificate or one of its own authority; renewed without a restart."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shared.backend.http.certificate_authority import Authority
from shared.hall.errors import Unfit

log = logging.getLogger(__name__)

CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Of TLS 1.2, those with forward secrecy and authenticated encryption; TLS 1.3 has no others."""

CHECK_EVERY = 60.0
"""Seconds between two checks whether the certificate still fits: a machine may get another address at any time."""


@dataclass(frozen=True)
class Tls:
    """The backend's certificate and key. ``refresh`` renews them if needed, and returns whether they have changed."""

    certificate: Path
    key: Path | None
    """None if it is in the certificate's file."""
    refresh: Callable[[], bool]
    authority: Authority | None = None

    def context(self) -> ssl.SSLContext:
        """The context the server listens with; raises Unfit for files that are not a certificate and its key."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(CIPHERS)
        context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
        self._load(context)
        return context

    def _load(self, context: ssl.SSLContext) -> None:
        try:
            context.load_cert_chain(self.certificate, self.key, password=_no_password)
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            raise Unfit(f"{self.certificate} can't be used as a certificate with its key ({error}).") from None

    async def keep_fresh(self, context: ssl.SSLContext) -> None:
        """Until cancelled, load each renewed certificate for new connections; tries again if that fails."""
        due = False
        while True:
            await asyncio.sleep(CHECK_EVERY)
            try:
                due = await asyncio.to_thread(self.refresh) or due
                if due:
                    self._load(context)
                    due = False
            except Unfit as unfit:
                log.warning("the certificate can't be renewed: %s", unfit.detail)


def tls_from_files(certificate: Path, key: Path) -> Tls:
    """The certificate of a public or a company's authority; loaded again, with its key, when its file changes."""
    seen = [_modified_at(certificate)]  # a list, so that ``refresh`` can replace it

    def refresh() -> bool:
        before, seen[0] = seen[0], _modified_at(certificate)
        return seen[0] != before

    return Tls(certificate, key, refresh)


def tls_of_own_authority(folder: Path, *hosts: str) -> Tls:
    """A certificate of the authority in this folder, which is made if there is none; raises Unfit."""
    authority = Authority(folder, *hosts)
    authority.renew()
    return Tls(authority.server, None, authority.renew, authority)


def _modified_at(file: Path) -> float:
    """Seconds since the epoch; 0 if there is no such file."""
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


def _no_password() -> str:
    """Called if the key is encrypted; raises Unfit, because a server that starts by itself has nobody to ask."""
    raise Unfit("The key of the certificate needs a password: give one that is readable for this program alone.")
