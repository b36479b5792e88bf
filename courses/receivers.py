"""Who signs in at a shared computer finds nothing of those who sat there before."""

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from . import kept_forms


@receiver(user_logged_in)
def drop_answers_of_others(sender, request, user, **kwargs):
    if request is not None and kept_forms.KEY in request.session:
        kept_forms.leave_to(session=request.session, person=user)
