"""What one check of a password costs, by the way in which it is kept."""

import time

from scripts.bench._measure import Deed, measure, table

PASSWORD = "uzun-parol-ibora"


def main():
    from django.contrib.auth.hashers import Argon2PasswordHasher, PBKDF2PasswordHasher

    from accounts.hashers import Argon2

    ours = deed("Argon2id as in `accounts/hashers.py`: 19 MiB, t=2, p=1", Argon2())
    others = [
        deed("Argon2id, Django's default: 100 MiB, t=2, p=8", Argon2PasswordHasher()),
        deed("PBKDF2, Django's default: 1,000,000 rounds", PBKDF2PasswordHasher()),
    ]
    shown = table(measure([ours, *others]), ours=ours)
    return f"Measured on {time.strftime('%Y-%m-%d')}, shared machine; trust the ratios.\n\n{shown}"


def deed(name, hasher):
    kept = hasher.encode(PASSWORD, hasher.salt())
    return Deed(name, lambda _: hasher.verify(PASSWORD, kept), times=2)
