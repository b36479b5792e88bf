"""The form of a question in /cms/: blocks while it is typed, plain JSON (courses/kinds.py) when it is kept."""

import itertools
import uuid
from contextlib import suppress

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.forms import WagtailAdminModelForm

from accounts.text import in_language

from . import competences, grading, kinds, pictures, questions, translations
from .models import Question, QuestionPool
from .question_blocks import Content, lines, unit_lines, units
from .question_fields import LANGUAGES, OTHERS, SOURCE, is_filled
from .typed import html, plain

BLANK = [{"type": "single", "value": {"choices": [{}, {}, {}, {}]}}]  # a new question opens with the commonest kind


# --- From what is kept to what is typed -----------------------------------------------------------------------------------


def to_raw(kind, content):
    """What the blocks are filled with: [{"type", "value"}] of the content of a version."""
    value = {"text": _typed(content["text"]), "feedback": _typed(content.get("feedback")), "picture": _picture(content)}
    if kind in ("single", "multiple"):
        value["choices"] = [
            _part(
                choice,
                {
                    **_typed(choice["text"]),
                    **_typed(choice.get("why"), "why_"),
                    "right": choice["right"],
                    "picture": _picture(choice),
                },
            )
            for choice in content["choices"]
        ]
    elif kind == "ordering":
        value["steps"] = [_part(step, _typed(step["text"])) for step in content["steps"]]
    elif kind == "matching":
        value["pairs"] = [
            _part(pair, {**_typed(pair["left"], "left_"), **_typed(pair["right"], "right_")})
            for pair in content["pairs"]
        ]
    elif kind == "true_false":
        value["answer"] = str(content["answer"]).lower()
    elif kind == "numerical":
        tolerance = "" if content["tolerance"] == "0" else content["tolerance"]
        value |= {
            "answer": content["answer"],
            "tolerance": f"{tolerance} %" if content.get("percent") else tolerance,
            "units": "\n".join(unit_lines(content.get("units", ()))),
        }
    elif kind == "short_answer":
        value["accept"] = {key: "\n".join(texts) for key, texts in content["accept"].items()}
    elif kind == "cloze":
        value["gaps"] = [_part(gap, _gap(gap)) for gap in content["gaps"]]
    return [{"type": kind, "value": value}]


def _typed(words, prefix=""):
    return {prefix + code: plain((words or {}).get(code, "")) for code in LANGUAGES}


def _picture(part):
    image = part.get("image")
    return {"image": image["id"], **_typed(image["alt"], "alt_")} if image else {}


def _gap(gap):
    if "accept" in gap:
        return {"way": "type", **{key: "\n".join(texts) for key, texts in gap["accept"].items()}}
    choices = sorted(gap["choices"], key=lambda choice: not choice["right"])
    keys = [key for key in ("all", *LANGUAGES) if any(choice["text"].get(key) for choice in choices)]
    return {
        "way": "choose",
        **{key: "\n".join(plain(choice["text"].get(key, "")) for choice in choices) for key in keys},
    }


def _part(part, value):
    return {"type": "item", "id": part["id"], "value": value}  # answers name the id: it stays through every edit


# --- From what is typed to what is kept -----------------------------------------------------------------------------------


def to_content(value, before=None):
    """(kind, content) of the cleaned blocks; (None, None) where there is none yet.

    `before`: the content that was edited. A text nobody touched stays as it was, whatever markup it came with.
    """
    if not value:
        return None, None
    kind, typed = value[0].block_type, value[0].value
    known = {plain(text): text for text in _texts(before)}

    def words(values, prefix=""):
        found = {code: (values.get(prefix + code) or "").replace("\r\n", "\n").strip() for code in (SOURCE, *OTHERS)}
        return {code: known.get(text) or html(text, code) for code, text in found.items() if text}

    kept = {image["id"]: image for image in pictures.of(before)} if before else {}

    def picture(values):
        """The image with its copy, as long as the library's own file is the one that was copied."""
        image = values["picture"]["image"]
        if not image:
            return {}
        copy = kept.get(image.pk, {})
        copied = {name: copy[name] for name in pictures.COPIED if copy.get("hash") == image.file_hash and name in copy}
        return {"image": {"id": image.pk, "alt": words(values["picture"], "alt_"), **copied}}

    content = {"text": words(typed["text"]), "feedback": words(typed["feedback"]), **picture(typed)}
    if kind in ("single", "multiple"):
        content["choices"] = [
            {
                "id": key,
                "text": words(choice),
                "right": bool(choice["right"]),
                "why": words(choice, "why_"),
                **picture(choice),
            }
            for key, choice in _with_ids(typed["choices"])
        ]
    elif kind == "ordering":
        content["steps"] = [{"id": key, "text": words(step)} for key, step in _with_ids(typed["steps"])]
    elif kind == "matching":
        content["pairs"] = [
            {"id": key, "left": words(pair, "left_"), "right": words(pair, "right_")}
            for key, pair in _with_ids(typed["pairs"])
        ]
    elif kind == "true_false":
        content["answer"] = typed["answer"] == "true"
    elif kind == "numerical":
        for name in ("answer", "tolerance"):
            number = kinds.to_number(typed[name] or "")
            content[name] = "0" if number is None else str(number)
        if "%" in (typed["tolerance"] or "") and content["tolerance"] != "0":
            content["percent"] = True
        with suppress(ValidationError):  # in a preview of what is half typed
            content |= {"units": found} if (found := units(typed["units"])) else {}
    elif kind == "short_answer":
        content["accept"] = {key: lines(text) for key, text in typed["accept"].items() if lines(text)}
    elif kind == "cloze":
        gaps = {gap["id"]: gap for gap in (before or {}).get("gaps", ())}
        content["gaps"] = [_typed_gap(key, gap, gaps.get(key, {})) for key, gap in _with_ids(typed["gaps"])]
    return kind, content


def _typed_gap(key, typed, before):
    """A gap as it is kept. A choice that says the same keeps its id; ids are unique in the whole question."""
    texts = {name: lines(typed[name]) for name in ("all", *LANGUAGES) if lines(typed[name])}
    if typed["way"] == "type":
        return {"id": key, "accept": texts}
    ids = {plain(in_language(choice["text"], SOURCE)): choice["id"] for choice in before.get("choices", ())}
    first = texts.get("all") or texts.get(SOURCE, [])
    taken = set(ids.values())
    fresh = (f"{key}-{n}" for n in itertools.count(1) if f"{key}-{n}" not in taken)
    return {
        "id": key,
        "choices": [
            {
                "id": ids.pop(line, None) or next(fresh),
                "text": {code: html(said[n], code) for code, said in texts.items() if n < len(said)},
                "right": n == 0,
            }
            for n, line in enumerate(first)
        ],
    }


def _with_ids(parts):
    seen = set()
    for child in parts.bound_blocks:
        if not is_filled(child.value):
            continue  # only a preview comes here with such: nobody has typed it yet
        key = child.id if child.id and len(child.id) <= 36 and child.id not in seen else str(uuid.uuid4())
        seen.add(key)
        yield key, child.value


def _texts(content):
    """Every HTML text in a content, in any language."""
    if isinstance(content, dict):
        if content and set(content) <= set(LANGUAGES) and all(isinstance(text, str) for text in content.values()):
            yield from content.values()
        else:
            for part in content.values():
                yield from _texts(part)
    elif isinstance(content, list):
        for part in content:
            yield from _texts(part)


# --- The forms ------------------------------------------------------------------------------------------------------------


class PoolChoice(forms.ModelChoiceField):
    """Pools, with how many questions each has ready to be drawn."""

    def label_from_instance(self, pool):
        ready = getattr(pool, "ready", None)
        return str(pool) if ready is None else _("%(pool)s (ready: %(n)s)") % {"pool": pool, "n": ready}


def confirm_fields():
    """A box for each language but the source: it is shown while the translation is stale."""
    return {
        f"confirm_{code}": forms.BooleanField(
            required=False,
            label=format_lazy(_("{language}: the translation is right as it is"), language=LANGUAGES[code]),
            help_text=format_lazy(
                _("{source} has changed since this was translated. Mend the translation, or say that it still holds."),
                source=LANGUAGES[SOURCE],
            ),
        )
        for code in OTHERS
    }


LABELS = ("level", "competence", "tags")


class _QuestionForm(WagtailAdminModelForm):
    pool = PoolChoice(QuestionPool.objects.none(), label=_("Question pool"))
    content = blocks.BlockField(block=Content(), label=_("Question"))
    competence = forms.ChoiceField(
        choices=lambda: [("", "—"), *competences.choices()], required=False, label=_("Competence (DigComp)")
    )
    editorial = forms.BooleanField(
        label=_("Only the wording changes"), required=False,
        help_text=_("A correction of spelling, say: results before and after are counted together."),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["pool"].queryset = questions.pools_of(self.for_user)
        version = questions.newest(self.instance) if self.instance.pk else None
        self.before = version.content if version else None
        self.stale = translations.stale(version.translated_of) if version else []
        block = self.fields["content"].block
        raw = to_raw(version.kind, version.content) if version else BLANK
        self.initial["content"] = block.to_python(raw)
        self.initial["editorial"] = bool(version and version.editorial and not version.published_at)
        if self.instance.pk is None:
            self.initial.setdefault("pool", self.fields["pool"].queryset.values_list("pk", flat=True).first())
        if self.instance.current_id is None:
            del self.fields["editorial"]
        for code in OTHERS:
            if code not in self.stale:
                del self.fields[f"confirm_{code}"]

    def clean_pool(self):
        """A published question that moves changes what two courses draw: only for who may publish in both."""
        pool, question = self.cleaned_data["pool"], self.instance
        if question.current_id and pool.pk != question.pool_id:
            if not all(questions.may_publish(self.for_user, one) for one in (question, Question(pool=pool))):
                raise ValidationError(_("This question is published: only an editor moves it to another pool."))
        return pool

    def clean_content(self):
        """An image that the question has not had yet is one that the person may choose."""
        content = self.cleaned_data["content"]
        had = {image["id"] for image in pictures.of(self.before)} if self.before else set()
        chosen = {image["id"] for image in pictures.of(to_content(content)[1] or {})} - had
        if chosen - pictures.choosable(self.for_user, chosen):
            raise ValidationError(_("You may not use this picture. Choose another one."))
        return content

    def clean_tags(self):
        return questions.tidy_tags(self.cleaned_data["tags"])

    def clean(self):
        """Only words are editorial. Learners draw a published question by its labels: they change with the right to publish."""
        cleaned = super().clean()
        question = self.instance
        if cleaned.get("editorial") and cleaned.get("content"):
            kind, content = to_content(cleaned["content"], self.before)
            if not grading.same_key(kind, content, question.current):
                told = _("The key or the parts change too: that is more than wording. Results are counted apart then.")
                self.add_error("editorial", told)
        if question.current_id and not questions.may_publish(self.for_user, question):
            for name in LABELS:
                if name in self.changed_data and name in self.fields and self._differs(name, cleaned.get(name)):
                    self.add_error(name, _("This question is published: only an editor changes its labels."))
        return cleaned

    def _differs(self, name, value):
        kept = Question.objects.get(pk=self.instance.pk)
        return set(value or []) != set(kept.tags.names()) if name == "tags" else value != getattr(kept, name)

    def save(self, commit=True):
        """Keep what was typed as the question's draft; with commit=False only on the instance, for a preview."""
        kind, content = to_content(self.cleaned_data["content"], self.before)
        question = self.instance
        if not commit:
            question.typed = (kind, content)
            return super().save(commit=False)
        if not question.note:
            question.note = plain(in_language(content["text"], settings.LANGUAGE_CODE)).replace("\n", " ")[:200]
        moved_from = self.initial.get("pool") if question.pk and "pool" in self.changed_data else None
        is_relabelled = bool(question.pk and set(LABELS) & set(self.changed_data))
        super().save()
        questions.revise(
            question=question,
            kind=kind,
            content=content,
            by=self.for_user,
            editorial=self.cleaned_data.get("editorial", False),
            confirmed=[code for code in self.stale if self.cleaned_data.get(f"confirm_{code}")],
        )
        if moved_from:
            questions.pool_changed(moved_from)
        if moved_from or is_relabelled:
            questions.pool_changed(question.pool_id)
        return question


QuestionForm = type(_QuestionForm)("QuestionForm", (_QuestionForm,), {**confirm_fields(), "__module__": __name__})


def title_fields(**kwargs):
    return {
        f"title_{code}": forms.CharField(label=name, max_length=200, required=code == SOURCE, **kwargs)
        for code, name in LANGUAGES.items()
    }


class _TitlesForm(WagtailAdminModelForm):
    """For a record whose `titles` are {language: text}: one field a language."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for code in LANGUAGES:
            self.initial[f"title_{code}"] = (self.instance.titles or {}).get(code, "")

    def save(self, commit=True):
        typed = {code: self.cleaned_data[f"title_{code}"] for code in LANGUAGES}
        others = {code: text for code, text in (self.instance.titles or {}).items() if code not in LANGUAGES}
        self.instance.titles = {**others, **{code: text for code, text in typed.items() if text}}
        return super().save(commit)


TitlesForm = type(_TitlesForm)("TitlesForm", (_TitlesForm,), {**title_fields(), "__module__": __name__})


class PoolForm(TitlesForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        course = self.fields["course"]
        course.queryset = questions.courses_of(self.for_user)
        everywhere = questions.writes_everywhere(self.for_user)
        course.required = not everywhere  # a trainer's pool belongs to a course of the trainer's
        course.disabled = bool(self.instance.pk) and not everywhere  # and stays there: each course has its own review
