"""What a first view of each page weighs on a phone: bytes, requests, largest paint, blocking time; cold, and warm as the second time.

Chromium at 360 px with a network of 400 kbit/s and 400 ms and a processor six times slower. The bytes are those on the wire.
"""

import statistics
from urllib.parse import urlsplit

A_SECOND = 50_000  # bytes: 400 kbit/s
SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": A_SECOND, "uploadThroughput": A_SECOND}
SLOWER = 6
PHONE = {"width": 360, "height": 800}
MOST_TIMES = 3
WATCH = """
window.seen = {paint: 0, blocked: 0};
new PerformanceObserver(list => { for (const one of list.getEntries()) seen.paint = one.startTime; })
  .observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver(list => { for (const one of list.getEntries()) seen.blocked += Math.max(0, one.duration - 50); })
  .observe({type: "longtask", buffered: true});
"""


def measure(port, rounds):
    """[{name, cold, warm}], each of the two {bytes, requests, paint (ms), blocked (ms)}; [] where there is no Chromium."""
    from scripts import machine

    if not (machine.chromium() and machine.browser_driver()):
        return []
    wanted = pages()  # before the browser: its driver does not go together with asking the database
    from playwright.sync_api import sync_playwright

    told = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=machine.chromium())
        for name, address, session in wanted:
            whole = f"http://localhost:{port}{address}"
            seen = [views(browser, whole, session) for _ in range(min(rounds, MOST_TIMES))]
            cold, warm = (medians(column) for column in zip(*seen, strict=True))
            told.append({"name": name, "cold": cold, "warm": warm})
        browser.close()
    return told


def views(browser, address, session):
    """(the first view, the second) in a browser that has kept nothing."""
    head = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "10.255.0.1"}  # the proxy that ended TLS
    context = browser.new_context(viewport=PHONE, device_scale_factor=2, extra_http_headers=head)
    if session:  # a browser sends it to localhost without TLS too
        safe = f"https://{urlsplit(address).netloc}/"
        context.add_cookies([{"name": "__Host-sessionid", "value": session, "url": safe, "secure": True}])
    context.add_init_script(WATCH)
    page = context.new_page()
    wire = Wire(context.new_cdp_session(page))
    found = wire.view(page, address), wire.view(page, address)
    context.close()
    return found


class Wire:
    """A slow network and processor, and what came over it."""

    def __init__(self, link):
        self.sizes = {}
        link.send("Network.enable")
        link.send("Network.emulateNetworkConditions", SLOW_3G)
        link.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        link.on("Network.loadingFinished", self._came)

    def _came(self, said):
        self.sizes[said["requestId"]] = said["encodedDataLength"]

    def view(self, page, address):
        page.goto("about:blank")
        self.sizes.clear()
        answer = page.goto(address, wait_until="networkidle", timeout=120_000)
        assert answer.status == 200 and page.url == address, f"{address}: {answer.status} {page.url}"
        for _tenth in range(100):
            seen = page.evaluate("seen")
            if seen["paint"]:  # told a little after it was painted
                break
            page.wait_for_timeout(100)
        came = [size for size in self.sizes.values() if size]  # what was kept costs nothing
        return {"bytes": sum(came), "requests": len(came), "paint": seen["paint"], "blocked": seen["blocked"]}


def medians(views):
    return {name: statistics.median(view[name] for view in views) for name in views[0]}


def pages():
    """[(name, address, session or None)] of each type of page."""
    from django.utils import timezone

    from accounts.models import User
    from certification.models import CertificateVersion
    from courses import attempts, enrolments
    from courses.models import Activity, Course

    from . import filling
    from .visitor import session_of

    logins = [filling.LEARNER, filling.GRADUATE, filling.ADMIN]
    by_login = User.objects.in_bulk(logins, field_name="username")
    learner, graduate, admin = (session_of(by_login[login]) for login in logins)
    holder = by_login[filling.GRADUATE]
    course = Course.objects.get(code="SEC")
    steps = course.activities.live().order_by("position")
    lesson = steps.filter(kind=Activity.Kind.LESSON).first()
    quiz = steps.filter(kind=Activity.Kind.QUIZ).first()
    enrolment = enrolments.begin(learner=by_login[filling.LEARNER], course=course)
    attempt = attempts.start(enrolment=enrolment, quiz=quiz.quiz, now=timezone.now())
    passed = holder.enrolments.get(course=course).attempts.filter(passed=True).first()
    version = CertificateVersion.objects.get(certificate__enrolment__learner=holder, is_current=True)
    return [
        ("home", "/uz/", None),
        ("sign-in", "/accounts/login/", None),
        ("catalogue", "/uz/kurslar/", None),
        ("verification", f"/verify/{version.code}/", None),
        ("seminars", "/seminars/", learner),
        ("My learning", "/learning/", learner),
        ("course", course.addresses["uz"], learner),
        ("lesson", lesson.addresses["uz"], learner),
        ("quiz", quiz.addresses["uz"], learner),
        ("question", f"/attempts/{attempt.pk}/", learner),
        ("result", f"/attempts/{passed.pk}/result/", graduate),
        ("own certificates", "/certificates/", graduate),
        ("HR's first page", "/hr/", admin),
        ("HR's list of people", "/hr/people/", admin),
    ]
