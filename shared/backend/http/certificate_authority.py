"""A backend's own certificate authority, for a house without one: made once, known to stations by its fingerprint.

Two files of mode 0600 in one folder: ``authority.pem`` (key and certificate, valid for twenty years) and ``server.pem``
(key, certificate and chain of this machine, replaced whenever it no longer fits). No key is ever in the database. The
authority may sign certificates of servers only, of no further authority, and only for private networks, local domains
and the names and addresses this machine had when it was made (RFC 5280, 4.2.1.10): a browser trusts it for no more.
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

from shared.addresses import LOCAL_DOMAINS
from shared.durable_files import make_folder, sync_folder
from shared.fingerprint import fingerprint_of
from shared.hall.errors import Unfit

log = logging.getLogger(__name__)

AUTHORITY_LASTS = timedelta(days=20 * 365)
"""Longer than any machine lasts; stations would have to be added again afterwards."""

SERVER_LASTS = timedelta(days=395)
"""Less than the 398 days that browsers accept."""

RENEWED_BEFORE_END = timedelta(days=30)

BACKDATED = timedelta(days=2)
"""How long before it was made a certificate becomes valid: the clock of a kiosk may be slow."""

PRIVATE_NETWORKS = (
    *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"),
    *("::1/128", "fc00::/7", "fe80::/10"),
)
"""Networks inside a house (RFC 1918, 3927, 6598, 4193, 4291): a machine's address may change, its network hardly."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Names:
    names: frozenset[str]
    addresses: frozenset[Address]

    def __or__(self, other: Names) -> Names:
        return Names(self.names | other.names, self.addresses | other.addresses)


def names_of(*hosts: str) -> Names:
    """Hosts sorted into names and addresses; empty ones, invalid ones and unspecified addresses are left out."""
    names, addresses = set[str](), set[Address]()
    for host in filter(None, hosts):
        try:
            addresses.add(ipaddress.ip_address(host.strip("[]").partition("%")[0]))
        except ValueError:
            with contextlib.suppress(UnicodeError):
                names.add(host.rstrip(".").lower().encode("idna").decode())
    return Names(frozenset(names), frozenset(address for address in addresses if not address.is_unspecified))


def this_machine() -> Names:
    """The names and current addresses of this machine."""
    ips = [ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips]
    found = [ip if isinstance(ip, str) else ip[0] for ip in ips]
    host = socket.gethostname()
    short = host.partition(".")[0]
    return names_of("localhost", "127.0.0.1", "::1", host, short, f"{short}.local", *found)


class Authority:
    """The certificate authority in a folder, made if there is none; raises Unfit if it can't be read or made."""

    def __init__(self, folder: Path, *hosts: str) -> None:
        """``hosts``: names and addresses the machine has besides its own, which a new authority may sign for too."""
        self._hosts = names_of(*hosts)
        self.server = folder / "server.pem"
        """The file a server loads: its key, its certificate and the authority's."""
        try:
            make_folder(folder)
            self._key, self._certificate = self._read_or_make(folder / "authority.pem")
        except OSError as error:
            raise Unfit(f"The folder {folder} for the certificate can't be used: {error.strerror}.") from None

    def _read_or_make(self, file: Path) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        if not file.exists():
            with contextlib.suppress(FileExistsError):  # another backend that shares this folder was quicker
                _write(file, _new_authority(this_machine() | self._hosts), replace=False)
        try:
            return _read(file)
        except ValueError:
            raise Unfit(f"{file} holds no certificate authority: put it back from a backup, or remove it.") from None

    @property
    def pem(self) -> str:
        """The authority's certificate, which is public."""
        return _pem(self._certificate).decode()

    @property
    def fingerprint(self) -> str:
        return fingerprint_of(self.pem)

    def renew(self) -> bool:
        """Replace the machine's certificate unless it fits; True if replaced. Raises Unfit if it can't be written."""
        current = this_machine() | self._hosts
        wanted = self._permitted(current)
        if self._fits(wanted):
            return False
        if left_out := sorted(map(str, (current.names - wanted.names) | (current.addresses - wanted.addresses))):
            log.warning("browsers will warn at %s: the authority may not sign for them", ", ".join(left_out))
        try:
            _write(self.server, self._new_server(wanted), replace=True)
        except OSError as error:
            raise Unfit(f"{self.server} can't be written: {error.strerror}.") from None
        log.info("made a new certificate for %s", ", ".join(sorted(map(str, wanted.names | wanted.addresses))))
        return True

    def _permitted(self, wanted: Names) -> Names:
        """Those the authority may sign for: with one other, clients would reject the whole certificate."""
        constraints = self._certificate.extensions.get_extension_for_class(x509.NameConstraints).value
        permitted = constraints.permitted_subtrees or []
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
            log.info("replacing a certificate that another authority signed (%s)", type(error).__name__)
            return False
        now = datetime.now(UTC)
        lasts = certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc - RENEWED_BEFORE_END
        return lasts and _names_in(certificate) == wanted

    def _new_server(self, wanted: Names) -> bytes:
        key = ec.generate_private_key(ec.SECP256R1())
        end = min(datetime.now(UTC) + SERVER_LASTS, self._certificate.not_valid_after_utc)
        names: list[x509.GeneralName] = [x509.DNSName(name) for name in sorted(wanted.names)]
        names += [x509.IPAddress(address) for address in sorted(wanted.addresses, key=str)]
        usage = _usage(digital_signature=True)
        certificate = (
            _builder("Now Serving backend", self._certificate.subject, key, end)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(usage, critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        return _key_pem(key) + _pem(certificate) + _pem(self._certificate)


def _new_authority(machine: Names) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = f"Now Serving at {socket.gethostname()[:40]}"
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        _builder(name, subject, key, datetime.now(UTC) + AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.NameConstraints(_permitted_trees(machine), None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return _key_pem(key) + _pem(certificate)


def _permitted_trees(machine: Names) -> list[x509.GeneralName]:
    """The names and networks of any house, and this machine's other current names and addresses."""
    networks: list[Network] = [ipaddress.ip_network(network) for network in PRIVATE_NETWORKS]
    networks += [ipaddress.ip_network(one) for one in machine.addresses if not any(_lies_in(one, n) for n in networks)]
    names = sorted({*LOCAL_DOMAINS, *machine.names})
    return [*(x509.DNSName(name) for name in names), *(x509.IPAddress(network) for network in networks)]


def _builder(name: str, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, end: datetime) -> x509.CertificateBuilder:
    """What the authority's and the server's certificate have in common."""
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - BACKDATED)
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
    no_password = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, no_password)


def _read(file: Path) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """The key and the first certificate of a file; raises OSError or ValueError."""
    text = file.read_bytes()
    key = serialization.load_pem_private_key(text, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(file)  # not one of our files
    return key, x509.load_pem_x509_certificates(text)[0]


def _write(file: Path, text: bytes, *, replace: bool) -> None:
    """Write a file atomically, for its owner alone; raises OSError, FileExistsError if it may not replace one."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")  # with mode 0600
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
    """The folder of a backend's authority: beside an SQLite database, else in the state folder of the machine."""
    kind, _, file = database.partition(":///")
    return Path(file).parent / "nowserving-tls" if kind.startswith("sqlite") and file else state / "tls"
