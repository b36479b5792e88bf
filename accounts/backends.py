"""Who signs in, by allauth; who is signed in already is asked for by each request."""

from allauth.account import auth_backends
from allauth.account.models import EmailAddress
from django.db.models import CharField, DateField, Exists, OuterRef
from django.db.models.functions import Lower
from django.utils import timezone

from .models import RoleGrant, User
from .prepared import Given, Prepared

TYPED = Given("typed", CharField())
# Both go by the index that keeps logins and addresses unique in any case: no sign-in reads the whole table.
BY_LOGIN = Prepared(lambda: User.objects.alias(folded_login=Lower("username")).filter(folded_login=TYPED))
BY_EMAIL = Prepared(
    lambda: User.objects.alias(folded_email=Lower("email")).filter(folded_email=TYPED, email__isnull=False)
)
ADDRESSES = Prepared(lambda: EmailAddress.objects.filter(email=TYPED).select_related("user"))


def by_key():
    """With `holds_role`: whether a second factor is due is asked at every request, and costs no query of its own."""
    grants = RoleGrant.objects.in_force(Given("today", DateField())).filter(person=OuterRef("pk"))
    return User.objects.filter(pk=Given("pk")).annotate(holds_role=Exists(grants))


BY_KEY = Prepared(by_key)


def typed_as(text):
    """[User] whose login, or whose e-mail, this is in any case. No login has an «@».

    As in allauth: whoever has confirmed an address goes before those who only say that it is theirs."""
    text = text.strip().lower()
    if "@" not in text:
        return BY_LOGIN.all(typed=text)
    addresses = ADDRESSES.all(typed=text)
    confirmed = [address.user for address in addresses if address.verified]
    people = confirmed or [*(address.user for address in addresses), *BY_EMAIL.all(typed=text)]
    return list({person.pk: person for person in people}.values())


class AuthenticationBackend(auth_backends.AuthenticationBackend):
    def _authenticate(self, request, **credentials):
        """Each password is tried once: allauth tries that of an e-mail twice, and so takes longer where there is an account."""
        login, email = credentials.get("username") or "", credentials.get("email") or ""
        for person in typed_as(login if login and "@" not in login else email or login):
            if self._check_password(person, credentials["password"]):
                return person
        return None

    def get_user(self, user_id):
        user = BY_KEY.first(pk=user_id, today=timezone.localdate())
        return user if user and self.user_can_authenticate(user) else None
