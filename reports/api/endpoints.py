"""What programs ask: read only, in the scope of their token, page by page. docs/api.md; /api/openapi.json is made from here."""

from datetime import MAXYEAR, datetime
from urllib.parse import urlencode

from django.utils import timezone
from ninja import Field, NinjaAPI, Query, Schema
from ninja.security import HttpBearer
from ninja.throttling import AuthRateThrottle
from pydantic import field_validator

from accounts.models import Library
from certification.models import CertificateVersion, CourseCompletion

from . import clients, shapes

MOST = 500  # rows a page
RATE = "300/m"  # requests of one token


class Token(HttpBearer):
    """The token of an organisation, as `Authorization: Bearer sbq_…`."""

    def authenticate(self, request, token):
        return clients.of_token(token)


class RateOfClient(AuthRateThrottle):
    def get_cache_key(self, request):
        return f"api-rate-{request.auth.pk}"


class ReadOnlyAPI(NinjaAPI):
    def create_response(self, request, *args, **kwargs):
        """What is said of people is kept by nobody on the way."""
        response = super().create_response(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        return response


api = ReadOnlyAPI(
    title="Saboq",
    version="1",
    description="People of the libraries, the courses they completed and their certificates. Read only.",
    docs_url=None,  # its page would load scripts of others; docs/api.md tells the same
    urls_namespace="api",
    auth=Token(),
    throttle=[RateOfClient(RATE)],
)


class Page(Schema):
    next: str | None = Field(description="Address of the next page; null on the last")


class People(Page):
    items: list[shapes.Person]


class Completions(Page):
    items: list[shapes.Completion]


class Certificates(Page):
    items: list[shapes.Certificate]


class Asked(Schema):
    """What every list takes."""

    login: str | None = Field(None, description="Of this person alone")
    personnel_number: str | None = Field(None, description="Of the people with this number alone")
    library: str | None = Field(None, description="Of this library (its code) and all below it")
    limit: int = Field(100, ge=1, le=MOST)


class AskedPeople(Asked):
    active: bool | None = None
    after: str = Field("", description="The login after which the page begins")


class AskedFacts(Asked):
    course: str | None = Field(None, description="Of this course (its code) alone")
    since: datetime | None = Field(None, description="From this moment on (ISO 8601)")
    after: int = Field(0, ge=0, le=2**63 - 1, description="The id after which the page begins")

    @field_validator("since")
    @classmethod
    def within_the_calendar(cls, since):
        """The first and the last days there are, in another time zone, are none."""
        if since is not None and not 1 < since.year < MAXYEAR:
            raise ValueError("no moment of the calendar")
        return since


def people_of(client, asked):
    """The people whom the token may read, of whom is asked. The code of a library that was merged away finds where it went."""
    places, found = Library.objects.below(client.library), clients.people_of(client)
    if asked.library is not None:
        meant = [library.standing() for library in places.filter(code__iexact=asked.library)]
        found = found.filter(library__in=Library.objects.below(*meant))
    if asked.login is not None:
        found = found.filter(username__iexact=asked.login)
    if asked.personnel_number is not None:
        found = found.filter(personnel_number=asked.personnel_number)
    return found


@api.get("/people/", response=People, summary="People")
def people(request, asked: Query[AskedPeople]):
    rows = people_of(request.auth, asked).filter(username__gt=asked.after).order_by("username")
    if asked.active is not None:
        rows = rows.filter(is_active=asked.active)
    page = list(rows.select_related("library", "position")[: asked.limit])
    return {"items": shapes.people(page), "next": _next(request, asked, page and page[-1].username, len(page))}


@api.get("/completions/", response=Completions, summary="Completed courses")
def completions(request, asked: Query[AskedFacts]):
    rows = _facts(request, asked, CourseCompletion.objects.order_by("pk"), "enrolment", "completed_at")
    page = list(rows.select_related("enrolment__learner", "enrolment__course")[: asked.limit])
    items = [shapes.completion(row) for row in page]
    return {"items": items, "next": _next(request, asked, page and page[-1].pk, len(page))}


@api.get("/certificates/", response=Certificates, summary="Certificates, each version of them")
def certificates(request, asked: Query[AskedFacts]):
    rows = CertificateVersion.objects.stored().order_by("pk")
    rows = _facts(request, asked, rows, "certificate__enrolment", "issued_at")
    rows = rows.select_related("certificate__enrolment__learner", "certificate__enrolment__course")
    page, today = list(rows[: asked.limit]), timezone.localdate()
    items = [shapes.certificate(row, today) for row in page]
    return {"items": items, "next": _next(request, asked, page and page[-1].pk, len(page))}


def _facts(request, asked, rows, enrolment, moment):
    rows = rows.filter(**{f"{enrolment}__learner__in": people_of(request.auth, asked)}, pk__gt=asked.after)
    if asked.course is not None:
        rows = rows.filter(**{f"{enrolment}__course__code__iexact": asked.course})
    if asked.since is not None:
        rows = rows.filter(**{f"{moment}__gte": _aware(asked.since)})
    return rows


def _aware(moment):
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment


def _next(request, asked, last, count):
    """The whole address of the next page, or None where this one is not full."""
    if count < asked.limit:
        return None
    query = request.GET.copy()
    query["after"] = last
    return request.build_absolute_uri(f"{request.path}?{urlencode(query)}")
