"""What every installation has: languages, the home pages, the groups of the roles, the review workflow. Safe to run any number of times."""

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Locale,
    Page,
    Site,
    Workflow,
    WorkflowTask,
)

from accounts.models import Role
from accounts.roles import RIGHTS

from .models import CataloguePage, HomePage
from .teams import review_workflow

HOME = {"uz": "Saboq", "ru": "Saboq", "en": "Saboq"}
LEADS = {  # below a heading that names the subject
    "uz": "Telefonda oʻqing, seminarda mashq qiling, haqiqiyligini istalgan kishi tekshira oladigan sertifikat oling.",
    "ru": "Учитесь с телефона, упражняйтесь на семинаре, получите сертификат, который может проверить каждый.",
    "en": "Learn on your phone, practise in a seminar, earn a certificate that anyone can verify.",
}
CATALOGUE = {"uz": "Kurslar", "ru": "Курсы", "en": "Courses"}


@transaction.atomic
def set_up():
    """Make what is missing; touch nothing that is there. Returns the catalogue pages by language."""
    locales = {code: Locale.objects.get_or_create(language_code=code)[0] for code, _ in settings.LANGUAGES}
    homes = _homes(locales)
    catalogues = _catalogues(homes)
    _groups(homes)
    _workflow()
    return catalogues


def _homes(locales):
    source = settings.LANGUAGE_CODE
    root = Page.objects.get(depth=1)
    homes = {page.locale.language_code: page for page in HomePage.objects.select_related("locale")}
    if source not in homes:
        Page.objects.filter(depth=2, slug="home", content_type__model="page").delete()  # Wagtail's own welcome page
        root.refresh_from_db()
        homes[source] = root.add_child(
            instance=HomePage(title=HOME[source], slug="home", lead=LEADS[source], locale=locales[source], live=False)
        )
        homes[source].save_revision().publish()
    for code, locale in locales.items():
        if code not in homes:
            page = homes[source].copy_for_translation(locale)
            page.title, page.lead = HOME.get(code, "Saboq"), LEADS.get(code, LEADS[source])
            page.save_revision().publish()
            homes[code] = page
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True, hostname="localhost")
    if site.root_page_id != homes[source].pk or site.site_name != settings.SITE_NAME:
        site.root_page, site.site_name = homes[source], settings.SITE_NAME
        site.save()
    return homes


def _catalogues(homes):
    source = settings.LANGUAGE_CODE
    catalogues = {page.locale.language_code: page for page in CataloguePage.objects.select_related("locale")}
    if source not in catalogues:
        page = CataloguePage(title=CATALOGUE[source], slug="kurslar", locale=homes[source].locale, live=False)
        catalogues[source] = Page.objects.get(pk=homes[source].pk).add_child(instance=page)
        catalogues[source].save_revision().publish()
    for code, home in homes.items():
        if code not in catalogues:
            page = catalogues[source].copy_for_translation(home.locale)
            page.title = CATALOGUE.get(code, CATALOGUE[source])
            page.save_revision().publish()
            catalogues[code] = page
    return catalogues


# What the groups may do in Wagtail's admin beyond opening it; pages are given below, courses to their teams.
QUESTIONS = [f"courses.{deed}_{model}" for model in ("question", "questionpool") for deed in ("view", "add", "change")]
GLOSSARY = [f"cms.{deed}_glossaryterm" for deed in ("view", "add", "change")]
RUNS = [  # the own ones: seminars/wagtail_hooks.py
    f"seminars.{deed}_{model}" for model in ("seminar", "seminarrun") for deed in ("view", "add", "change")
]
MODEL_RIGHTS = {  # of questions and pools a trainer reaches those of the own courses (courses/policies.py)
    Role.TRAINER: [*QUESTIONS, *RUNS, "cms.view_glossaryterm", "cms.view_drawing"],
    Role.EDITOR: [*QUESTIONS, *GLOSSARY, *RUNS, "cms.view_drawing", "wagtail_localize.submit_translation"],
    Role.ADMINISTRATOR: [*QUESTIONS, *GLOSSARY, *RUNS, "cms.view_drawing", "wagtail_localize.submit_translation"],
}


def _groups(homes):
    opens_cms = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    page_rights = {
        p.codename: p
        for p in Permission.objects.filter(content_type__app_label="wagtailcore", content_type__model="page")
    }
    collection = Collection.get_first_root_node()
    for role, rights in RIGHTS.items():
        group, _ = Group.objects.get_or_create(name=rights.group)
        if not rights.cms:
            continue
        wanted = [opens_cms, *_model_rights(MODEL_RIGHTS[role])]
        group.permissions.add(*wanted)
        if rights.publish:
            codenames = ["add_page", "change_page", "publish_page", "lock_page", "unlock_page", "bulk_delete_page"]
            for home in homes.values():
                for codename in codenames:
                    GroupPagePermission.objects.get_or_create(group=group, page=home, permission=page_rights[codename])
        for app, model in (("wagtailimages", "image"), ("wagtaildocs", "document")):
            for codename in (f"add_{model}", f"choose_{model}", *([f"change_{model}"] if rights.publish else [])):
                permission = Permission.objects.get(content_type__app_label=app, codename=codename)
                GroupCollectionPermission.objects.get_or_create(
                    group=group, collection=collection, permission=permission
                )


def _model_rights(names):
    for name in names:
        app, codename = name.split(".")
        yield from Permission.objects.filter(content_type__app_label=app, codename=codename)


def _workflow():
    """Its names are rows, which all read alike: they are written in the country's own language."""
    Workflow.objects.filter(name="Moderators approval").update(active=False)  # Wagtail's own example
    if review_workflow():
        return
    with translation.override(settings.LANGUAGE_CODE):
        workflow = Workflow.objects.create(name=gettext("Review before publishing"))
        task = GroupApprovalTask.objects.create(name=gettext("Editor’s review"))
    task.groups.add(Group.objects.get(name=RIGHTS[Role.EDITOR].group))
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=1)
