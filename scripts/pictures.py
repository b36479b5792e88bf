"""The pictures of the README, taken from a running demonstration.

    python -m scripts.pictures ADDRESS PASSWORD     such as http://localhost:8000 and what `make run` printed

Needs Chromium and poppler (`make test` says how to install them). Writes docs/pictures/*.png, each below 150 KB.
"""

import io
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts.machine import INSTALLS, ROOT, chromium, program, stop

PICTURES = ROOT / "docs" / "pictures"
MOST = 150_000  # bytes
PHONE, DESK = {"width": 390, "height": 780}, {"width": 1200, "height": 820}


def main(address, password):
    from playwright.sync_api import sync_playwright

    if not chromium():
        stop(f"There is no Chromium: {INSTALLS['Chromium']}")
    if not program("pdftoppm"):
        stop(f"There is no pdftoppm: {INSTALLS['poppler']}")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        course = f"{address}/en/kurslar/sec/"
        learner = sign_in(browser, address, "learner", password, PHONE)
        learner.goto(course)
        begin = learner.get_by_role("button", name="Begin the course")
        if begin.count():
            begin.click()
        learner.goto(course)
        take(learner, "course")
        learner.goto(f"{course}1-accounts/1-passwords/")
        learner.locator(".prose figure").first.scroll_into_view_if_needed()
        learner.mouse.wheel(0, 250)
        take(learner, "lesson")
        learner.goto(f"{address}/learning/?lang=en")
        take(learner, "learning")
        graduate = sign_in(browser, address, "graduate", password, PHONE)
        graduate.goto(f"{address}/learning/?lang=en")
        code = re.search(r"/certificates/(\w+)\.pdf", graduate.content())[1]
        graduate.goto(f"{address}/verify/{code}/?lang=en")
        take(graduate, "verify")
        certificate(graduate.request.get(f"{address}/certificates/{code}.pdf").body())
        editor = sign_in(browser, address, "editor", password, DESK)
        editor.goto(f"{address}/cms/questions/")
        editor.goto(address + editor.locator("main a[href*='/edit/']").first.get_attribute("href"))
        take(editor, "question")
        browser.close()


def sign_in(browser, address, name, password, size):
    page = browser.new_context(viewport=size, device_scale_factor=1.5 if size == PHONE else 1).new_page()
    page.goto(f"{address}/accounts/login/?lang=en")
    page.fill("[name=login]", f"{name}@example.org")
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/learning/**")
    return page


def take(page, name):
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(700)
    keep(name, page.screenshot())


def certificate(pdf):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "c.pdf").write_bytes(pdf)
        subprocess.run(["pdftoppm", "-r", "90", "-png", "-singlefile", "c.pdf", "c"], cwd=folder, check=True)
        keep("certificate", (Path(folder) / "c.png").read_bytes())


def keep(name, png):
    """Write the picture with as many colours as MOST allows."""
    from PIL import Image

    picture = Image.open(io.BytesIO(png)).convert("RGB")
    for colours in (256, 128, 64, 32):
        small = io.BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
        if len(small.getvalue()) < MOST:
            break
    (PICTURES / f"{name}.png").write_bytes(small.getvalue())
    print(f"docs/pictures/{name}.png: {len(small.getvalue()):,} bytes")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        stop(__doc__)
    main(sys.argv[1].rstrip("/"), sys.argv[2])
