"""What no browser sends is refused before a view sees it; refusals and sign-ins are told to the log of the process.

PostgreSQL keeps no NUL, and no database keeps a key of 20 digits: either would end as an error of the server.
"""

from django.http import Http404, HttpResponseBadRequest, UnreadablePostError

from . import access_log

MOST = 2**63 - 1  # the largest key of a row
TOLD = (403, 404, 429)


def as_key(text):
    """The key of a row that a text from outside names; 0, which no row has, for what can be none, thousands of digits among it."""
    return int(text) if text.isdecimal() and len(text) < 19 else 0


class RefusingMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "%00" in request.META.get("QUERY_STRING", "") and not _reads_anything(request):
            response = _bad()
        else:
            response = self.get_response(request)
        if response.status_code in TOLD:
            access_log.refused(request, response.status_code)
        return response

    def process_view(self, request, view, args, kwargs):
        """After CsrfViewMiddleware, which has read the form of every view but those that bound their uploads first."""
        if any(map(_cannot_be, kwargs.values())) and not _reads_anything(request):
            raise Http404
        if request.method == "POST" and not getattr(view, "csrf_exempt", False):
            try:
                form = request.POST
            except UnreadablePostError:  # the link went away: the view finds out
                return None
            if any("\0" in text for _name, texts in form.lists() for text in texts):
                return _bad()
        return None


def _reads_anything(request):
    """Verification answers whatever is typed for a code, and asks the database for what can be one alone."""
    return request.path_info.startswith("/verify/")


def _cannot_be(value):
    return value > MOST if isinstance(value, int) else "\0" in str(value)


def _bad():
    return HttpResponseBadRequest("Bad request", content_type="text/plain")
