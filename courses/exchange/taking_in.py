"""What a pool has already, and writing what it has not. A second import of a file changes nothing."""

import hashlib
import json
import re
from contextlib import suppress
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.text import fold, in_language

from .. import pictures as copied
from .. import questions, translations
from ..answers import fixed
from ..models import Question, QuestionPool, QuestionVersion
from ..typed import plain
from . import pictures

ACCEPTED, REPAIRED, DUPLICATE, REFUSED = "accepted", "repaired", "duplicate", "refused"
VERDICTS = {
    ACCEPTED: gettext_lazy("In order"),
    REPAIRED: gettext_lazy("Repaired"),
    DUPLICATE: gettext_lazy("There already"),
    REFUSED: gettext_lazy("Refused"),
}


# --- The same question ----------------------------------------------------------------------------------------------------


def _said(html):
    """Words in any spelling, and the signs that make a difference: 2+2 is not 2-2."""
    text = plain(html)
    return (
        fold(text)
        + "|"
        + re.sub(r"[\w\s.,;:!?…'\"`«»“”„‘’ʻʼ´–—-]|(?<!\d)-", "", text)
        + "".join(re.findall(r"-(?=\d)", text))
    )


def fingerprint(kind, content, language, images=()):
    """What makes two questions the same in a language: kind, words, key and pictures. Not their feedback."""

    def say(words):
        return _said((words or {}).get(language, ""))

    if kind in ("single", "multiple"):
        key = sorted((say(choice["text"]), choice["right"]) for choice in content["choices"])
    elif kind == "ordering":
        key = [say(step["text"]) for step in content["steps"]]
    elif kind == "matching":
        key = sorted((say(pair["left"]), say(pair["right"])) for pair in content["pairs"])
    elif kind == "true_false":
        key = content["answer"]
    elif kind == "numerical":
        key = [str(Decimal(content[name]).normalize()) for name in ("answer", "tolerance")]
        key += ["%"] if content.get("percent") else []
        key += [[unit["name"], str(Decimal(unit["factor"]).normalize())] for unit in content.get("units", ())]
    elif kind == "cloze":
        key = [_gap(gap, language) for gap in content["gaps"]]
    else:
        key = _accepted(content["accept"], language)
    told = json.dumps([kind, say(content["text"]), key, sorted(images)])
    return language, hashlib.sha256(told.encode()).digest()


def _gap(gap, language):
    if "accept" in gap:
        return _accepted(gap["accept"], language)
    return sorted((_said(in_language(choice["text"], language)), choice["right"]) for choice in gap["choices"])


def _accepted(accept, language):
    return sorted({tuple(fixed(text)) for code in ("all", language) for text in accept.get(code, ())})


def known(pool):
    """The fingerprints of all versions of the pool's questions: one that was corrected since is known in both forms."""
    rows = list(QuestionVersion.objects.filter(question__pool=pool).values_list("kind", "content"))
    hashes = {}
    if wanted := {content["image"]["id"] for _kind, content in rows if content.get("image")}:
        from wagtail.images import get_image_model

        hashes = dict(get_image_model().objects.filter(pk__in=wanted).values_list("pk", "file_hash"))
    return {
        fingerprint(kind, content, code, [hashes.get(content["image"]["id"], "")] if content.get("image") else [])
        for kind, content in rows
        for code in content["text"]
    }


def judge(drafts, pool):
    """[(draft, verdict, notes)] of settled drafts: what would be, and why."""
    seen, told = known(pool), []
    for draft in drafts:
        if draft.problems:
            told.append((draft, REFUSED, draft.problems))
            continue
        hashes = [picture.sha1 for picture in draft.pictures]
        prints = {fingerprint(draft.kind, draft.content, code, hashes) for code in draft.content["text"]}
        if prints & seen:
            told.append((draft, DUPLICATE, [_("The pool has this question.")]))
            continue
        seen |= prints
        told.append((draft, REPAIRED if draft.repairs else ACCEPTED, draft.repairs))
    return told


def counts(judged):
    return {verdict: sum(one[1] == verdict for one in judged) for verdict in VERDICTS}


# --- Writing --------------------------------------------------------------------------------------------------------------


def may_publish_in(user, pool):
    return questions.may_publish(user, Question(pool=pool))


def take_in(*, pool, drafts, by=None, publish=False, file=""):
    """Write the settled `drafts` that the pool lacks, all or none of them. Returns [(draft, verdict, notes)].

    They become drafts, or published versions with `publish`. `by` None: the command line.
    Raises PermissionDenied when `by` may not publish there.
    """
    if publish and by is not None and not may_publish_in(by, pool):
        raise PermissionDenied
    stored = []
    try:
        copies = _keep_pictures(drafts, pool, by, publish, stored)
        with transaction.atomic():
            QuestionPool.objects.select_for_update().get(pk=pool.pk)  # two imports at once: the second sees the first's
            judged = judge(drafts, pool)
            wanted = [draft for draft, verdict, _notes in judged if verdict in (ACCEPTED, REPAIRED)]
            if wanted:
                _write(pool, wanted, by, publish, copies, stored)
                audit.record(
                    actor=by, deed="questions imported", subject=f"question pool {pool.code}",
                    personal={"file": (None, file)}, published=publish, **counts(judged),
                )  # fmt: skip
                questions.pool_changed(pool.pk)
    except BaseException:
        for image in stored:
            with suppress(ProtectedError):  # another import shows it already
                image.delete()
                image.file.storage.delete(image.file.name)  # at once, whatever transaction is around
        raise
    return judged


def _keep_pictures(drafts, pool, by, publish, stored):
    """The images of what seems to be wanted, and the copies that publishing makes of them: no transaction waits for drawing."""
    drafts = [draft for draft in drafts if draft.pictures]
    wanted = (
        [draft for draft, verdict, _notes in judge(drafts, pool) if verdict in (ACCEPTED, REPAIRED)] if drafts else []
    )
    copies = {}
    for draft in wanted:
        _put_pictures(draft, by, stored)
        if publish:
            copies |= copied.copies(draft.content)
    return copies


def _put_pictures(draft, by, stored):
    for picture in draft.pictures:
        pk, made = pictures.keep(picture, by)
        if made:
            stored.append(made)
        draft.content["image"] = {"id": pk, "alt": picture.alt}


def _write(pool, drafts, by, publish, copies, stored):
    """As questions.revise and questions.publish write one, in as many queries for all of them."""
    now = timezone.now()
    for draft in drafts:
        if draft.pictures and "image" not in draft.content:  # the pool had it a moment ago
            _put_pictures(draft, by, stored)
        if publish:
            copied.with_copies(draft.content, copies)
    rows = Question.objects.bulk_create([_row(pool, draft) for draft in drafts])
    versions = QuestionVersion.objects.bulk_create(
        QuestionVersion(
            question=question, number=1, kind=draft.kind, content=draft.content, created_at=now, created_by=by,
            translated_of=translations.carried(None, {}, draft.content),
            published_at=now if publish else None, published_by=by if publish else None,
        )
        for question, draft in zip(rows, drafts, strict=True)
    )  # fmt: skip
    if publish:
        for question, version in zip(rows, versions, strict=True):
            question.current = version
        Question.objects.bulk_update(rows, ["current"], batch_size=500)
    for version in versions:
        if copied.of(version.content):
            questions.keep_images(version)
    _tag(rows, drafts)


def _row(pool, draft):
    note = draft.name or plain(next(iter(draft.content["text"].values()))).replace("\n", " ")
    row = Question(pool=pool, note=note[:200], lesson=draft.lesson, level=draft.level, competence=draft.competence)
    row.folded = questions.folded(row, draft.content, questions.tidy_tags(draft.tags))
    return row


def _tag(rows, drafts):
    from django.contrib.contenttypes.models import ContentType

    through = Question.tags.through
    Tag = through.tag_model()
    names = {name for draft in drafts for name in questions.tidy_tags(draft.tags)}
    tags = {tag.name: tag for tag in Tag.objects.filter(name__in=names)}
    for name in sorted(names - set(tags)):
        tags[name] = Tag.objects.create(name=name)
    about = ContentType.objects.get_for_model(Question)
    through.objects.bulk_create(
        through(tag=tags[name], content_type=about, object_id=question.pk)
        for question, draft in zip(rows, drafts, strict=True)
        for name in questions.tidy_tags(draft.tags)
    )
