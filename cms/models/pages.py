"""The page tree: HomePage > CataloguePage > CoursePage > ModulePage > LessonPage | QuizPage | AssignmentPage.

A QuizPage directly under a CoursePage is its final test. A trainer never fills in the same thing twice: what is counted
is taken from these pages when they are published (cms/tree.py).
"""

import json

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable, Page, PageViewRestriction
from wagtail_localize.fields import SynchronizedField

from courses.models import QuestionPool, Quiz

from ..blocks import LessonBody
from ..panels import ChecksPanel, ShortfallsPanel, SourceRulesPanel
from ..quiz_form import QuizPageForm
from ..revisions import says_the_same
from ..rubric import RubricBlock

PROSE = ["bold", "italic", "link", "ol", "ul"]
PERCENT = [MinValueValidator(1), MaxValueValidator(100)]


class SaboqPage(Page):
    """What all our pages share: one slug in all languages, no promotion to menus."""

    promote_panels = [FieldPanel("slug"), FieldPanel("search_description")]
    override_translatable_fields = [SynchronizedField("slug")]

    class Meta:
        abstract = True

    def save_revision(self, *args, clean=True, approved_go_live_at=None, **kwargs):
        """As Wagtail's; where nothing differs from the newest revision, that one stays the newest (cms/revisions.py)."""
        newest = self.latest_revision
        if newest and not approved_go_live_at and not newest.approved_go_live_at:
            if says_the_same(newest.content, json.loads(self.to_json())):
                if clean:
                    self.full_clean()
                return newest
        return super().save_revision(*args, clean=clean, approved_go_live_at=approved_go_live_at, **kwargs)

    asked_restrictions = None  # of an instance for which they were asked already

    def get_view_restrictions(self):
        """As Wagtail's, in one query: the page's own and its ancestors', whose paths stand in its own."""
        if self.asked_restrictions is not None:
            return self.asked_restrictions
        if self.alias_of_id:
            return super().get_view_restrictions()
        over = [self.path[:n] for n in range(self.steplen, len(self.path) + 1, self.steplen)]
        return PageViewRestriction.objects.filter(page__path__in=over)


class HomePage(SaboqPage):
    lead = models.TextField(_("lead"), blank=True, max_length=500)

    content_panels = [*Page.content_panels, FieldPanel("lead")]
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["cms.CataloguePage"]
    max_count_per_parent = 3
    template = "cms/home_page.html"

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request, *args, **kwargs):
        from ..catalogue import courses_for

        return {**super().get_context(request, *args, **kwargs), "courses": courses_for(request)}


class CataloguePage(SaboqPage):
    lead = models.TextField(_("lead"), blank=True, max_length=500)

    content_panels = [*Page.content_panels, FieldPanel("lead")]
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.CoursePage"]
    template = "cms/catalogue_page.html"

    class Meta:
        verbose_name = _("catalogue")

    def get_context(self, request, *args, **kwargs):
        from ..catalogue import courses_for

        return {**super().get_context(request, *args, **kwargs), "courses": courses_for(request)}


class CheckedMixin(models.Model):
    """Facts grow old: when they were checked, when to look again, and what the author has not looked up."""

    checked = models.DateField(_("facts checked on"), null=True, blank=True)
    check_again = models.DateField(_("check again by"), null=True, blank=True)
    to_check = models.TextField(_("still to be checked (trainers see it)"), blank=True)

    checked_panel = MultiFieldPanel(
        [FieldRowPanel([FieldPanel("checked"), FieldPanel("check_again")]), FieldPanel("to_check")], heading=_("Facts")
    )
    checks_panel = ChecksPanel(heading=_("To be checked"))

    class Meta:
        abstract = True


class CoursePage(CheckedMixin, SaboqPage):
    class Cover(models.TextChoices):
        SEC = "sec", _("pomegranate, six petals")
        SMM = "smm", _("lapis, eight petals")
        CON = "con", _("turquoise, ten petals")
        WEB = "web", _("brick, twelve petals")

    code = models.SlugField(_("code"), max_length=20, help_text=_("Such as SEC: printed nowhere, never changed."))
    outcome = models.TextField(_("outcome"), max_length=1000)
    about = RichTextField(_("about the course"), features=PROSE, blank=True)
    cover = models.CharField(_("cover"), max_length=4, choices=Cover, default=Cover.SEC)
    hours = models.DecimalField(_("academic hours of the whole course"), max_digits=5, decimal_places=1, default=36)
    seminar_share = models.PositiveSmallIntegerField(
        _("share of planned seminar hours to attend, %"), default=60, validators=[MaxValueValidator(100)]
    )
    review_required = models.BooleanField(_("what trainers write is published after an editor's review"), default=True)
    open_reading = models.BooleanField(_("lessons can be read without signing in"), default=False)
    homework_counts = models.BooleanField(_("accepted homework is needed for the certificate"), default=False)
    valid_months = models.PositiveSmallIntegerField(
        _("the certificate is valid for, months"), null=True, blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(240)],
        help_text=_("Empty: for ever. A change counts for courses completed afterwards; what was issued stays as it is."),
    )  # fmt: skip

    content_panels = [
        ShortfallsPanel(heading=_("This course is not whole yet: nobody new can begin it")),
        CheckedMixin.checks_panel,
        *Page.content_panels,
        FieldPanel("outcome"),
        FieldPanel("about"),
        FieldPanel("cover"),
        CheckedMixin.checked_panel,
    ]
    settings_panels = [
        FieldPanel("code", required_on_save=False),  # a draft may lack it
        FieldRowPanel([FieldPanel("hours"), FieldPanel("seminar_share")]),
        FieldPanel("review_required"),
        FieldPanel("open_reading"),
        FieldPanel("homework_counts"),
        FieldPanel("valid_months"),
        *Page.settings_panels,
    ]
    parent_page_types = ["cms.CataloguePage"]
    subpage_types = ["cms.ModulePage", "cms.QuizPage"]
    template = "cms/course_page.html"

    class Meta:
        verbose_name = _("course")

    def get_context(self, request, *args, **kwargs):
        from ..course_page import context

        return {**super().get_context(request, *args, **kwargs), **context(request, self)}

    def serve(self, request, *args, **kwargs):
        from ..course_page import serve

        return serve(self, request) or super().serve(request, *args, **kwargs)


class ModulePage(CheckedMixin, SaboqPage):
    code = models.SlugField(_("code"), max_length=20, blank=True)
    outcome = models.TextField(_("outcome"), max_length=1000, blank=True)
    hours = models.DecimalField(_("academic hours"), max_digits=4, decimal_places=1, default=7)
    digcomp = models.CharField(
        _("DigComp 3.0 competences"), max_length=100, blank=True, help_text=_("Such as 4.1, 2.6")
    )

    content_panels = [
        CheckedMixin.checks_panel,
        *Page.content_panels,
        FieldPanel("outcome"),
        FieldRowPanel([FieldPanel("code"), FieldPanel("hours"), FieldPanel("digcomp")]),
        CheckedMixin.checked_panel,
    ]
    parent_page_types = ["cms.CoursePage"]
    subpage_types = ["cms.LessonPage", "cms.QuizPage", "cms.AssignmentPage"]

    template = "cms/module_page.html"  # of the preview alone

    class Meta:
        verbose_name = _("module")

    def get_context(self, request, *args, **kwargs):
        steps = self.get_children().order_by("path") if self.pk else ()
        return {**super().get_context(request, *args, **kwargs), "steps": steps}

    def serve(self, request, *args, **kwargs):
        """A module has no page of its own: it is a part of its course's page."""
        from django.shortcuts import redirect

        return redirect(f"{self.get_parent().get_url(request)}#{self.slug}")


class LessonPage(CheckedMixin, SaboqPage):
    outcome = models.TextField(_("outcome"), max_length=1000)
    minutes = models.PositiveSmallIntegerField(
        _("minutes of reading"), default=12, validators=[MinValueValidator(1), MaxValueValidator(240)]
    )
    body = StreamField(LessonBody(), verbose_name=_("lesson"), use_json_field=True)

    content_panels = [
        CheckedMixin.checks_panel,
        *Page.content_panels,
        FieldPanel("outcome"),
        FieldPanel("minutes"),
        FieldPanel("body"),
        CheckedMixin.checked_panel,
    ]
    parent_page_types = ["cms.ModulePage"]
    subpage_types = []
    template = "cms/lesson_page.html"

    class Meta:
        verbose_name = _("lesson")

    def get_context(self, request, *args, **kwargs):
        from ..lessons import lesson_context

        return {**super().get_context(request, *args, **kwargs), **lesson_context(request, self)}

    def serve(self, request, *args, **kwargs):
        from ..lessons import serve_lesson

        return serve_lesson(self, request) or super().serve(request, *args, **kwargs)


class QuizPage(SaboqPage):
    """The rules have the names of courses.models.Quiz, which the page in the source language fills."""

    intro = RichTextField(_("introduction"), features=PROSE, blank=True)
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark, %"), default=70, validators=PERCENT, help_text=_("From this score on the test is passed.")
    )
    attempts = models.PositiveSmallIntegerField(
        _("attempts"),
        default=3,
        validators=[MaxValueValidator(100)],
        help_text=_("How often one person may take it. 0: any number. One person can be given more."),
    )
    wait_hours = models.PositiveSmallIntegerField(
        _("hours between two attempts"),
        default=24,
        validators=[MaxValueValidator(24 * 60)],
        help_text=_("Time to read once more. 0: at once."),
    )
    penalty = models.PositiveSmallIntegerField(
        _("taken off for a wrong answer, %"),
        default=0,
        validators=[MaxValueValidator(100)],
        help_text=_(
            "Of what one question is worth; 0: nothing. For a question left out nothing is taken off, and no score falls below 0."
        ),
    )
    one_page = models.BooleanField(
        _("all questions on one page"), default=False, help_text=_("Otherwise one question a page: better on phones.")
    )
    time_limit = models.PositiveSmallIntegerField(
        _("time limit, minutes"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(1440)],
        help_text=_("From the start of an attempt. Empty: a day. One person can be given extra time."),
    )
    grace_seconds = models.PositiveSmallIntegerField(
        _("grace after the deadline, seconds"),
        default=30,
        validators=[MaxValueValidator(600)],
        help_text=_("Answers that are on their way over a weak link when the clock ends are still taken so long."),
    )
    opens_at = models.DateTimeField(
        _("opens"), null=True, blank=True, help_text=_("Nobody begins before. Tashkent time. Empty: open at once.")
    )
    closes_at = models.DateTimeField(
        _("closes"),
        null=True,
        blank=True,
        help_text=_("Nobody begins after it, and what is open then is handed in. Empty: never."),
    )
    invigilated = models.BooleanField(
        _("needs a room code"),
        default=False,
        help_text=_("For tests taken in a room under supervision: the trainer shows a code there, which soon lapses."),
    )
    shows = models.CharField(
        _("shown afterwards"),
        max_length=12,
        choices=Quiz.Shows,
        default=Quiz.Shows.WHEN_DONE,
        help_text=_("What a person sees of a graded attempt. Beside an open attempt always the score alone."),
    )

    content_panels = [
        *Page.content_panels,
        FieldPanel("intro"),
        InlinePanel(
            "draws",
            heading=_("Questions drawn"),
            label=_("Draw"),
            help_text=_("From the course's own pools, in the course's source language alone."),
        ),
        MultiFieldPanel(
            [
                SourceRulesPanel(),
                FieldRowPanel([FieldPanel("pass_mark"), FieldPanel("attempts"), FieldPanel("wait_hours")]),
                FieldRowPanel([FieldPanel("penalty"), FieldPanel("one_page")]),
            ],
            heading=_("Rules"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("time_limit"), FieldPanel("grace_seconds")]),
                FieldRowPanel([FieldPanel("opens_at"), FieldPanel("closes_at")]),
                FieldPanel("invigilated"),
            ],
            heading=_("Times"),
        ),
        MultiFieldPanel([FieldPanel("shows")], heading=_("Afterwards")),
    ]
    base_form_class = QuizPageForm
    parent_page_types = ["cms.ModulePage", "cms.CoursePage"]
    subpage_types = []
    template = "cms/quiz_page.html"

    class Meta:
        verbose_name = _("quiz")

    def clean(self):
        """Rules that contradict each other are refused before they are published, by whatever road."""
        super().clean()
        faults = {}
        if self.opens_at and self.closes_at and self.closes_at <= self.opens_at:
            faults["closes_at"] = _("It closes before it opens. Choose a later time.")
        if self.shows == Quiz.Shows.WHEN_CLOSED and not self.closes_at:
            faults["shows"] = _("Say above when the test closes, or choose something else here.")
        if self.invigilated and not self.time_limit:
            faults["time_limit"] = _("A test with a room code needs a time limit: otherwise it is finished at home.")
        if faults:
            raise ValidationError(faults)

    def get_context(self, request, *args, **kwargs):
        from ..quizzes import quiz_context

        return {**super().get_context(request, *args, **kwargs), **quiz_context(request, self)}

    def serve(self, request, *args, **kwargs):
        from ..lessons import gate

        return gate(self, request) or super().serve(request, *args, **kwargs)


class QuizDraw(Orderable):
    page = ParentalKey(QuizPage, on_delete=models.CASCADE, related_name="draws")
    pool = models.ForeignKey(QuestionPool, models.PROTECT, related_name="+", verbose_name=_("pool"))
    count = models.PositiveSmallIntegerField(
        _("questions"), default=8, validators=[MinValueValidator(1), MaxValueValidator(200)]
    )
    # Of those with these labels, where any are named.
    level = models.CharField(_("level"), max_length=16, blank=True)
    competence = models.CharField(_("competence (DigComp)"), max_length=8, blank=True)
    tag = models.CharField(_("tag"), max_length=100, blank=True)

    panels = [
        FieldRowPanel([FieldPanel("pool"), FieldPanel("count")]),
        FieldRowPanel([FieldPanel("level"), FieldPanel("competence"), FieldPanel("tag")]),
    ]

    class Meta(Orderable.Meta):
        verbose_name, verbose_name_plural = _("draw"), _("draws")
        constraints = [models.CheckConstraint(condition=Q(count__gt=0), name="a_draw_takes_questions")]


class AssignmentPage(SaboqPage):
    purpose = models.TextField(_("purpose"), max_length=2000)
    for_trainer = models.TextField(_("for the trainer (learners do not see it)"), blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes of work"), default=70)
    body = StreamField(LessonBody(), verbose_name=_("what to do"), use_json_field=True)
    rubric = StreamField(
        RubricBlock(required=False),
        verbose_name=_("criteria"),
        blank=True,
        use_json_field=True,
        help_text=_("100 points together. Points count from the course's source language alone."),
    )
    pass_points = models.PositiveSmallIntegerField(_("points to be accepted"), default=70, validators=PERCENT)
    most_files = models.PositiveSmallIntegerField(
        _("files at most"), default=5, validators=[MaxValueValidator(20)], help_text=_("0: text alone")
    )
    most_megabytes = models.PositiveSmallIntegerField(
        _("megabytes a file at most"), default=10, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    due_days = models.PositiveSmallIntegerField(
        _("days after the course was begun"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text=_("When it is due. Later it is taken all the same and marked late. Empty: any day."),
    )

    content_panels = [
        *Page.content_panels,
        FieldPanel("purpose"),
        FieldPanel("minutes"),
        FieldPanel("body"),
        FieldPanel("rubric"),
        FieldRowPanel([FieldPanel("pass_points"), FieldPanel("due_days")]),
        FieldRowPanel([FieldPanel("most_files"), FieldPanel("most_megabytes")]),
        FieldPanel("for_trainer"),
    ]
    parent_page_types = ["cms.ModulePage"]
    subpage_types = []
    template = "cms/lesson_page.html"

    class Meta:
        verbose_name = _("assignment")

    def get_context(self, request, *args, **kwargs):
        from ..lessons import assignment_context

        return {**super().get_context(request, *args, **kwargs), **assignment_context(request, self)}

    def serve(self, request, *args, **kwargs):
        from ..lessons import serve_lesson

        return serve_lesson(self, request) or super().serve(request, *args, **kwargs)
