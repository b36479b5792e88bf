"""The holder's own page: all certificates, what the public sees of them, renewal; certificates of others given in."""

import logging

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from courses.enrolments import CourseNotOpen
from courses.homework_files import CONTENT_TYPES, BadFile, LimitedUpload

from . import award, external, life, validity
from .badges import sharing
from .holder_forms import ExternalForm
from .models import Certificate, CertificateVersion, ExternalCertificate

log = logging.getLogger(__name__)


@login_required
@require_safe
def mine(request):
    """Three queries for any number of certificates, beside those of the frame."""
    rows = CertificateVersion.objects.current().filter(certificate__enrolment__learner=request.user)
    rows = list(rows.select_related("certificate__enrolment").order_by("-issued_at", "-pk"))
    newest = {}
    for version in sorted(rows, key=lambda one: one.certificate.enrolment.run_no):
        newest[version.certificate.enrolment.course_id] = version.pk
    today = timezone.localdate()
    for version in rows:
        version.may_renew = (
            version.certificate.revoked_at is None
            and version.expires_on is not None
            and (version.expires_on - today).days <= validity.RENEWAL_BEFORE
            and newest[version.certificate.enrolment.course_id] == version.pk
        )
        version.linkedin = sharing.linkedin(version.payload) if version.certificate.shared else None
        version.is_being_renewed = version.may_renew and version.certificate.enrolment.closed_at is not None
    context = {"certificates": rows, "external": request.user.external_certificates.select_related("decided_by")}
    return render(request, "certification/mine.html", context)


def _own(request, number):
    return get_object_or_404(Certificate, number=number, enrolment__learner=request.user)


@login_required
@require_POST
def share(request, number):
    """The share page and the badge on («on») or off. Verification by the code answers either way."""
    found = _own(request, number)
    life.share(certificate=found, on="on" in request.POST)
    messages.success(
        request,
        _("Whoever has their address sees the share page and the badge now.")
        if "on" in request.POST
        else _("The share page and the badge are off."),
    )
    return redirect("my_certificates")


@login_required
@require_POST
def renew(request, number):
    found = _own(request, number)
    try:
        run = award.renew(certificate=found, by=request.user)
    except life.NotPossible:
        raise Http404 from None
    except CourseNotOpen:
        messages.error(request, _("The course is closed to new learners just now. Your certificate stays as it is."))
        return redirect("my_certificates")
    messages.success(request, _("The course begins anew for you. The present certificate stays valid until its date."))
    return redirect(
        run.course.addresses.get(request.LANGUAGE_CODE) or next(iter(run.course.addresses.values()), "/learning/")
    )


# --- Certificates of others ----------------------------------------------------------------------------------------------------


@csrf_exempt  # only until the limits of the upload are known: looking for the token reads the whole form
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def give_in(request):
    if request.method != "POST":
        return _form(request, ExternalForm())
    limits = LimitedUpload(request, most_megabytes=external.MOST_MEGABYTES, most_files=1)
    request.upload_handlers.insert(0, limits)
    return _give_in(request, limits)


@csrf_protect
def _give_in(request, limits):
    form = ExternalForm(request.POST, request.FILES)
    valid = form.is_valid()
    for no in limits.refused:
        form.errors.pop("file", None)
        form.add_error("file", no.say())
    if not valid or limits.refused:
        return _form(request, form, 422)
    try:
        external.give_in(person=request.user, upload=form.cleaned_data["file"], **form.said)
    except BadFile as no:
        form.add_error("file", no.say())
        return _form(request, form, 422)
    except external.TooMany:
        form.add_error(None, _("You have given in very many already. Remove one that is not needed."))
        return _form(request, form, 422)
    messages.success(request, _("Given in. The HR department looks at it; you will get a notice."))
    return redirect("my_certificates")


@csrf_protect
def _form(request, form, status=200):
    return render(request, "certification/external_form.html", {"form": form}, status=status)


@login_required
@require_POST
def remove(request, pk):
    row = get_object_or_404(ExternalCertificate, pk=pk, person=request.user)
    try:
        external.take_back(external=row, by=request.user)
    except external.Settled:
        messages.error(request, _("It is approved: it stays in your record."))
    else:
        messages.success(request, _("Removed."))
    return redirect("my_certificates")


@login_required
@require_safe
def external_file(request, pk):
    """As it was given in: always to be saved, never shown by the browser, kept by nobody on the way."""
    row = get_object_or_404(ExternalCertificate.objects.readable_by(request.user).exclude(file=""), pk=pk)
    try:
        content = row.file.open()
    except FileNotFoundError:
        log.error("the file of external certificate %s is lost", row.pk)
        raise Http404 from None
    audit.looked_up(by=request.user, person=row.person_id, what="external certificate's file")
    kind = CONTENT_TYPES.get(row.file_kind, "application/octet-stream")
    response = FileResponse(content, as_attachment=True, filename=row.file_name, content_type=kind)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Content-Encoding"] = "identity"
    return response
