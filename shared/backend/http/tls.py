"""TLS of the backend: with a certificate that was given, or with that of its own authority; renewed while it serves."""

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
"""Of TLS 1.2: those with forward secrecy that can't be altered on the way; 1.3 has no others."""

LOOKS_EVERY = 60.0
"""Seconds between two looks whether the certificate still fits: a machine may get another address at any time."""


@dataclass(frozen=True)
class Tls:
    """How the backend proves who it is. ``refresh`` makes its certificate fit again; whether it is another one now."""

    certificate: Path
    key: Path | None
    refresh: Callable[[], bool]
    authority: Authority | None = None

    def context(self) -> ssl.SSLContext:
        """What the server listens with; raises Unfit for files that are no certificate and its key."""
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
        """Take a renewed certificate up without a restart: whoever comes next gets the new one."""
        due = False
        while True:
            await asyncio.sleep(LOOKS_EVERY)
            try:
                due = await asyncio.to_thread(self.refresh) or due
                if due:
                    self._load(context)
                    due = False
            except Unfit as unfit:
                log.warning("the certificate stays as it was: %s", unfit.detail)


def given(certificate: Path, key: Path) -> Tls:
    """The certificate of a public or a company's authority; taken up again when its file changes."""
    seen = [_changed(certificate)]

    def refresh() -> bool:
        before, seen[0] = seen[0], _changed(certificate)
        return seen[0] != before

    return Tls(certificate, key, refresh)


def own(folder: Path, *hosts: str) -> Tls:
    """The certificate of the authority in this folder, which is made if there is none."""
    authority = Authority(folder, *hosts)
    authority.renew()
    return Tls(authority.server, None, authority.renew, authority)


def _changed(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


def _no_password() -> str:
    """Asked for when a key is encrypted: a server that starts by itself has nobody to ask."""
    raise Unfit("The key of the certificate needs a password: give one that is readable for this program alone.")
