"""Baked badges: a picture with the credential inside; and the way into a LinkedIn profile."""

import io
import json
from urllib.parse import parse_qsl, urlsplit

import pytest
from bs4 import BeautifulSoup
from lxml import etree
from PIL import Image

from certification import life
from certification.badges import picture, sharing

from .samples import JUDGED, make_payload

CREDENTIAL = json.dumps({"name": "Oʻzbek ]]> <b>&", "proof": []}, ensure_ascii=False)


def test_a_png_carries_its_credential_and_the_same_words_give_the_same_bytes():
    made = picture.png(JUDGED["long"], CREDENTIAL)

    image = Image.open(io.BytesIO(made))
    assert (image.size, image.format) == ((1200, 630), "PNG")
    assert image.text == {"openbadgecredential": CREDENTIAL}
    assert b"iTXtopenbadgecredential\0\0\0\0\0" in made  # not packed, as the standard wants it
    assert len(made) < 50_000
    assert picture.png(JUDGED["long"], CREDENTIAL) == made


@pytest.mark.parametrize("sample", ["uz", "long", "one letter"])
def test_no_words_leave_the_picture(sample):
    """The edge on the right and below stays paper, however long the names are; and there is something to read."""
    image = Image.open(io.BytesIO(picture.png(JUDGED[sample], CREDENTIAL))).convert("RGB")
    right, below, middle = (
        len(image.crop(box).getcolors()) for box in ((1160, 0, 1200, 630), (270, 600, 1200, 630), (270, 0, 1160, 600))
    )

    assert (right, below) == (1, 1)
    assert middle > 5


def test_a_picture_has_the_colour_of_its_design():
    colours = [
        Image.open(io.BytesIO(picture.png(make_payload(**look), CREDENTIAL))).convert("RGB").getpixel((62, 82))
        for look in ({}, {"design": {"accent": "#7a1f2b", "border": "girih", "logo": ""}})
    ]

    assert colours[0] != colours[1]
    assert max(abs(one - other) for one, other in zip(colours[1], (0x7A, 0x1F, 0x2B), strict=True)) < 9


def test_an_svg_carries_its_credential_and_the_picture():
    made = etree.fromstring(picture.svg(make_payload("en", words={"course": "1 < 2 & 3"}), CREDENTIAL))

    (inside,) = made.findall("{https://purl.imsglobal.org/ob/v3p0}credential")
    assert json.loads(inside.text) == json.loads(CREDENTIAL)
    (image,) = made.findall("{http://www.w3.org/2000/svg}image")
    assert image.get("href").startswith("data:image/png;base64,iVBOR")
    assert made.findtext("{http://www.w3.org/2000/svg}title") == "1 < 2 & 3"


def test_pictures_are_served_with_the_badge_that_is_served(version, client, django_assert_num_queries):
    address = f"/badges/{version.code}"
    assert [client.get(f"{address}.{kind}").status_code for kind in ("png", "svg")] == [404, 404]
    life.share(certificate=version.certificate, on=True)

    png, svg, credential = (client.get(f"{address}.{kind}") for kind in ("png", "svg", "json"))

    assert Image.open(io.BytesIO(png.content)).text == {"openbadgecredential": credential.text}
    assert json.loads(etree.fromstring(svg.content)[1].text) == credential.json()
    assert (png["Content-Type"], svg["Content-Type"]) == ("image/png", "image/svg+xml")
    assert svg["Content-Security-Policy"] == "default-src 'none'; img-src data:; sandbox"
    with django_assert_num_queries(1):
        again = client.get(f"{address}.png", headers={"If-None-Match": png["ETag"]})
    assert (again.status_code, png["Cache-Control"]) == (304, "public, max-age=3600")


def test_linkedin_is_told_what_is_printed():
    address = urlsplit(sharing.linkedin(make_payload("en", expires_on="2029-03-31")))

    assert (address.netloc, address.path) == ("www.linkedin.com", "/profile/add")
    assert dict(parse_qsl(address.query)) == {
        "startTask": "CERTIFICATION_NAME", "name": "Cybersecurity and protection of reader data",
        "organizationName": "National programme", "issueYear": "2026", "issueMonth": "11",
        "certUrl": "https://saboq.example/share/7KQ4M9XRT2HK/", "certId": "SBQ-2026-000417",
        "expirationYear": "2029", "expirationMonth": "3",
    }  # fmt: skip


def test_the_holder_finds_badge_and_linkedin_while_they_are_on(version, client):
    client.force_login(version.certificate.enrolment.learner)
    links = {}
    for on in (False, True):
        life.share(certificate=version.certificate, on=on)
        page = BeautifulSoup(client.get("/certificates/").content, "html.parser")
        links[on] = {link["href"].split("?")[0] for link in page.select("main a")}

    assert links[True] - links[False] == {
        f"/share/{version.code}/", f"/badges/{version.code}.png", "https://www.linkedin.com/profile/add",
    }  # fmt: skip
