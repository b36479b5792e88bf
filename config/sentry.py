"""Reports of faults to a Sentry (or GlitchTip) of one's own, where SENTRY_DSN names one: the kind of fault and where in the code.

Nothing of the person, the request or the row goes along: `without_people` keeps what is listed and drops the rest.
"""

from .logs import REQUEST_ID, discreet

KEPT = (
    "event_id", "timestamp", "platform", "level", "logger", "environment", "release", "sdk", "type", "transaction",
)  # fmt: skip
OF_A_FRAME = ("filename", "abs_path", "function", "module", "lineno", "in_app")


def start(*, dsn, environment):
    if not dsn:
        return
    import sentry_sdk

    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        server_name="",
        auto_session_tracking=False,
        send_client_reports=False,
        enable_tracing=False,
        spotlight=False,
        http_proxy="",
        https_proxy="",
        before_send=without_people,
    )


def without_people(event, hint):
    """What may leave of an event: kind and place of the fault, the address pattern, the id of the request."""
    told = {name: event[name] for name in KEPT if name in event}
    told["tags"] = {"request_id": REQUEST_ID.get()}
    exceptions = event.get("exception", {}).get("values", [])
    if exceptions:
        told["exception"] = {"values": [_exception(one) for one in exceptions]}
    elif words := event.get("logentry", {}).get("message"):  # the words of the code, before anything was put into them
        told["logentry"] = {"message": discreet(words)}
    return told


def _exception(one):
    """Its words stay here: they quote rows and what people typed. The log has them, without what they quote."""
    frames = one.get("stacktrace", {}).get("frames", [])
    kept = {name: one[name] for name in ("type", "module", "mechanism") if name in one}
    return kept | {
        "stacktrace": {"frames": [{name: frame[name] for name in OF_A_FRAME if name in frame} for frame in frames]}
    }
