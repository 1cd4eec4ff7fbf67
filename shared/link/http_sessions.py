"""HTTP sessions of a station: keep-alive that notices a pulled cable, and which certificates they trust."""

from __future__ import annotations

import socket
import ssl
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection

from shared.hall.errors import Unfit


class KeepAliveAdapter(HTTPAdapter):
    """Connections that notice a pulled cable within seconds, where the system can tell.

    ``context`` alone says which certificates are trusted: the bundle of public authorities that requests would add
    would open a pinned connection to everybody who can buy a certificate.
    """

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self._context = context
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        alive = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
        if hasattr(socket, "TCP_KEEPIDLE"):
            alive += [(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 2), (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)]
        options["socket_options"] = [*HTTPConnection.default_socket_options, *alive]
        if self._context:
            options["ssl_context"] = self._context
            options["assert_hostname"] = None if self._context.check_hostname else False
        super().init_poolmanager(*arguments, **options)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        return super().proxy_manager_for(proxy, **{**options, "ssl_context": self._context})

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        host, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        return host, {}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Add nothing to what the context trusts."""


def usual_authorities(file: str = "") -> ssl.SSLContext:
    """A context that trusts the authorities of system, requests and file; raises Unfit if the file can't be used."""
    context = ssl.create_default_context()
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    if file:
        try:
            context.load_verify_locations(file)
        except OSError as error:  # ssl.SSLError is one
            raise Unfit(f"tls_ca: {file} can't be used as a file of authorities ({error}).") from None
    return context


def one_authority(pem: str) -> ssl.SSLContext:
    """A context that trusts this authority alone, whatever the certificate's name; raises ssl.SSLError if it is none.

    Its name need not be compared: an authority made by a backend for itself vouches for that backend alone, while the
    backend's address changes with every router. With a public authority the same would let everybody in.
    """
    context = ssl.create_default_context(cadata=pem)
    context.check_hostname = False
    return context


def session(context: ssl.SSLContext | None = None) -> requests.Session:
    """A session without a proxy: one for the web must not come between a station and its hall."""
    opened = requests.Session()
    opened.trust_env = False
    opened.mount("http://", KeepAliveAdapter())
    if context:
        opened.mount("https://", KeepAliveAdapter(context))
    return opened
