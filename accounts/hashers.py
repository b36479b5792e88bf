"""Argon2id at OWASP's 19 MiB, t=2, p=1: 26 ms of CPU a sign-in; Django's defaults cost ten times that (docs/bench.md)."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    time_cost = 2
    memory_cost = 19456  # KiB
    parallelism = 1
