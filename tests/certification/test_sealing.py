"""The finished file before its judges: PDF/UA-1, PDF/A-2a and PAdES at once; what was touched afterwards is seen."""

import asyncio
import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree

import pikepdf
import pytest
from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import SignatureCoverageLevel

from certification import drawing, images, keys, layout, signing
from certification.layout import MissingGlyph
from scripts.machine import ROOT

from . import judges
from .authority import timestamp_authority
from .samples import JUDGED, PAYLOAD, make_payload, printed, read, scribble


@pytest.fixture(scope="module")
def sealed():
    """{name: file as it is issued}; one of them with a timestamp."""
    files = {name: signing.seal(drawing.draw(payload)) for name, payload in JUDGED.items()}
    for border in ("guilloche", "plain"):
        files[border] = signing.seal(drawing.draw(designed(border)))
    with timestamp_authority() as authority, override_settings(TIMESTAMP_URL=authority.address):
        files["stamped"] = signing.seal(drawing.draw(PAYLOAD))
        assert authority.asked == 1
    clocks.append(authority.certificate)
    return files


def apart(coroutine):
    """Run in a thread of its own: in this one the browser of other tests may have its loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def test_what_is_encoded_once_is_what_pyhanko_signs_by_itself(monkeypatch):
    from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

    hand = signing._signer(keys.seal(), "")[0].signer
    how = {"signed_attr_settings": PdfCMSSignedAttributes(), "use_pades": True}
    ours = apart(hand.async_sign(b"7" * 32, "sha256", **how)).dump()
    monkeypatch.setattr(hand, "signed_attr_prov_spec", None)

    assert apart(hand.async_sign(b"7" * 32, "sha256", **how)).dump() == ours


def designed(border):
    """With a logo, which has a background, and two scanned signatures, which have none."""
    logo, scan = images.keep(scribble()), images.keep(scribble(), ink=True)
    signatories = [{**one, "scan": scan} for one in PAYLOAD["words"]["uz"]["signatories"]]
    return make_payload(
        design={"border": border, "accent": "#7a1020", "logo": logo},
        words={"signatories": signatories, "subtitle": "ustozlar uchun"},
    )


clocks = []


def judged(pdf):
    return judges.hanko(pdf, [chain[-1] for chain in keys.chains()], clocks)


def test_verapdf_finds_no_fault_in_any_sample_and_would_find_one(sealed, tmp_path):
    given = {name: tmp_path / f"{name}.pdf" for name in [*sealed, "untagged"]}
    for name, path in given.items():
        path.write_bytes(sealed[name] if name in sealed else drawing.bare(PAYLOAD)[0])

    faults = judges.verapdf(given.values())

    bad = {flavour: faults.pop((given["untagged"], flavour)) for flavour in judges.FLAVOURS}
    assert any("StructTreeRoot" in fault for fault in bad["PDFUA_1"])
    assert any("MarkInfo" in fault for fault in bad["PDFA_2_A"])
    assert faults == {(given[name], flavour): [] for name in sealed for flavour in judges.FLAVOURS}


@pytest.mark.parametrize("name", ["uz", "long", "en", "stamped"])
def test_pyhanko_finds_it_whole_ours_certified_and_closed_to_changes(sealed, name):
    status = judged(sealed[name])

    assert (status.intact, status.valid, status.trusted, status.bottom_line) == (True, True, True, True)
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert status.modification_level == ModificationLevel.NONE
    assert status.docmdp_ok
    assert (status.md_algorithm, status.pkcs7_signature_mechanism) == ("sha256", "sha256_ecdsa")
    root = read(sealed[name]).trailer["/Root"]
    signature = root["/Perms"]["/DocMDP"]
    assert signature["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature["/Reference"][0]["/TransformParams"]["/P"] == 1  # no changes


def test_without_an_authority_b_b_with_one_b_t(sealed):
    def stamp(name):
        found = judged(sealed[name]).timestamp_validity
        return found and (found.valid, found.intact, found.trusted)

    assert (stamp("uz"), stamp("stamped")) == (None, (True, True, True))


def test_another_issuers_seal_is_whole_but_not_trusted(sealed, tmp_path):
    keys.make(tmp_path / "other")
    with override_settings(SIGNING_DIR=str(tmp_path / "other")):
        foreign = signing.seal(drawing.draw(PAYLOAD))

    status = judged(foreign)

    assert (status.intact, status.trusted, status.bottom_line) == (True, False, False)


@pytest.mark.parametrize("name", ["uz", "long"])
def test_pdfsig_says_valid(sealed, name, tmp_path):
    (tmp_path / "it.pdf").write_bytes(sealed[name])

    said = judges.poppler("pdfsig", "-nocert", tmp_path / "it.pdf")

    assert "Signature Validation: Signature is Valid." in said
    assert "Signature Type: ETSI.CAdES.detached" in said
    assert "Total document signed" in said


def passes(pdf):
    try:
        return judged(pdf).bottom_line
    except (ValueError, PdfReadError):  # no signature any more, or no file
        return False


def test_one_changed_byte_is_seen_wherever_it_stands(sealed):
    """Everywhere but between the digits of the signature: of those some are not signed, and SHA-256 in the register sees them."""
    pdf = sealed["uz"]
    assert passes(pdf)
    ((_, end, start, rest),) = [one["/ByteRange"] for one in [read(pdf).trailer["/Root"]["/Perms"]["/DocMDP"]]]
    assert start + rest == len(pdf)
    for place in [*range(40, end, end // 20), end - 1, start, len(pdf) - 30]:
        touched = bytearray(pdf)
        touched[place] ^= 1
        assert not passes(bytes(touched)), place


def test_an_appended_update_is_seen(sealed):
    from pyhanko.pdf_utils.generic import pdf_name, pdf_string
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    update = IncrementalPdfFileWriter(io.BytesIO(sealed["uz"]))
    page = update.root["/Pages"]["/Kids"][0]
    page[pdf_name("/Note")] = pdf_string("36 -> 360")
    update.update_container(page)
    changed = io.BytesIO()
    update.write(changed)

    status = judged(changed.getvalue())

    assert status.intact and status.coverage != SignatureCoverageLevel.ENTIRE_FILE
    assert (status.docmdp_ok, status.bottom_line) == (False, False)


def test_the_same_words_get_the_same_signature_so_that_no_randomness_can_give_the_key_away():
    hand = signing._signer(keys.seal(), "")[0].signer
    one, again, other = (apart(hand.async_sign_raw(words, "sha256")) for words in (b"one", b"one", b"other"))

    assert one == again != other


def test_it_can_be_sealed_where_a_loop_is_running():
    async def within():
        return signing.seal(drawing.draw(PAYLOAD))

    assert passes(apart(within()))


def test_the_drawing_stands_unchanged_at_the_head_of_the_sealed_file(sealed):
    for name, payload in JUDGED.items():
        assert sealed[name].startswith(drawing.draw(payload))
        assert len(sealed[name]) < 75_000


# --- Read aloud ----------------------------------------------------------------------------------------------------------


def test_it_is_read_in_order_with_labels_before_values(sealed, tmp_path):
    (tmp_path / "it.pdf").write_bytes(sealed["ru"])

    said = judges.poppler("pdfinfo", "-struct-text", tmp_path / "it.pdf")

    lines = [line.strip().replace(" (block)", "").replace(" (inline)", "") for line in said.splitlines()]
    assert [line.strip(':"') for line in lines if line.strip('"') and line[0] != "/"] == [
        "Document", "P", "Национальная программа", "H1", "СЕРТИФИКАТ", "P", "о повышении квалификации",
        "L", "LI", "Lbl", "Владелец сертификата", "LBody", PAYLOAD["holder"],
        "LI", "Lbl", "Завершённый курс", "LBody", "Основы кибербезопасности и защита данных читателей",
        "LI", "Lbl", "Объём", "LBody", "36 академических часов",
        "LI", "Lbl", "Период обучения", "LBody", "7 сентября – 16 ноября 2026 г.",
        "LI", "Lbl", "Приказ", "LBody", "№ 12-i от 20 ноября 2026 г.",
        "LI", "Lbl", "Дата выдачи", "LBody", "22 ноября 2026 г.",
        "P", "Модули: Учётные записи и пароли · Данные читателей", "P", "№ SBQ-2026-000417", "P", "Основание: ПП-4354 от 07.06.2019",
        "L", "LI", "Lbl", "Руководитель программы", "LBody", "Р. Х. Сатторова", "P", "М.П.", "Figure", "P", "7KQ4-M9XR-T2HK",
        "P", "Link", "saboq.example/verify", "Object 12 0", "P", "ОБРАЗЕЦ. Не для применения: показ системы, квалификацию не подтверждает.",
        "Form", "Object 8 0",
    ]  # fmt: skip


def test_what_has_no_words_of_its_own_is_given_some(sealed):
    with pikepdf.open(io.BytesIO(sealed["ru"])) as pdf:
        said = {str(one.S): str(one.Alt) for one in pdf.Root.StructTreeRoot.K.K if "/Alt" in one}
        link, field = pdf.pages[0].Annots

        assert said == {
            "/Figure": "QR-код проверки: https://saboq.example/verify/7KQ4M9XRT2HK/",
            "/P": "Код проверки: 7KQ4-M9XR-T2HK",
            "/Form": "Электронная печать",
        }
        assert str(link.A.URI) == "https://saboq.example/verify/7KQ4M9XRT2HK/"
        assert str(link.Contents) == "Адрес проверки: https://saboq.example/verify/7KQ4M9XRT2HK/"
        assert str(field.TU) == "Электронная печать"


@pytest.mark.parametrize("name", JUDGED)
def test_the_metadata_can_be_read_and_say_what_the_page_says(sealed, name):
    payload = JUDGED[name]
    with pikepdf.open(io.BytesIO(drawing.draw(payload))) as pdf:
        tree = ElementTree.fromstring(pdf.Root.Metadata.read_bytes())
        said = [
            (one.tag.partition("}")[2], "".join(one.itertext()))
            for one in tree.iter()
            if one.tag.endswith(("title", "identifier"))
        ]
    assert said[0] == ("identifier", payload["verify_url"])
    assert said[1][1].endswith(f"{payload['number']}: {payload['holder']}")


@pytest.mark.parametrize(
    ("language", "holder"),
    [
        ("uz", "Toʻlqinboyeva Gʻunchaxon Maʼrufovna"),
        ("uz", "Ғуломова Ҳилола Қобилжон қизи Ўктамова"),
        ("ru", "Щербакова Ёлка Объедкова-Ыйнар"),
    ],
)
def test_pdftotext_gives_the_exact_letters(language, holder, tmp_path):
    (tmp_path / "it.pdf").write_bytes(signing.seal(drawing.draw(make_payload(language, holder=holder))))

    assert holder in judges.poppler("pdftotext", tmp_path / "it.pdf", "-").splitlines()


# --- Whatever is in a name -----------------------------------------------------------------------------------------------

SIGNS = "aoʻgʼ'’‘`ҚйщШІ-. <>&\"\\()%\u0301\u0308\u0306\u200f\u200e\u202e\u200b\u00ad\ufeff李1"


@settings(deadline=None, max_examples=25)
@given(st.text(SIGNS, min_size=1, max_size=120).filter(str.strip) | st.just("A" * 120) | st.just("Я"))
def test_a_name_is_printed_letter_for_letter_or_refused_by_name(holder):
    try:
        pdf = drawing.draw(make_payload(holder=holder))
    except MissingGlyph as refused:
        assert refused.sign in refused.text
        return
    clean = layout.clean(holder)
    assert "".join(clean.split()) in "".join(printed(pdf).split())
    assert read(pdf).metadata.title.endswith(holder)


# --- The price for those who never sign ----------------------------------------------------------------------------------


def test_a_web_process_starts_without_what_draws_and_signs():
    program = (
        "import django, sys; django.setup(); import config.urls; from django.urls import get_resolver; get_resolver().url_patterns\n"
        "print([name for name in ('pyhanko', 'pikepdf', 'reportlab.pdfgen.canvas', 'asn1crypto', 'pyld') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
