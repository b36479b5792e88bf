"""The list of people in Wagtail's admin: found in any spelling, as everywhere else."""

from django.db.models import Q
from wagtail.users.views import users

from .models import User


class PeopleIndexView(users.IndexView):
    def search_queryset(self, queryset):
        """By name and login, and by e-mail as Wagtail does."""
        if not self.is_searching:
            return queryset
        named = User.objects.matching(self.search_query).values("pk")
        return queryset.filter(Q(pk__in=named) | Q(email__icontains=self.search_query))


class PeopleViewSet(users.UserViewSet):
    index_view_class = PeopleIndexView
