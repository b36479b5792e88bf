"""The seal on a certificate's file: PAdES B-B, or B-T where TIMESTAMP_URL names an authority; certified, no change allowed.

ETSI EN 319 142-1; ISO 32000-2 §12.8. The key is P-256, in SIGNING_DIR (certification/keys.py).
"""

import asyncio
import functools
import io
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings

from . import keys, tagging

TIMESTAMP_SECONDS = 10  # for the authority to answer; without an answer nothing is sealed, and it is tried again
BARE_SIGNATURE, TIMESTAMP = (
    1_500,
    14_000,
)  # bytes: a signature without its certificates, and a timestamp with all of its own


def seal(pdf, *, has_place=True):
    """The file with our signature: `pdf` as it is, and what signing appends. Raises keys.NoKeys, and what the authority raises.

    `has_place`: tagging.finish has made the field of the signature; another file gets one that is not seen.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # dear to import: only who issues pays

    signer, room = _signer(keys.seal(), settings.TIMESTAMP_URL)
    document = IncrementalPdfFileWriter(io.BytesIO(pdf))
    return _run(signer.async_sign_pdf(document, existing_fields_only=has_place, bytes_reserved=room)).getvalue()


@functools.lru_cache(4)
def _signer(held, authority):
    """Returns (pyHanko's signer, digits to keep free for the signature, which it would else find out by signing twice)."""
    from pyhanko.sign import fields, signers
    from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper

    about = signers.PdfSignatureMetadata(
        field_name=tagging.SIGNATURE,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    clock = RequestsHTTPTimeStamper(authority, timeout=TIMESTAMP_SECONDS) if authority else None
    hand = _hand()(held)
    room = 2 * (sum(len(one.dump()) for one in hand.chain) + BARE_SIGNATURE + (TIMESTAMP if authority else 0))
    return signers.PdfSigner(about, hand, timestamper=clock), room


@functools.cache
def _hand():
    """The class that signs with a key kept in memory; pyHanko's own reads it anew for each signature."""
    from asn1crypto.tsp import SigningCertificateV2
    from asn1crypto.x509 import Certificate
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from pyhanko.sign.attributes import CMSAttributeProvider, SignedAttributeProviderSpec
    from pyhanko.sign.general import as_signing_certificate_v2
    from pyhanko.sign.signers import Signer
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    class Named(CMSAttributeProvider):
        """Which certificate signs (ESS signing-certificate-v2), encoded once: what asn1crypto has built itself it encodes anew each
        time that it is put into something, some thirty times a signature, and that was three quarters of signing."""

        attribute_type = "signing_certificate_v2"

        def __init__(self, certificate):
            self.encoded = as_signing_certificate_v2(certificate).dump()

        async def build_attr_value(self, dry_run=False):
            return SigningCertificateV2.load(self.encoded)

    class Signed(SignedAttributeProviderSpec):
        """What PAdES has signed beside the digest: this alone (EN 319 142-1, 6.3; no time, it stands in the PDF)."""

        def __init__(self, certificate):
            self.named = Named(certificate)

        def signed_attr_providers(self, data_digest, digest_algorithm):
            return [self.named]

    class Hand(Signer):
        def __init__(self, held):
            self.chain = [Certificate.load(one.public_bytes(serialization.Encoding.DER)) for one in held.chain]
            store = SimpleCertificateStore.from_certs(self.chain[1:])
            super().__init__(signing_cert=self.chain[0], cert_registry=store)
            self.key = held.key
            self.signed_attr_prov_spec = Signed(self.chain[0])

        async def async_sign_raw(self, data, digest_algorithm, dry_run=False):
            # RFC 6979: a machine that was copied with its source of randomness cannot give the key away
            return self.key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))

    return Hand


def _run(coroutine):
    """Run it to its end, also in a thread in which a loop is running."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()
