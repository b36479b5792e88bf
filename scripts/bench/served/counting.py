"""How many queries an answer took, told to a client that asks. Asked for before the rounds, never in them."""

from django.db import connection

ASKS, TELLS = "X-Bench-Count", "X-Bench-Queries"
GIVEN_AS = "HTTP_X_BENCH_COUNT"


class CountingMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if GIVEN_AS not in request.META:  # `headers` would read all of them, in every round
            return self.get_response(request)
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as seen:
            response = self.get_response(request)
            if response.streaming:
                response.streaming_content = list(response.streaming_content)
        response.headers[TELLS] = len(seen)
        return response
