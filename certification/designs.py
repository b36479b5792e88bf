"""How a certificate looks and who signs it: designs, of which each change makes a version; a payload freezes what it was printed with.

The content of a version, every text by language with Uzbek as the fallback:

    {"border": "girih", "accent": "#1e3f94", "logo": "" or the name of a picture (certification/images.py),
     "issuer": {...}, "subtitle": {...}, "legal_basis": {...},     # empty: as in the settings, as in wording.py
     "order": {"number": "12-i", "date": "2026-11-20"} or None,    # by which certificates are issued
     "signatories": [{"name": {...}, "post": {...}, "scan": "" or a picture}, ... none to two]}
"""

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from accounts import audit
from accounts.prepared import Given, PreparedValues

from .models import CourseDesign, Design, DesignVersion
from .ornament import LAPIS

GIRIH = "girih"
PLAIN = {
    "border": GIRIH,
    "accent": LAPIS,
    "logo": "",
    "issuer": {},
    "subtitle": {},
    "legal_basis": {},
    "order": None,
    "signatories": [],
}
LONGEST = (  # 120 signs, as many as a name may have (accounts/forms.py)
    "Namunaxonova-Abdurahmonxoʻjayeva Gulchehrabonu Abdugʻafforxoʻja qizi "
    "Toʻlqinboyeva-Muhammadyoqubova Nigoraxon Maʼrufjoni"
)
SHORTEST = "A. Li"


def _for_a_course():
    own = Exists(CourseDesign.objects.filter(course=Given("course"), design=OuterRef("design")))
    found = DesignVersion.objects.annotate(own=own).filter(Q(own=True) | Q(design__is_default=True))
    return found.order_by("-own", "-number").values_list("content", "design", "number")[:1]


FOR_A_COURSE = PreparedValues(_for_a_course)


def content_for(course):
    """What a certificate of this course (its key) is printed with now: the course's own design, else the default, else the
    settings'."""
    found = FOR_A_COURSE.first(course=course)
    if found is None:
        return of_settings()
    content, design, number = found
    return content | {"version": [design, number]}


def of_settings():
    """What is printed where nobody made a design."""
    signatories = [{"name": {"uz": one["name"]}, "post": one["post"], "scan": ""} for one in settings.SIGNATORIES]
    return PLAIN | {"signatories": signatories}


def words_of(content, language, said):
    """The texts of a design as they stand in a payload. `said(texts, language)` chooses among languages."""
    return {
        "issuer": said(content["issuer"], language) or said(settings.ISSUER_NAME, language),
        "subtitle": said(content["subtitle"], language) if language in content["subtitle"] else "",
        "legal_basis": said(content["legal_basis"], language) or said(settings.LEGAL_BASIS, language),
        "signatories": [
            {"name": said(one["name"], language), "post": said(one["post"], language), "scan": one["scan"]}
            for one in content["signatories"]
        ],
    }


def look_of(content):
    """What of a design is no text, as it stands in a payload."""
    return {key: content[key] for key in ("border", "accent", "logo", "version") if key in content}


def sample(content, language, holder):
    """A payload to look at: a design with a holder's name, marked as specimen."""
    from accounts.text import in_language

    words = {
        "course": {"uz": "Kiberxavfsizlik asoslari va kitobxon maʼlumotlarini himoya qilish",
                   "ru": "Основы кибербезопасности и защита данных читателей",
                   "en": "Cybersecurity and protection of reader data"}[language],
        "modules": [],
    } | words_of(content, language, lambda texts, language: in_language(texts, language))  # fmt: skip
    return {
        "schema": 1, "number": "SBQ-2026-000000", "code": "222222222222", "language": language, "holder": holder,
        "verify_url": f"{settings.VERIFY_BASE_URL}/verify/222222222222/", "issued_on": "2026-11-22", "hours": 36,
        "period": {"from": "2026-09-07", "to": "2026-11-16"}, "order": content.get("order"), "course_code": "SEC", "demo": True,
        "design": look_of(content), "words": {language: words},
    }  # fmt: skip


def newest(design):
    """The DesignVersion that is printed now, or None of a design that has none yet."""
    return design.versions.order_by("-number").first()


@transaction.atomic
def revise(*, design, content, courses, by):
    """Keep what a design says, as a new version where that differs, and which courses it is for. Returns the newest version.

    A course has one design: one that another design had changes over.
    """
    Design.objects.select_for_update().get(pk=design.pk)
    version = newest(design)
    if version is None or PLAIN | version.content != content:
        number = version.number + 1 if version else 1
        version = DesignVersion.objects.create(design=design, number=number, content=content, made_by=by)
        audit.record(actor=by, deed="certificate design revised", subject=f"design {design.pk}", version=number)
    CourseDesign.objects.filter(design=design).exclude(course__in=courses).delete()
    for course in courses:
        CourseDesign.objects.update_or_create(course=course, defaults={"design": design})
    return version
