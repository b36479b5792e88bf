"""What certification holds of people. The register stays as it was printed: whoever holds the paper may check it for ever."""

from accounts.personal import DELETED, Held

REGISTER = "the register of certificates: what was printed can be verified, also after the holder has left"
WORKED = "who worked on it: after depersonalising a row that names nobody"

HELD = (
    Held("certification.CourseCompletion", "enrolment__learner", ("enrolment__course__code", "completed_at"), why=REGISTER),
    Held(
        "certification.Certificate", "enrolment__learner", ("number", "shared", "revoked_at", "revocation_ground"),
        erase={"shared": False},
    ),
    Held(
        "certification.CertificateVersion", "certificate__enrolment__learner", ("code", "number", "payload", "issued_at", "expires_on"),
        files=(("pdf", ""),), why=REGISTER,
    ),
    Held("certification.Look", "certificate__enrolment__learner", ("cause", "made_at", "seen_at", "note"), why=REGISTER),
    Held(
        "certification.ExternalCertificate", "person", ("issuer", "title", "issued_on", "expires_on", "link", "state", "reason"),
        files=(("file", "file_name"),), erase=DELETED,
    ),
    Held("certification.Badge", "version__certificate__enrolment__learner", why="it is public: /badges/CODE.json"),
    Held("certification.Seal", "version__certificate__enrolment__learner", why="part of the file"),
)  # fmt: skip
NAMED = {
    f"certification.{column}": WORKED
    for column in (
        "Certificate.revoked_by", "CertificateVersion.corrected_by", "DesignVersion.made_by", "Look.seen_by",
        "ExternalCertificate.decided_by",
    )
}  # fmt: skip
RETENTION = ()
