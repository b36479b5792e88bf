"""What becomes of this room's rows when two records of a person are merged (accounts/merging.py).

Completions and certificates hang on enrolments and go with them. The printed name, the number and the code stay."""

from accounts.merging import follows, rules

rules("certification", {
    "Certificate.revoked_by": follows,
    "CertificateVersion.corrected_by": follows,
    "DesignVersion.made_by": follows,
    "ExternalCertificate.decided_by": follows,
    "ExternalCertificate.person": follows,
    "Look.seen_by": follows,
})  # fmt: skip
