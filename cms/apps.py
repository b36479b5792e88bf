from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CmsConfig(AppConfig):
    name = "cms"
    verbose_name = _("Pages")

    def ready(self):
        from . import policies, receivers  # noqa: F401
        from .translating import po_jobs  # noqa: F401  (runners of accounts.jobs)

        policies.register()
        post_migrate.connect(index_for_the_search, sender=self, dispatch_uid="cms.search_index")


def index_for_the_search(*, using, apps, **kwargs):
    try:
        apps.get_model("cms", "SearchEntry")
    except LookupError:  # migrated to a state before there was one
        return
    from .search_index import install

    install(connections[using])
