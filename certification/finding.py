"""By which words certificates are found: kept with each version (CertificateVersion.folded), made here where they lack."""

from .models import CertificateVersion

A_PART = 500  # rows that are in memory at a time


def fold_missed():
    """For the sweep: versions that code before a release has made. Returns how many."""
    done = 0
    while rows := list(CertificateVersion.objects.filter(folded="").order_by("pk")[:A_PART]):
        for row in rows:
            row.folded = row.words
        done += CertificateVersion.objects.bulk_update(rows, ["folded"])
    return done
