"""Seminars and runs in Wagtail's admin. Trainers see and change only those of their courses and their own."""

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Min, Q
from django.forms import CheckboxSelectMultiple
from django.urls import path
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList, Panel
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic

from accounts.text import in_language

from . import planning, series, session_views, translations
from .dates import say
from .models import Seat, Seminar, SeminarRun, Session
from .run_form import RunForm, place_field, travel_field
from .seminar_views import LastingViewSet, SeminarViewSet, found


class RunIndexView(generic.IndexView):
    is_searchable = True

    def search_queryset(self, queryset):
        """By the seminar's topic."""
        if not self.is_searching:
            return queryset
        return queryset.filter(seminar__in=found(Seminar.objects.all(), self.search_query))

    def get_base_queryset(self):
        booked = Count("seats", filter=Q(seats__state=Seat.State.BOOKED), distinct=True)
        runs = SeminarRun.objects.planned_by(self.request.user).select_related("seminar")
        return runs.annotate(begins=Min("sessions__starts_at"), booked=booked)

    def order_queryset(self, queryset):
        return queryset.order_by("-begins", "-pk")

    @cached_property
    def columns(self):
        title = self._get_title_column_class(TitleColumn)
        return [
            title("seminar", label=_("Seminar"), get_url=self.get_edit_url),
            Column("begins", label=_("Begins"), accessor=lambda run: say(run.begins) if run.begins else ""),
            Column("place", label=_("Place"), accessor=lambda run: in_language(run.place)),
            Column("series", label=_("Series"), accessor=lambda run: _("Yes") if run.series else ""),
            Column("booked", label=_("Seats booked"), accessor=lambda run: f"{run.booked} / {run.capacity}"),
            Column("cancelled_at", label=_("State"), accessor=lambda run: _("Called off") if run.cancelled_at else ""),
        ]


class RunAddView(generic.CreateView):
    def post(self, request, *args, **kwargs):
        with transaction.atomic():  # a series is made as a whole or not at all
            return super().post(request, *args, **kwargs)

    def get_success_message(self, instance):
        if made := self.form.made:
            last = say(made[-1].starts_at if isinstance(made[-1], Session) else made[-1].sessions.first().starts_at)
            words = (
                _("%(seminar)s: %(n)d sessions are planned in one run, the last %(last)s.")
                if isinstance(made[-1], Session)
                else _("%(seminar)s: %(n)d runs are planned, the last %(last)s.")
            )
            n = instance.sessions.count() if isinstance(made[-1], Session) else len(made) + 1
            return words % {"seminar": instance.seminar, "n": n, "last": last}
        return _("The run is planned: %(seminar)s.") % {"seminar": instance.seminar}


class RunEditView(generic.EditView):
    """The row is taken from those that the user may plan: another's is 404."""

    def get_queryset(self):
        return SeminarRun.objects.planned_by(self.request.user)

    def post(self, request, *args, **kwargs):
        with transaction.atomic():  # the form looks at the booked seats under the run's lock, and saves under it
            return super().post(request, *args, **kwargs)

    def form_valid(self, form):
        """What the runs that follow cannot take comes back to the form; nothing of it is saved, here nor there."""
        try:
            return super().form_valid(form)
        except series.TooFewSeats as no:
            for run, booked in no.runs:
                text = ngettext(
                    "Nothing was saved: %(when)s has %(n)d seat booked, there cannot be fewer.",
                    "Nothing was saved: %(when)s has %(n)d seats booked, there cannot be fewer.",
                    booked,
                )
                form.add_error(None, text % {"when": say(run.begins), "n": booked})
        except planning.CannotMove as no:
            form.add_error(None, session_views.why_not(no))
        self.produced_error_code, self.produced_error_message = "validation_error", self.get_error_message()
        return self.form_invalid(form)

    def get_page_subtitle(self):
        return str(self.object.seminar)

    def get_success_message(self):
        if followers := self.form.followers:
            text = ngettext(
                "The run is saved, and %(n)d that follows it: %(seminar)s.",
                "The run is saved, and %(n)d that follow it: %(seminar)s.",
                followers,
            )
            return text % {"n": followers, "seminar": self.object.seminar}
        return _("The run is saved: %(seminar)s.") % {"seminar": self.object.seminar}


class SessionsPanel(Panel):
    """The sessions of a run that is kept, each with the way to its own page."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "seminars/cms/sessions_panel.html"

        def is_shown(self):
            return bool(self.instance.pk)

        def get_context_data(self, parent_context=None):
            sessions = Session.objects.filter(run=self.instance.pk).order_by("starts_at")
            return super().get_context_data(parent_context) | {"sessions": list(sessions)}


class OfferedPanel(FieldPanel):
    """A field that the form leaves out where it has no meaning: then there is no panel."""

    class BoundPanel(FieldPanel.BoundPanel):
        def is_shown(self):
            return self.field_name in self.form.fields and super().is_shown()


class RunViewSet(LastingViewSet):
    model = SeminarRun
    name = "runs"
    icon = "calendar"
    menu_label = _("Seminar runs")
    menu_order = 320
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class, add_view_class, edit_view_class = RunIndexView, RunAddView, RunEditView
    edit_handler = ObjectList(
        [
            FieldPanel("seminar"),
            InlinePanel(
                "sessions",
                panels=[FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")]), FieldPanel("hours")],
                heading=_("Sessions"),
                label=_("Session"),
                min_num=1,
            ),
            SessionsPanel(heading=_("One session at a time")),
            MultiFieldPanel(
                [OfferedPanel("every"), OfferedPanel("times"), OfferedPanel("repeats")], heading=_("Repeat in one go")
            ),
            MultiFieldPanel(
                [
                    *(FieldPanel(place_field(code)) for code, _name in settings.LANGUAGES),
                    FieldRowPanel([FieldPanel("room"), FieldPanel("address")]),
                    *(FieldPanel(travel_field(code)) for code, _name in settings.LANGUAGES),
                    FieldPanel("library"),
                    FieldPanel("online"),
                    FieldRowPanel([FieldPanel("link"), FieldPanel("link_minutes")]),
                ],
                heading=_("Where"),
            ),
            FieldPanel("language"),
            FieldRowPanel([FieldPanel("capacity"), FieldPanel("cancel_hours")]),
            MultiFieldPanel([FieldPanel("for_library"), FieldPanel("for_course")], heading=_("Who may book")),
            FieldPanel("trainers", widget=CheckboxSelectMultiple),
            OfferedPanel("call_off"),
            OfferedPanel("scope"),
        ],
        base_form_class=RunForm,
    )


@hooks.register("register_admin_viewset")
def runs():
    return RunViewSet()


@hooks.register("register_admin_viewset")
def seminars():
    return SeminarViewSet()


@hooks.register("register_admin_urls")
def session_urls():
    return [path("runs/sessions/<int:pk>/", session_views.change, name="seminar_session")]


@hooks.register("register_log_actions")
def what_a_translation_speaks_for(actions):
    actions.register_action(translations.NOTE, _("Change words"), _("Words changed, or found in step"))
