"""A cloud on this machine: the stack deployed to an emulator, with a real PostgreSQL and a proxy for the web.

Everything listens on 127.0.0.1 alone. What this can't show is in docs/serverless.md.
"""

from __future__ import annotations

import contextlib
import datetime
import http.client
import json
import os
import re
import signal
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.backends import new_database
from tests.functions.environment import ARCHITECTURE, HOUSE, serverless
from tests.issuer import free_port

EMULATOR = HOUSE / "build" / "cloud" / "bin" / "ministack"
REGION = "eu-central-1"
STATIONS = 6
ON_HERE = ("--param", "environment=emulated", "--param", f"architecture={ARCHITECTURE}")


class Cloud:
    """The emulator, and the commands a person runs against it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.database = new_database("postgresql", folder)
        self.outputs: dict[str, str] = {}
        """The outputs of the stack, by name."""
        self.stderr = ""
        """What the last command wrote to stderr."""
        self._log = (folder / "emulator.log").open("ab")
        self._emulator = subprocess.Popen(
            [EMULATOR],
            env={
                **os.environ,
                "BIND_HOST": "127.0.0.1",
                "GATEWAY_PORT": str(self.port),
                "MINISTACK_REGION": REGION,
                "LAMBDA_EXECUTOR": "local",
                "IOT_MTLS_ENABLED": "0",  # it would open a port to the network
            },
            cwd=folder,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,  # its functions are processes too, and end with it
        )
        until = time.monotonic() + 60
        while not self._answers():
            assert self._emulator.poll() is None and time.monotonic() < until, (folder / "emulator.log").read_text()
            time.sleep(0.1)

    def serverless(self, *words: str) -> str:
        """The output of a `serverless` command that needs the cloud."""
        began = time.monotonic()
        done = serverless(*words, *ON_HERE, AWS_ENDPOINT_URL=self.endpoint, NOWSERVING_DATABASE=self.database)
        print(f"serverless {' '.join(words)}: {time.monotonic() - began:.1f} s", flush=True)
        self.stderr = done.stderr
        return done.stdout

    def invoke(self, function: str, event: Any = None) -> Any:
        data = ("--data", json.dumps(event)) if event is not None else ()
        return json.loads(self.serverless("invoke", "--function", function, *data))

    def deploy(self) -> str:
        """Deploy the stack; what the command wrote to stderr."""
        self.serverless("deploy")
        told = self.stderr
        outputs = self.serverless("info", "--verbose").partition("Stack Outputs:")[2]
        self.outputs = dict(re.findall(r"^\s+(\w+): (\S+)$", outputs, re.MULTILINE))
        return told

    @property
    def api(self) -> str:
        """The name of the gateway's host."""
        api_id = self.outputs["HttpApiUrl"].removeprefix("https://").partition(".")[0]
        return f"{api_id}.execute-api.localhost:{self.port}"

    def cognito(self, action: str, **fields: Any) -> Any:
        """A request to Cognito as an administrator of the account."""
        answer = requests.post(
            self.endpoint,
            data=json.dumps({"UserPoolId": self.outputs["UserPoolId"], **fields}),
            headers={
                "X-Amz-Target": f"AWSCognitoIdentityProviderService.{action}",
                "Content-Type": "application/x-amz-json-1.1",
                "Authorization": f"AWS4-HMAC-SHA256 Credential=test/20260101/{REGION}/cognito-idp/aws4_request",
            },
            timeout=10,
        )
        assert answer.ok, answer.text
        return answer.json()

    def add_person(self, name: str, password: str, *groups: str) -> None:
        address = [{"Name": "email", "Value": f"{name}@example.org"}, {"Name": "email_verified", "Value": "true"}]
        self.cognito("AdminCreateUser", Username=name, MessageAction="SUPPRESS", UserAttributes=address)
        self.cognito("AdminSetUserPassword", Username=name, Password=password, Permanent=True)
        for group in groups:
            self.cognito("AdminAddUserToGroup", Username=name, GroupName=group)

    def close(self) -> None:
        os.killpg(self._emulator.pid, signal.SIGTERM)
        try:
            self._emulator.wait(10)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._emulator.pid, signal.SIGKILL)
            self._log.close()

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.endpoint}/_localstack/health", timeout=2).ok
        except requests.RequestException:
            return False


class Front:
    """A port that forwards to the gateway, in place of DNS."""

    def __init__(self, port: int, host: str) -> None:
        class Passing(_Passing):
            where, name = port, host

        self._server = _Server(("127.0.0.1", 0), Passing)
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Web:
    """An HTTPS proxy that leads every address to the emulator."""

    def __init__(self, port: int, folder: Path, host: str) -> None:
        self.authority, certificate = _certified(folder, host)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

        class Passing(_Passing):
            where, name = port, f"localhost:{port}"

            def do_CONNECT(self) -> None:  # the library's name
                self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                self.connection = context.wrap_socket(self.connection, server_side=True)
                self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")
                self.close_connection = False

            def finish(self) -> None:
                super().finish()
                self.connection.close()

        self._server = _Server(("127.0.0.1", 0), Passing)
        self.proxy = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Ignore clients that hang up."""


class _Passing(BaseHTTPRequestHandler):
    """Forwards a request unchanged but for its Host."""

    protocol_version = "HTTP/1.1"
    where: int
    name: str

    def pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        connection = http.client.HTTPConnection("127.0.0.1", self.where, timeout=30)
        own = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
        connection.request(self.command, self.path, body, {**own, "Host": self.name, "Connection": "close"})
        answer = connection.getresponse()
        said = answer.read()
        connection.close()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    do_GET = do_POST = do_DELETE = do_HEAD = pass_on  # noqa: N815  # the library's names

    def log_message(self, *_: object) -> None:
        """Log nothing."""


def _certified(folder: Path, host: str) -> tuple[Path, Path]:
    """An authority of our own, and a certificate with its key for this host."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    authority, both = folder / "web-authority.pem", folder / "web.pem"
    authority.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    both.write_bytes(secret + authority.read_bytes())
    return authority, both


@contextlib.contextmanager
def deployed(folder: Path) -> Iterator[tuple[Cloud, Front]]:
    """The stack on an emulator, with its tables and one hall; removed at the end."""
    cloud = Cloud(folder)
    try:
        cloud.deploy()
        front = Front(cloud.port, cloud.api)
        try:
            cloud.invoke("migrate", {"hall": "Clinic North", "sample": "clinic"})
            _warm(front.base)
            yield cloud, front
        finally:
            front.close()
        cloud.serverless("remove")
    finally:
        cloud.close()


def _warm(base: str) -> None:
    """Start as many environments as a hall keeps busy; here they share a processor or two, and start slowly."""
    with ThreadPoolExecutor(STATIONS) as pool:
        for _ in range(2):
            list(pool.map(lambda _: requests.get(f"{base}/readyz", timeout=60).raise_for_status(), range(STATIONS)))
