"""The file of a certificate: drawn, sealed and stored once; read back as the bytes that were issued, or not at all."""

import hashlib
import logging
import zlib

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import CharField

from accounts import audit
from accounts.prepared import Given, Prepared, PreparedInsert, PreparedUpdate

from .models import CertificateVersion, Seal

log = logging.getLogger(__name__)

OWN = Prepared(  # what its holder may always read; whoever else: CertificateVersionQuerySet.readable_by
    lambda: CertificateVersion.objects.stored().filter(
        code=Given("code", CharField()), certificate__enrolment__learner=Given("learner")
    ).order_by().only("code", "payload", "pdf", "sha256")
)  # fmt: skip
KEEP = PreparedUpdate(  # the first file stays
    lambda: (
        CertificateVersion.objects.filter(pk=Given("pk"), sha256=""),
        {"pdf": Given("name", CharField()), "sha256": Given("digest", CharField())},
    )
)
NEW_SEAL = PreparedInsert(Seal)


class FileLost(Exception):
    """The stored file is gone or damaged, and drawing its payload does not give the bytes that were issued."""


def store(*, version):
    """Draw, seal and keep the file. That takes no lock; of two at once the first one stored stays: it is never drawn again.

    Raises drawing.MissingGlyph, keys.NoKeys; then the version stays reserved, without a file.
    """
    from . import drawing, signing

    drawn = drawing.draw(version.payload)
    pdf = signing.seal(drawn)
    digest = hashlib.sha256(pdf).hexdigest()
    name = version.pdf.storage.save(f"certificates/{version.issued_at:%Y}/{digest}.pdf", ContentFile(pdf))
    try:
        with transaction.atomic():
            kept = KEEP.run(pk=version.pk, name=name, digest=digest)
            if kept:
                NEW_SEAL.run(Seal(version=version, appended=zlib.compress(pdf[len(drawn) :], 9)))
    except Exception:
        version.pdf.storage.delete(name)
        raise
    if kept:
        version.pdf, version.sha256 = name, digest
    else:  # another was quicker; every sealing has a name of its own
        version.pdf.storage.delete(name)
        version.refresh_from_db()
    return version


def file_of(*, version):
    """The bytes of a certificate's file, as they were issued. Raises FileLost; never other bytes."""
    try:
        with version.pdf.storage.open(version.pdf.name) as stored:
            pdf = stored.read()
        if hashlib.sha256(pdf).hexdigest() == version.sha256:
            return pdf
        log.error("certificate %s: the stored file %s is not the one that was issued", version.code, version.pdf.name)
    except Exception as fault:  # whatever the storage raises
        log.error("certificate %s: no file %s (%s)", version.code, version.pdf.name, type(fault).__name__)
    return restore(version=version)


def restore(*, version):
    """Draw a lost file again, append its seal and keep it, if that gives exactly the bytes that were issued. Raises FileLost."""
    from . import drawing

    pdf = drawing.draw(version.payload) + zlib.decompress(version.seal.appended)
    digest = hashlib.sha256(pdf).hexdigest()
    if digest != version.sha256:
        log.error("certificate %s: the file is lost, drawing it gives other bytes (%s)", version.code, digest)
        raise FileLost(version)
    try:
        # A damaged file stays where it is, to be looked at: the storage then gives a name beside it.
        name = version.pdf.storage.save(version.pdf.name, ContentFile(pdf))
    except Exception:  # whatever the storage raises: the bytes are the right ones all the same
        log.exception("certificate %s: the file was drawn again and cannot be stored", version.code)
        return pdf
    with transaction.atomic():
        CertificateVersion.objects.filter(pk=version.pk, sha256=digest).update(pdf=name)
        audit.record(
            actor=None, deed="certificate file restored", subject=f"certificate {version.payload['number']}",
            about=version.certificate.enrolment.learner_id, stored_as=name,
        )  # fmt: skip
    log.warning("certificate %s: the lost file was restored as %s", version.code, name)
    return pdf
