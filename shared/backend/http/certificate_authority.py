"""A backend's own certificate authority, for a house that has none: made once, known to stations by its mark.

Two files of mode 0600 in one folder: ``authority.pem`` (key and certificate; it stays for twenty years) and
``server.pem`` (key, certificate and chain of this machine; made anew whenever it no longer fits). No key is ever in the
database. Whoever installs the authority in a browser trusts it for little: it may vouch for servers only, for no
further authority, and for no names or addresses but this house's own (RFC 5280, 4.2.1.10).
"""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import os
import socket
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import ifaddr
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from shared.access.fingerprint import fingerprint_of
from shared.addresses import INSIDE
from shared.durable_files import make_folder, sync_folder
from shared.hall.errors import Unfit

log = logging.getLogger(__name__)

AUTHORITY_LASTS = timedelta(days=20 * 365)
"""Longer than the machines it is made for; stations would have to be added again after it."""

SERVER_LASTS = timedelta(days=395)
RENEWED = timedelta(days=30)
"""What browsers still accept (398 days), and how long before its end a certificate is replaced."""

BEFORE = timedelta(days=2)
"""A certificate is valid from before it was made: the clocks of a kiosk may be wrong."""

PRIVATE = (
    *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"),
    *("::1/128", "fc00::/7", "fe80::/10"),
)
"""The addresses of networks inside a house (RFC 1918, 3927, 6598, 4193, 4291): addresses change, these stay."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Names:
    """What a machine is called, and the addresses it has."""

    names: frozenset[str]
    addresses: frozenset[Address]

    def __or__(self, other: Names) -> Names:
        return Names(self.names | other.names, self.addresses | other.addresses)


def names_of(*hosts: str) -> Names:
    """These, sorted into names and addresses; what can be neither is left out."""
    names, addresses = set[str](), set[Address]()
    for host in filter(None, hosts):
        try:
            addresses.add(ipaddress.ip_address(host.strip("[]").partition("%")[0]))
        except ValueError:
            with contextlib.suppress(UnicodeError):
                names.add(host.rstrip(".").lower().encode("idna").decode())
    return Names(frozenset(names), frozenset(address for address in addresses if not address.is_unspecified))


def this_machine() -> Names:
    """What this machine is called, and its addresses at this moment."""
    ips = [ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips]
    found = [ip if isinstance(ip, str) else ip[0] for ip in ips]
    host = socket.gethostname()
    short = host.partition(".")[0]
    return names_of("localhost", "127.0.0.1", "::1", host, short, f"{short}.local", *found)


class Authority:
    """The authority in a folder, made if there is none; raises Unfit if it can be neither read nor made."""

    def __init__(self, folder: Path, *hosts: str) -> None:
        self._hosts = names_of(*hosts)
        self.server = folder / "server.pem"
        """The file a server loads: its key, its certificate and the authority's."""
        try:
            make_folder(folder)
            self._key, self._certificate = self._own(folder / "authority.pem")
        except OSError as error:
            raise Unfit(f"The folder {folder} for the certificate can't be used: {error.strerror}.") from None

    def _own(self, file: Path) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        if not file.exists():
            with contextlib.suppress(FileExistsError):  # another backend of this folder was quicker
                _write(file, _new_authority(this_machine() | self._hosts), replace=False)
        try:
            return _read(file)
        except ValueError:
            raise Unfit(f"{file} holds no certificate authority: put it back from a backup, or remove it.") from None

    @property
    def pem(self) -> str:
        """Its certificate, which anybody may have."""
        return _pem(self._certificate).decode()

    @property
    def fingerprint(self) -> str:
        return fingerprint_of(self.pem)

    def renew(self) -> bool:
        """Make the machine's certificate anew if it is missing, runs out, or fits its names no more; whether it did."""
        here = this_machine() | self._hosts
        wanted = self._permitted(here)
        if self._fits(wanted):
            return False
        if left := sorted(map(str, (here.names - wanted.names) | (here.addresses - wanted.addresses))):
            log.warning("browsers will warn at %s: the authority was not made for them", ", ".join(left))
        try:
            _write(self.server, self._new_server(wanted), replace=True)
        except OSError as error:
            raise Unfit(f"{self.server} can't be written: {error.strerror}.") from None
        log.info("a new certificate for %s", ", ".join(sorted(map(str, wanted.names | wanted.addresses))))
        return True

    def _permitted(self, wanted: Names) -> Names:
        """Without those the authority may not vouch for: one of them, and nobody would trust the whole certificate."""
        limits = self._certificate.extensions.get_extension_for_class(x509.NameConstraints).value
        permitted = limits.permitted_subtrees or []
        trees = [tree.value for tree in permitted if isinstance(tree, x509.DNSName)]
        networks = [tree.value for tree in permitted if isinstance(tree, x509.IPAddress)]
        names = {name for name in wanted.names if any(name == tree or name.endswith(f".{tree}") for tree in trees)}
        addresses = {one for one in wanted.addresses if any(_lies_in(one, network) for network in networks)}
        return Names(frozenset(names), frozenset(addresses))

    def _fits(self, wanted: Names) -> bool:
        try:
            _, certificate = _read(self.server)
            certificate.verify_directly_issued_by(self._certificate)
        except (OSError, ValueError, TypeError, x509.ExtensionNotFound):
            return False
        except Exception as error:  # noqa: BLE001  # cryptography's InvalidSignature is no ValueError
            log.info("another authority's certificate is replaced (%s)", type(error).__name__)
            return False
        now = datetime.now(UTC)
        lasts = certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc - RENEWED
        return lasts and _names_in(certificate) == wanted

    def _new_server(self, wanted: Names) -> bytes:
        key = ec.generate_private_key(ec.SECP256R1())
        end = min(datetime.now(UTC) + SERVER_LASTS, self._certificate.not_valid_after_utc)
        others: list[x509.GeneralName] = [x509.DNSName(name) for name in sorted(wanted.names)]
        others += [x509.IPAddress(address) for address in sorted(wanted.addresses, key=str)]
        usage = _usage(digital_signature=True)
        certificate = (
            _builder("Now Serving backend", self._certificate.subject, key, end)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName(others), critical=False)
            .add_extension(usage, critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        return _key_pem(key) + _pem(certificate) + _pem(self._certificate)


def _new_authority(here: Names) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = f"Now Serving at {socket.gethostname()[:40]}"
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        _builder(name, subject, key, datetime.now(UTC) + AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.NameConstraints(_limits(here), None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return _key_pem(key) + _pem(certificate)


def _limits(here: Names) -> list[x509.GeneralName]:
    """The names and networks of a house, and whatever else this machine is called or has now."""
    networks: list[Network] = [ipaddress.ip_network(network) for network in PRIVATE]
    networks += [ipaddress.ip_network(one) for one in here.addresses if not any(_lies_in(one, n) for n in networks)]
    names = sorted({*INSIDE, *here.names})
    return [*(x509.DNSName(name) for name in names), *(x509.IPAddress(network) for network in networks)]


def _builder(name: str, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, end: datetime) -> x509.CertificateBuilder:
    """What both kinds of certificate have."""
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - BEFORE)
        .not_valid_after(end)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _names_in(certificate: x509.Certificate) -> Names:
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = [one for one in names.get_values_for_type(x509.IPAddress) if isinstance(one, Address)]
    return Names(frozenset(names.get_values_for_type(x509.DNSName)), frozenset(addresses))


def _lies_in(address: Address, network: object) -> bool:
    return isinstance(network, Network) and address.version == network.version and address in network


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    kind, bare = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, kind, bare)


def _read(file: Path) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """The key and the first certificate of a file; raises OSError or ValueError."""
    text = file.read_bytes()
    key = serialization.load_pem_private_key(text, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(file)  # for whoever reads it, a file that is none of ours
    return key, x509.load_pem_x509_certificates(text)[0]


def _write(file: Path, text: bytes, *, replace: bool) -> None:
    """Put a file there whole, for nobody else to read; raises FileExistsError if it may not replace one."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")  # which makes it 0600
    made = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        made.replace(file) if replace else os.link(made, file)
        sync_folder(file.parent)
    finally:
        made.unlink(missing_ok=True)


def usual_folder(database: str, state: Path) -> Path:
    """Where the authority of this database's backend lives: beside an SQLite file, else among what programs keep."""
    kind, _, file = database.partition(":///")
    return Path(file).parent / "nowserving-tls" if kind.startswith("sqlite") and file else state / "tls"
