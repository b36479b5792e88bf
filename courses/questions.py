"""Writing questions: one draft version at a time; publishing freezes it. A version that an attempt drew never changes."""

from html import unescape

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.fields.json import KT
from django.utils import timezone
from django.utils.html import strip_tags
from taggit.models import Tag

from accounts import audit
from accounts.models import Role
from accounts.roles import has_role
from accounts.text import fold, normalise_uzbek

from . import grading, pictures, syllabus, translations
from .models import Course, Question, QuestionPool, QuestionVersion

MOST_SOUGHT = 20  # words of one search

# --- Whose they are -------------------------------------------------------------------------------------------------------


def writes_everywhere(user):
    """Editors and administrators write questions of every course."""
    return has_role(user, Role.EDITOR, Role.ADMINISTRATOR)


def courses_of(user):
    """The courses whose questions `user` writes: all, or those that the trainer teaches; a copy before it is published too."""
    courses = Course.objects.filter(Q(archived=False) | Q(version=0))
    if writes_everywhere(user):
        return courses
    return courses.filter(trainers__person=user) if has_role(user, Role.TRAINER) else courses.none()


def pools_of(user):
    """The pools in which `user` writes, with `ready`."""
    pools = with_ready(QuestionPool.objects.select_related("course"))
    return pools if writes_everywhere(user) else pools.filter(course__in=courses_of(user))


def with_ready(pools):
    """`ready`: how many questions of the pool may be drawn."""
    ready = Q(questions__retired=False, questions__current__isnull=False)
    return pools.annotate(ready=Count("questions", filter=ready, distinct=True))


def questions_of(user):
    """The questions that `user` may see and write, with `has_draft`: something is typed that is not published."""
    drafts = QuestionVersion.objects.filter(question=OuterRef("pk"), published_at=None)
    own = Question.objects.select_related("pool__course", "current").annotate(has_draft=Exists(drafts))
    return own if writes_everywhere(user) else own.filter(pool__course__in=courses_of(user))


def tags_of(user):
    """The tags of the questions that `user` may see."""
    return Tag.objects.filter(question__in=questions_of(user).values("pk")).distinct().order_by("name")


def newest(question):
    """The newest version, draft or published; None while nothing is kept."""
    return question.versions.order_by("-number").first()


def has_draft(question):
    """Whether something is typed that is not published."""
    return question.versions.filter(published_at=None).exists()


def with_newest(rows):
    """What a list says of each question's newest version: `newest_kind` and `newest_translated_of`; and `is_stale`."""
    versions = QuestionVersion.objects.filter(question=OuterRef("pk")).order_by("-number")
    now = KT(f"translated_of__{translations.SOURCE}")
    stale = Q()
    for code in translations.LANGUAGES:
        if code != translations.SOURCE:
            stale |= Q(**{f"translated_of__{code}__isnull": False}) & ~Q(**{f"then_{code}": F("now")})
    others = {f"then_{code}": KT(f"translated_of__{code}") for code in translations.LANGUAGES}
    rows = rows.annotate(
        newest_id=Subquery(versions.values("pk")[:1]),
        newest_kind=Subquery(versions.values("kind")[:1]),
        newest_translated_of=Subquery(versions.values("translated_of")[:1]),
    )
    return rows.annotate(
        is_stale=Exists(QuestionVersion.objects.annotate(now=now, **others).filter(stale, pk=OuterRef("newest_id")))
    )


def search(rows, text):
    """Those of the questions `rows` whose newest words, note, code or tags hold every word of `text`, in any spelling and language."""
    for word in dict.fromkeys(fold(text).split()[:MOST_SOUGHT]):
        rows = rows.filter(folded__contains=word)
    return rows


def keep_folded(question, content=None):
    """Write `Question.folded` anew: of the words of `content` (None: of the newest version), the note, the code and the tags."""
    if content is None:
        version = newest(question)
        content = version.content if version else {}
    question.folded = folded(question, content, question.tags.names())
    Question.objects.filter(pk=question.pk).update(folded=question.folded)


def folded(question, content, tags):
    """What `Question.folded` is to say."""
    return fold(" ".join([*_words_in(content), question.note, question.code or "", *tags]))


def _words_in(part):
    """Every text in a content, without its markup."""
    if isinstance(part, str):
        return [unescape(strip_tags(part))]
    if isinstance(part, dict):
        part = [inner for key, inner in part.items() if key not in ("id", "file", "hash")]
    return [text for inner in part for text in _words_in(inner)] if isinstance(part, list) else []


# --- Writing --------------------------------------------------------------------------------------------------------------


class MoreThanWording(ValueError):
    """The change is called editorial, but it gives some answer other points: its statistics may not be counted together."""


def revise(*, question, kind, content, by=None, editorial=False, confirmed=()):
    """Keep `content` as the question's draft; nothing happens when it is what the newest version says already.

    `confirmed`: languages that say what the source says now, though nobody touched them. Returns the draft, or the newest
    version when nothing differs. Raises MoreThanWording for an editorial one that is not.
    """
    if editorial and question.current and not grading.same_key(kind, content, question.current):
        raise MoreThanWording(question)
    with transaction.atomic():
        Question.objects.select_for_update().get(pk=question.pk)
        newest = question.versions.order_by("-number").first()
        before = (newest.content, newest.translated_of) if newest else (None, {})
        translated_of = translations.carried(*before, content, confirmed)
        keep_folded(question, content)
        if newest and (newest.kind, newest.content, newest.editorial) == (kind, content, editorial):
            if newest.translated_of != translated_of:  # no word of the version: a frozen one takes it too
                newest.translated_of = translated_of
                newest.save(update_fields=["translated_of"])
            return newest
        if not newest or newest.published_at:
            editorial = editorial and newest is not None
            newest = QuestionVersion(question=question, number=newest.number + 1 if newest else 1)
        newest.kind, newest.content, newest.editorial, newest.created_by = kind, content, editorial, by
        newest.translated_of, newest.created_at = translated_of, timezone.now()
        newest.save()
        keep_images(newest)
        return newest


def keep_images(version):
    """A row for each image of the library that a version shows: none of them is deleted (courses/pictures.py)."""
    wanted = {image["id"] for image in pictures.of(version.content)}
    version.images.exclude(image__in=wanted).delete()
    for pk in wanted:
        version.images.get_or_create(image_id=pk)


def may_publish(user, question):
    """Editors and administrators; trainers of the pool's course where the course asks for no review."""
    if has_role(user, Role.EDITOR, Role.ADMINISTRATOR):
        return True
    course = question.pool.course
    return bool(course and not course.review_required and course.trainers.filter(person=user).exists())


def publishes_in(user):
    """The ids of the courses whose questions `user`, a trainer, publishes: for a list, which asks once for all its rows."""
    return set(courses_of(user).filter(review_required=False).values_list("pk", flat=True))


def publish(*, question, by=None):
    """Freeze the draft and let new attempts draw it. `by` None: the curriculum's files. Returns the version now current.

    Raises PermissionDenied when `by` may not publish questions of this pool.
    """
    if by is not None and not may_publish(by, question):
        raise PermissionDenied
    typed = question.versions.filter(published_at__isnull=True).first()
    copies = pictures.copies(typed.content) if typed else {}
    with transaction.atomic():
        question = Question.objects.select_for_update().get(pk=question.pk)
        draft = question.versions.filter(published_at__isnull=True).first()
        if draft is None:
            return question.current
        draft.published_at, draft.published_by = timezone.now(), by
        draft.content = pictures.with_copies(draft.content, copies)
        draft.save(update_fields=["published_at", "published_by", "content"])
        question.current = draft
        question.save(update_fields=["current"])
        audit.record(actor=by, deed="question published", subject=f"question {question.pk}", version=draft.number)
        pool_changed(question.pool_id)
    return draft


def retire(*, question, by, retired=True):
    """Take a question out of future draws, or back in. Raises PermissionDenied as publish does."""
    if by is not None and not may_publish(by, question):
        raise PermissionDenied
    with transaction.atomic():
        question.retired = retired
        question.save(update_fields=["retired"])
        audit.record(
            actor=by, deed="question retired" if retired else "question brought back", subject=f"question {question.pk}"
        )
        pool_changed(question.pool_id)


# --- Labels ---------------------------------------------------------------------------------------------------------------


def tidy_tags(tags):
    """Tags as they are kept: single spaces, the Uzbek signs, small letters (so one word is one tag), at most 100 signs, each once."""
    tidy = (" ".join(normalise_uzbek(tag).casefold().split())[:100].strip() for tag in tags)
    return list(dict.fromkeys(tag for tag in tidy if tag))


def may_label(user, question):
    """Whether `user` may change the labels or the pool: of what is published learners draw by them, so it is as publishing."""
    if question.current_id is None:
        return questions_of(user).filter(pk=question.pk).exists()
    return may_publish(user, question)


def move(*, question, pool, by):
    """Put a question into another pool of the same course. Raises PermissionDenied when `by` may not, or for another course's pool."""
    if pool.course_id != question.pool.course_id or not may_label(by, question):
        raise PermissionDenied
    if pool.pk == question.pool_id:
        return
    with transaction.atomic():
        left, question.pool = question.pool_id, pool
        question.save(update_fields=["pool"])
        audit.record(actor=by, deed="question moved", subject=f"question {question.pk}", pool=pool.code)
        if question.current_id:
            pool_changed(left)
            pool_changed(pool.pk)


def label(*, question, by, add=(), remove=(), level=None, competence=None):
    """Add and remove tags, set the level and the competence (None: leave it, "": none). Raises PermissionDenied as move does."""
    if not may_label(by, question):
        raise PermissionDenied
    with transaction.atomic():
        question.tags.add(*tidy_tags(add))
        question.tags.remove(*remove)
        question.level = question.level if level is None else level
        question.competence = question.competence if competence is None else competence
        question.save(update_fields=["level", "competence"])
        keep_folded(question)
        audit.record(
            actor=by,
            deed="question labelled",
            subject=f"question {question.pk}",
            tags=sorted(question.tags.names()),
            level=question.level,
            competence=question.competence,
        )
        if question.current_id:  # no quiz draws a draft
            pool_changed(question.pool_id)


def pool_changed(pool_id):
    """A course that draws from the pool may have become whole, or ceased to be."""
    syllabus.recheck(Course.objects.live().filter(activities__quiz__draws__pool=pool_id).distinct())
