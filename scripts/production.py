"""An environment in which production may start: for `check --deploy` and for the tests that take one safe setting away."""

SAFE = {
    "MODE": "production",
    "SECRET_KEY": "made up for the check alone: 0123456789 abcdefghijklmnopqrstuvwxyz",  # nosec B105  # as it says
    "ALLOWED_HOSTS": "saboq.example.org",
    "BASE_URL": "https://saboq.example.org",
    "DATABASE_URL": "postgres://saboq:secret@db.example.org:5432/saboq",
    "SIGNING_DIR": "/etc/saboq/signing",
    "EMAIL_URL": "smtp+tls://saboq:secret@mail.example.org:587",
}
