"""The issuer's keys, in SIGNING_DIR: who may read this folder can issue in the issuer's name.

    seal-key.pem     the P-256 key that seals certificates' files
    seal-chain.pem   its certificate, then that of its issuer
    root-key.pem     the key of our own issuer of such certificates: wanted by a rotation alone, better kept elsewhere
    badge-key.pem    the Ed25519 key of badges
    log-key.hex      the key that seals the log (accounts/log_keys.py)
    old/             chains and public keys that served before: what they sealed stays valid

`manage.py make_signing_keys` makes them. Outside production, without SIGNING_DIR, a set «not for production» is made in var/.
"""

import datetime
import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from accounts import log_keys

SEAL_KEY, SEAL_CHAIN, ROOT_KEY, BADGE_KEY, OLD = (
    "seal-key.pem",
    "seal-chain.pem",
    "root-key.pem",
    "badge-key.pem",
    "old",
)
DEMO = "NOT FOR PRODUCTION"  # the unit in the certificates of a key that anybody may have
ROOT_YEARS, SEAL_YEARS = 20, 3
DOCUMENT_SIGNING = "1.3.6.1.5.5.7.3.36"  # RFC 9336


class NoKeys(Exception):
    """The keys are not there, or must not be used; the text says which file, and what helps."""


class Seal(NamedTuple):
    key: object  # cryptography's private key
    chain: tuple  # of cryptography's certificates, the seal's own first

    @property
    def is_demo(self):
        return is_demo(self.chain[0])


def folder():
    """SIGNING_DIR; outside production without it var/signing, made on the spot. Raises NoKeys."""
    if settings.SIGNING_DIR:
        return Path(settings.SIGNING_DIR)
    if settings.MODE == "production":
        raise NoKeys("SIGNING_DIR: name the folder of the keys (manage.py make_signing_keys)")
    demo = Path(settings.VAR) / "signing"
    if not (demo / SEAL_KEY).exists():
        make(demo, demo=True)
    return demo


def seal():
    """The key that seals, with its chain. Read anew only when the files change. Raises NoKeys."""
    here = folder()
    try:
        age = tuple((here / name).stat().st_mtime_ns for name in (SEAL_KEY, SEAL_CHAIN))
    except OSError as fault:
        raise NoKeys(
            f"SIGNING_DIR: {fault.filename} cannot be read ({fault.strerror}); make_signing_keys makes it"
        ) from None
    if _kept.get(here, (None,))[0] != age:
        _kept[here] = age, _read(here)
    found = _kept[here][1]
    _refuse_unusable(here, found)
    return found


_kept = {}  # {folder: (age of the files, Seal), file: (its age, key)}: loading a key costs as much as signing with it


def _read(here):
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        key = serialization.load_pem_private_key((here / SEAL_KEY).read_bytes(), None)
        chain = tuple(x509.load_pem_x509_certificates((here / SEAL_CHAIN).read_bytes()))
    except (OSError, ValueError, TypeError) as fault:  # TypeError: there is a password on it
        raise NoKeys(f"SIGNING_DIR: {SEAL_KEY} or {SEAL_CHAIN} in {here} cannot be read: {fault}") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise NoKeys(f"SIGNING_DIR: {here / SEAL_KEY} is not a P-256 key")
    if chain[0].public_key() != key.public_key():
        raise NoKeys(f"SIGNING_DIR: {SEAL_CHAIN} in {here} does not begin with the certificate of {SEAL_KEY}")
    return Seal(key, chain)


def _refuse_unusable(here, found):
    now, own = timezone.now(), found.chain[0]
    if not own.not_valid_before_utc <= now <= own.not_valid_after_utc:
        raise NoKeys(
            f"SIGNING_DIR: the certificate in {here / SEAL_CHAIN} is valid from {own.not_valid_before_utc:%Y-%m-%d} to "
            f"{own.not_valid_after_utc:%Y-%m-%d}; make_signing_keys --rotate makes the next"
        )
    if settings.MODE != "production":
        return
    if found.is_demo:
        raise NoKeys(f"SIGNING_DIR: the key in {here} is a demonstration's; make_signing_keys makes one for production")
    if (here / SEAL_KEY).stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise NoKeys(f"SIGNING_DIR: {here / SEAL_KEY} can be read by others: chmod 600")


def is_demo(certificate):
    from cryptography.x509.oid import NameOID

    return DEMO in [one.value for one in certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)]


def chains():
    """Chains of certificates with which files were sealed, the present one first. Raises NoKeys."""
    from cryptography import x509

    here = folder()
    files = [here / SEAL_CHAIN, *sorted((here / OLD).glob("seal-chain-*.pem"))]
    return [tuple(x509.load_pem_x509_certificates(file.read_bytes())) for file in files if file.exists()]


def badge():
    """The Ed25519 key that signs badges. Read anew only when its file changes. Raises NoKeys."""
    from cryptography.hazmat.primitives.asymmetric import ed25519

    file = folder() / BADGE_KEY
    try:
        age = file.stat().st_mtime_ns
        if _kept.get(file, (None,))[0] != age:
            _kept[file] = age, _load_private(file)
    except (OSError, ValueError, TypeError) as fault:
        raise NoKeys(f"SIGNING_DIR: {file} cannot be read: {fault}") from None
    found = _kept[file][1]
    if not isinstance(found, ed25519.Ed25519PrivateKey):
        raise NoKeys(f"SIGNING_DIR: {file} is not an Ed25519 key")
    if settings.MODE == "production" and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise NoKeys(f"SIGNING_DIR: {file} can be read by others: chmod 600")
    return found


def badge_publics():
    """Public keys of badges, the present one first, then those that served before. Raises NoKeys."""
    from cryptography.hazmat.primitives import serialization

    old = sorted((folder() / OLD).glob("badge-*.pem"))
    return [badge().public_key(), *(serialization.load_pem_public_key(file.read_bytes()) for file in old)]


def fingerprints():
    """{file: 64 hex digits} of the keys that are here and can be read, never a key: SHA-256 of certificates and of public keys (DER).

    Without the root's, which is better kept elsewhere. Makes no keys.
    """
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.x509 import load_pem_x509_certificate

    def of_certificate(file):
        return load_pem_x509_certificate(file.read_bytes()).fingerprint(hashes.SHA256()).hex()

    def of_public(key):
        form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        return hashlib.sha256(key.public_bytes(*form)).hexdigest()

    here = Path(settings.SIGNING_DIR or Path(settings.VAR) / "signing")
    ways = {here / name: lambda file: of_public(_load_private(file).public_key()) for name in (SEAL_KEY, BADGE_KEY)}
    ways |= dict.fromkeys([here / SEAL_CHAIN, *sorted((here / OLD).glob("seal-chain-*.pem"))], of_certificate)
    load = serialization.load_pem_public_key
    ways |= {file: lambda file: of_public(load(file.read_bytes())) for file in sorted((here / OLD).glob("badge-*.pem"))}
    found = {}
    for file, way in ways.items():
        try:
            found[file.relative_to(here).as_posix()] = way(file)
        except (OSError, ValueError, TypeError):  # not there, not readable, or none: no fingerprint
            continue
    return found


# --- Making them -----------------------------------------------------------------------------------------------------


def make(here, *, demo=False):
    """A complete set in the folder `here`, which must not hold one; the log's key too. Raises FileExistsError, OSError.

    Nothing outside of the folder is touched and it stays the same folder: it may be a mount, or stand in one that is not ours. Afterwards
    nothing is ever written there but by a rotation, so that it may be read-only. Of two processes at once one makes them; a
    demonstration's keys are as good from the other, so there it is no fault. The seal's key comes last: where it is, all is.
    """
    here.parent.mkdir(parents=True, exist_ok=True)
    here.mkdir(mode=0o700, exist_ok=True)
    with _alone(here):
        if (here / SEAL_KEY).exists():
            if demo:
                return
            raise FileExistsError(f"{here} has keys already")
        made = Path(tempfile.mkdtemp(prefix=".making-", dir=here))  # mode 700
        try:
            _make_seal(made, demo)
            _make_badge_key(made)
            (here / OLD).mkdir(exist_ok=True)
            if not demo:  # whose log's key follows from SECRET_KEY
                log_keys.make(here / log_keys.NAME)
            for name in (ROOT_KEY, BADGE_KEY, SEAL_CHAIN, SEAL_KEY):
                os.replace(made / name, here / name)
        finally:
            shutil.rmtree(made, ignore_errors=True)


@contextmanager
def _alone(here):
    """Of several processes one at a time; the lock of one that was killed is gone with it."""
    folder = os.open(here, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def rotate(here):
    """New keys for seal and badges; what is public of the old ones is kept in old/. The root stays where its key is there."""
    current = _read(here)
    from cryptography import x509

    name = f"{current.chain[0].serial_number:x}"[:16]
    shutil.copy2(here / SEAL_CHAIN, here / OLD / f"seal-chain-{name}.pem")
    _keep_public_badge_key(here, name)
    root = None
    if (here / ROOT_KEY).exists():
        root = _load_private(here / ROOT_KEY), x509.load_pem_x509_certificates((here / SEAL_CHAIN).read_bytes())[-1]
    _make_seal(here, current.is_demo, root)
    _make_badge_key(here)


def _make_seal(here, demo, root=None):
    from cryptography.hazmat.primitives.asymmetric import ec

    if root is None:
        root_key = ec.generate_private_key(ec.SECP256R1())
        root = root_key, _certificate("root", root_key, ROOT_YEARS, demo)
        _write_private(here / ROOT_KEY, root_key)
    key = ec.generate_private_key(ec.SECP256R1())
    own = _certificate("seal", key, SEAL_YEARS, demo, issuer=root)
    # the key first: between the two writes they do not fit, and nothing is sealed
    _write_private(here / SEAL_KEY, key)
    _write(here / SEAL_CHAIN, _pem(own) + _pem(root[1]), 0o644)


def _certificate(what, key, years, demo, issuer=None):
    """The X.509 certificate of a key; `issuer` is (key, certificate), else it signs itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import NameOID

    said = settings.ISSUER_NAME.get("uz") or next(iter(settings.ISSUER_NAME.values()), settings.SITE_NAME)
    names = [(NameOID.ORGANIZATION_NAME, said), (NameOID.COMMON_NAME, f"{settings.SITE_NAME}: {what}")]
    names += [(NameOID.ORGANIZATIONAL_UNIT_NAME, DEMO)] if demo else []
    subject = x509.Name([x509.NameAttribute(oid, text[:64]) for oid, text in names])  # 64: RFC 5280, ub-common-name
    now = timezone.now().replace(microsecond=0)
    usage = dict.fromkeys(
        ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign",
         "crl_sign", "encipher_only", "decipher_only"), False,
    )  # fmt: skip
    wanted = ("key_cert_sign", "crl_sign") if issuer is None else ("digital_signature", "content_commitment")
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[1].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))  # clocks differ
        .not_valid_after(now + datetime.timedelta(days=365.25 * years))
        .add_extension(
            x509.BasicConstraints(ca=issuer is None, path_length=0 if issuer is None else None), critical=True
        )
        .add_extension(x509.KeyUsage(**(usage | dict.fromkeys(wanted, True))), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if issuer:
        of_issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer[0].public_key())
        made = made.add_extension(of_issuer, critical=False).add_extension(
            x509.ExtendedKeyUsage([x509.ObjectIdentifier(DOCUMENT_SIGNING)]), critical=False
        )
    return made.sign(issuer[0] if issuer else key, hashes.SHA256())


def _make_badge_key(here):
    from cryptography.hazmat.primitives.asymmetric import ed25519

    _write_private(here / BADGE_KEY, ed25519.Ed25519PrivateKey.generate())


def _keep_public_badge_key(here, name):
    from cryptography.hazmat.primitives import serialization

    if (here / BADGE_KEY).exists():
        public = _load_private(here / BADGE_KEY).public_key()
        pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        _write(here / OLD / f"badge-{name}.pem", pem, 0o644)


def _load_private(file):
    from cryptography.hazmat.primitives import serialization

    return serialization.load_pem_private_key(file.read_bytes(), None)


def _write_private(file, key):
    from cryptography.hazmat.primitives import serialization

    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    _write(file, key.private_bytes(*form), 0o600)


def _pem(certificate):
    from cryptography.hazmat.primitives import serialization

    return certificate.public_bytes(serialization.Encoding.PEM)


def _write(file, content, mode):
    """Whole or not at all, and never for a moment readable by others."""
    beside = file.with_name(f".{file.name}")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as out:
        out.write(content)
    os.replace(beside, file)
