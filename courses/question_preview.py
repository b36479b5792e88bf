"""A question before it is published: as a learner meets it, and what is said after the answer."""

from types import SimpleNamespace

from django.template.response import TemplateResponse

from . import kinds, questions


def preview(request, question, language):
    """The response for Wagtail's preview. `question.typed`: what stands in the form, kept nowhere yet."""
    kind, content = getattr(question, "typed", None) or _kept(question)
    page = told = None
    if kind:
        order = [part["id"] for part in kinds.parts(kind, content)]
        page = SimpleNamespace(question=kinds.shown(kind, content, order, None, language))
        told = kinds.explained(kind, content, None, language)
        told["whys"] = [choice for choice in content.get("choices", ()) if choice["why"]]
    context = {
        "object": question,
        "page": page,
        "told": told,
        "there": bool(kind) and language in kinds.languages(content),
    }
    return TemplateResponse(request, "courses/question_preview.html", context)


def _kept(question):
    version = questions.newest(question) if question.pk else None
    return (version.kind, version.content) if version else (None, None)
