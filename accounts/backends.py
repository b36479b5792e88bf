"""Who signs in, by allauth; who is signed in already is asked for by each request."""

from allauth.account import auth_backends
from django.db.models import DateField, Exists, OuterRef
from django.utils import timezone

from .models import RoleGrant, User
from .prepared import Given, Prepared


def by_key():
    """With `holds_role`: whether a second factor is due is asked at every request, and costs no query of its own."""
    grants = RoleGrant.objects.in_force(Given("today", DateField())).filter(person=OuterRef("pk"))
    return User.objects.filter(pk=Given("pk")).annotate(holds_role=Exists(grants))


BY_KEY = Prepared(by_key)


class AuthenticationBackend(auth_backends.AuthenticationBackend):
    def authenticate(self, request, **credentials):
        self._asked = set()
        return super().authenticate(request, **credentials)

    def _check_password(self, user, password):
        """Each person is asked once: allauth looks up an e-mail twice, and a second hash would tell by its time that it is known."""
        if user is None or user.pk in self._asked:
            return None
        self._asked.add(user.pk)
        return super()._check_password(user, password)

    def get_user(self, user_id):
        user = BY_KEY.first(pk=user_id, today=timezone.localdate())
        return user if user and self.user_can_authenticate(user) else None
