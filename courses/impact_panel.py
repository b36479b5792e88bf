"""The side box of a question's page in /cms/: what rests on the question, and the way to grade anew."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.side_panels import BaseSidePanel

from . import questions
from .impact import impact_of


class ImpactSidePanel(BaseSidePanel):
    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        aria_label = _("Attempts and certificates")
        icon_name = "group"
        has_counter = False

    name = "impact"
    title = _("Attempts and certificates")
    template_name = "courses/question_impact_panel.html"
    order = 150

    def get_context_data(self, parent_context):
        return super().get_context_data(parent_context) | {
            "impact": impact_of([self.object])[self.object.pk],
            "may_publish": questions.may_publish(self.request.user, self.object),
        }
