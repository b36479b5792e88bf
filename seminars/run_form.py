"""The form of a run in /cms/: where, when, for whom, how many; repeated in one go; changed for one or for all that follow."""

from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import lazystr
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.forms import WagtailAdminModelForm

from accounts.models import Library, Role, User
from accounts.roles import has_role
from courses.models import Course

from . import booking, planning, series
from .dates import say
from .models import Attendance, Seat, Seminar, WalkIn


def place_field(code):
    return f"place_{code}"


def travel_field(code):
    return f"travel_{code}"


class Scope:
    ONE, FOLLOWING = "one", "following"
    CHOICES = [(ONE, _("this run alone")), (FOLLOWING, _("this run and all that follow it in the series"))]


class RunFormBase(WagtailAdminModelForm):
    call_off = forms.BooleanField(
        label=_("Call this run off"),
        help_text=_("Everybody with a seat or on the waiting list is told. This cannot be undone."),
        required=False,
    )
    scope = forms.ChoiceField(
        label=_("What is changed"), choices=Scope.CHOICES, initial=Scope.ONE, required=False, widget=forms.RadioSelect,
        help_text=_("Times move by as much as here. Sessions that are added or deleted concern this run alone."),
    )  # fmt: skip
    every = forms.ChoiceField(label=_("Repeats"), choices=series.Every.choices, required=False)
    times = forms.IntegerField(
        label=_("How many times in all"), min_value=2, max_value=series.MOST, required=False, help_text=_("2 to 60")
    )
    repeats = forms.ChoiceField(
        label=_("What repeats"), required=False, initial="sessions", widget=forms.RadioSelect,
        choices=[
            ("sessions", _("sessions of this run: one seat holds for all of them")),
            ("runs", _("runs: each has its own seats")),
        ],
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        run = self.instance
        self.before = planning.plan_of(run) | {"rules": series.rules_of(run)}
        self.began = min((times[0] for times in self.before["sessions"].values()), default=None)
        self.followers, self.made = 0, []
        for code, _name in settings.LANGUAGES:
            self.fields[place_field(code)].initial = run.place.get(code, "")
            self.fields[travel_field(code)].initial = run.travel.get(code, "")
        self.fields["seminar"].queryset = self._seminars()
        self.fields["trainers"].queryset = self._trainers()
        self.fields["for_course"].queryset = Course.objects.filter(Q(archived=False) | Q(pk=run.for_course_id))
        self.fields["cancel_hours"].help_text = _("Until then people may give their seat back themselves.")
        for name in ("library", "for_library"):
            field = self.fields[name]
            field.queryset = Library.objects.in_use().order_by("path")
            field.label_from_instance = lambda library: f"{'– ' * (library.depth - 1)}{library}"
        self._leave_out()

    def _leave_out(self):
        """What has no meaning here: repeating what is there, following where nothing follows, calling off what is called off."""
        run, out = self.instance, []
        if run.pk:
            self.fields["seminar"].disabled = True  # people have booked this one
            out += ["every", "times", "repeats"]
        else:
            self.fields["trainers"].initial = [self.for_user] if has_role(self.for_user, Role.TRAINER) else []
        if not run.pk or run.cancelled_at:
            out += ["call_off"]
        if not series.following(run, begins=self.began).exists():
            out += ["scope"]
        for name in out:
            del self.fields[name]

    def _plans_everything(self):
        return has_role(self.for_user, Role.EDITOR, Role.ADMINISTRATOR)

    def _seminars(self):
        if self.instance.pk:
            return Seminar.objects.filter(pk=self.instance.seminar_id)
        return Seminar.objects.live().planned_by(self.for_user)

    def _trainers(self):
        """Editors choose among all trainers, a trainer among the own team; who holds the run already stays in the list."""
        reach = Q(role_grants__role=Role.TRAINER)
        if not self._plans_everything():
            reach &= Q(courses_taught__course__in=self.for_user.courses_taught.values("course")) | Q(
                pk=self.for_user.pk
            )
        if self.instance.pk:
            reach |= Q(seminar_runs=self.instance)
        return User.objects.filter(pk__in=User.objects.filter(reach).values("pk")).order_by("folded")

    # --- Is it right? ---

    def clean_capacity(self):
        """Seats that are given out stay: the run is locked until it is saved (the view holds the transaction)."""
        capacity = self.cleaned_data["capacity"]
        if capacity < 1:
            raise forms.ValidationError(_("A run has at least one seat."))
        if self.instance.pk:
            booked = booking.lock(self.instance).seats.booked().count()
            if capacity < booked:
                text = ngettext(
                    "%(n)d seat is booked: there cannot be fewer.",
                    "%(n)d seats are booked: there cannot be fewer.",
                    booked,
                )
                raise forms.ValidationError(text % {"n": booked})
        return capacity

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("every") and not cleaned.get("times") and "times" not in self.errors:
            self.add_error("times", _("Say how many times in all."))
        if not (cleaned.get(place_field(settings.LANGUAGE_CODE)) or cleaned.get("online")):
            self.add_error(place_field(settings.LANGUAGE_CODE), _("Say where it is held, or that it is held on-line."))
        sessions = self.formsets["sessions"]
        if sessions.is_valid():
            self._clean_deleted([form.instance for form in sessions.deleted_forms if form.instance.pk])
            self._clean_times([form for form in sessions.forms if form not in sessions.deleted_forms])
        return cleaned

    def _clean_deleted(self, gone):
        if Attendance.objects.filter(session__in=gone).exists():
            self.add_error(None, _("A session for which attendance is marked cannot be deleted."))
        elif WalkIn.objects.filter(session__in=gone).exists():
            self.add_error(
                None, _("Somebody has asked to be let in to this session: it is not deleted but called off.")
            )
        elif gone and Seat.objects.held().filter(run=self.instance).exists():
            self.add_error(
                None,
                _("People have places in this run: a session is not deleted but called off, so that they are told."),
            )

    def _clean_times(self, forms_):
        """A session is not planned in the past, nor moved there; one that has been held stays as it is."""
        now = timezone.now()
        for form in forms_:
            begins = form.cleaned_data.get("starts_at")
            if not begins or not {"starts_at", "ends_at"} & set(form.changed_data):
                continue
            if form.instance.cancelled_at:
                form.add_error("starts_at", _("This session is called off: it is not moved any more."))
            elif form.instance.pk and form.instance.attendance.exists():
                form.add_error("starts_at", _("Attendance is marked for this session: it is not moved any more."))
            elif begins <= now:
                form.add_error("starts_at", _("%(when)s is over. Choose a time to come.") % {"when": say(begins)})
            else:
                continue
            self.add_error(None, _("Nothing was saved: look at the times of the sessions."))

    # --- Keeping it ---

    def save(self, commit=True):
        for name, field in (("place", place_field), ("travel", travel_field)):
            words = {code: text for code, _n in settings.LANGUAGES if (text := self.cleaned_data.get(field(code)))}
            setattr(self.instance, name, words)
        run = super().save(commit)
        if commit:
            self._repeat(run)
            self._follow(run)
        return run

    def _repeat(self, run):
        if every := self.cleaned_data.get("every"):
            repeat = series.repeat_runs if self.cleaned_data.get("repeats") == "runs" else series.repeat_sessions
            self.made = repeat(run=run, every=every, times=self.cleaned_data["times"])

    def _follow(self, run):
        """Tell people, and the runs that follow. What those cannot take is raised: the view shows it, and nothing is saved."""
        by, all_of_them = self.for_user, self.cleaned_data.get("scope") == Scope.FOLLOWING
        if self.cleaned_data.get("call_off"):
            planning.call_off(run=run, by=by)
            if all_of_them:
                self.followers = series.call_off_following(run=run, begins=self.began, by=by)
            return
        if all_of_them:
            changed = series.change_following(run=run, before=self.before, begins=self.began, by=by)
            self.followers = len(changed)
        plan = {name: self.before[name] for name in ("where", "sessions")}
        planning.changed(run=run, before=plan, by=by)


def _words(field, label, **kwargs):
    return {
        field(code): forms.CharField(
            label=format_lazy("{} ({})", label, lazystr(name)),
            required=False,
            **kwargs,
        )
        for code, name in settings.LANGUAGES
    }


RunForm = type(
    "RunForm",
    (RunFormBase,),
    _words(place_field, _("Place"), max_length=200)
    | _words(travel_field, _("How to get there"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})),
)
