"""What the page of a certificate's code costs, beside a bare Django view with session and user in the same run."""

from scripts.bench import _scratch
from scripts.bench._measure import Deed, measure, table


def main():
    _scratch.make()
    from django.core.cache import cache

    from accounts.models import User
    from certification import award
    from certification.models import CourseCompletion
    from scripts.bench import certificates
    from scripts.bench.pages import Reader, conditions, today

    certificates.completions(1)
    version = award.issue(completion=CourseCompletion.objects.get().pk)
    reader, stranger = Reader(User.objects.get()), Reader()
    address, code = f"/verify/{version.code}/", version.code
    mistyped = code[:-1] + next(sign for sign in "23456789" if sign != code[-1])
    bare = Deed("bare Django view: session, user", lambda _: reader.get("/bare/django/"))
    deeds = [
        Deed("verify, a valid code", lambda _: stranger.get(address), note="without an account"),
        Deed("the same, signed in", lambda _: reader.get(address)),
        Deed("for a machine (JSON)", lambda _: stranger.get(f"/verify/{code}.json")),
    ]
    wrong = Deed("a mistyped code", lambda _: page_of(stranger, mistyped), cache.clear)
    measure([bare, *deeds])
    for _ in range(wrong.rounds):
        wrong.round()
    return f"Measured on {today()}, {conditions()}.\n\n{table([bare, *deeds, wrong], Django=bare)}"


def page_of(stranger, code):
    answer = stranger.get(f"/verify/{code}/")
    assert answer.status_code == 404
