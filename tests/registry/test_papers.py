"""Papers to be sealed: content frozen under a code, and the scan that finds its paper by it."""

import io
import random
import string

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from PIL import Image, ImageDraw, ImageFilter

from registry import qr
from registry.errors import BadInput, NotAllowed, RegistryError
from registry.models import Act, Paper, Source
from registry.services import papers
from registry.services.papers import SIGNS, PaperKind, check_sign, clean_code, codes_in, new_code, person
from registry.services.scans import codes_on
from registry.services.sealing import file_scans
from registry.services.sniffing import sniff
from tests import factories as make

KIND = PaperKind(
    key="test_list",
    title="试验清单",
    build=lambda unit: {"facts": [["名称", unit.name], ["责任人", person("李秀英")]]},
    seals=("村民委员会", "乡镇人民政府"),
    source_kind="handover",
)


@pytest.fixture(autouse=True)
def _a_kind_of_paper(monkeypatch):
    monkeypatch.setattr(papers, "_KINDS", dict(papers._KINDS))
    papers.register(KIND)


@pytest.fixture
def officer(cast):
    return cast.users["asset_manager"]


@pytest.fixture
def paper(road, officer):
    return papers.print_paper(kind="test_list", unit=road.unit, by=officer)


def sheet(text: str, angle: float = 0.0, side: int = 6) -> Image.Image:
    """A scanned page: the code in a corner, writing, a red seal near it, dirt, a little crooked."""
    square = qr.square(text)
    page = Image.new("RGB", (1000, 1400), "#f4f2ea")
    draw = ImageDraw.Draw(page)
    draw.rectangle((700, 60, 700 + square.side * side, 60 + square.side * side), fill="white")
    for x, y in (part.split("h")[0].split() for part in square.path.split("M")[1:]):
        left, top = 700 + int(x) * side, 60 + int(y) * side
        draw.rectangle((left, top, left + side - 1, top + side - 1), fill="black")
    for line in range(12):
        draw.text((80, 400 + 60 * line), "xing zheng cun zi chan " * 4, fill="#222222")
    draw.ellipse((120, 900, 420, 1200), outline="#c00000", width=9)
    dirt = random.Random(7)  # noqa: S311
    for _speck in range(1500):
        page.putpixel((dirt.randrange(1000), dirt.randrange(1400)), (90, 90, 90))
    return page.rotate(angle, expand=True, fillcolor="#d8d8d8").filter(ImageFilter.GaussianBlur(0.8))


def scan(*texts: str, kind: str = "JPEG", angle: float = 0.0, **more) -> bytes:
    """The file of a scan; several texts are several pages of a PDF."""
    out = io.BytesIO()
    first, *others = [sheet(text, angle) for text in texts]
    many = (
        {"save_all": True, "append_images": others, "resolution": 120} if kind == "PDF" else {"quality": 60}
    )
    first.save(out, kind, **many)
    return out.getvalue()


def address(paper: Paper) -> str:
    return f"http://192.168.1.20:8000/papers/{paper.code}/"


# --- codes
def test_codes_are_found_checked_and_never_the_same():
    codes = {new_code() for _number in range(500)}
    assert len(codes) == 500
    assert all(codes_in(f"http://x/papers/{code}/") == [code] for code in codes)
    assert codes_in("TZ-AAAAAAAAA and nothing") == []


def test_one_wrong_sign_or_two_changed_places_are_noticed():
    code = new_code()[3:]
    for place in range(8):
        for sign in SIGNS.replace(code[place], ""):
            wrong = code[:place] + sign + code[place + 1 :]
            assert codes_in(f"TZ-{wrong}") == []
    for place in range(6):
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        assert swapped == code or check_sign(swapped[:-1]) != swapped[-1]


def test_a_typed_code_is_forgiven_its_spaces_and_small_letters():
    code = new_code()
    for typed in (code.lower(), f" {code[:6]} {code[6:]} ", code[3:], code.replace("-", "—")):
        assert clean_code(typed) == code
    for typed in ("", "TZ-", "TZ-11111111", "新政发〔2025〕12号"):
        with pytest.raises(BadInput) as refused:
            clean_code(typed)
        assert refused.value.code == "no_paper_code"


# --- printing
def test_the_content_is_frozen_and_stands_in_the_book(road, officer, paper):
    road.unit.name = "改名后的道路"
    road.unit.save()
    paper.refresh_from_db()
    assert paper.data["facts"] == [["名称", "小寨产业道路"], ["责任人", {"person": "李秀英"}]]
    assert [seal["role"] for seal in paper.data["seals"]] == ["村民委员会", "乡镇人民政府"]
    act = Act.objects.get(verb="paper_printed")
    assert (act.unit_id, act.subject, act.after["paper"]) == (road.unit.pk, f"paper:{paper.code}", paper.code)


def test_papers_speak_the_language_of_the_office(road, officer):
    said = []
    papers.register(
        PaperKind(key="said", title="x", build=lambda _u: said.append(translation.get_language()) or {})
    )
    with translation.override("en"):
        papers.print_paper(kind="said", unit=road.unit, by=officer)
    assert said == ["zh-hans"]


def test_who_may_not_print_is_refused(cast, road):
    for who in ("clerk", "auditor", "finance_officer", "elsewhere", "nobody"):
        with pytest.raises(NotAllowed):
            papers.print_paper(kind="test_list", unit=road.unit, by=cast.users[who])
    with pytest.raises(BadInput):
        papers.print_paper(kind="unheard_of", unit=road.unit, by=None)


def test_a_kind_is_registered_once():
    with pytest.raises(ValueError, match="test_list"):
        papers.register(KIND)


# --- scans
@pytest.mark.parametrize("angle", [0, 3, 90, 180, 37])
def test_the_code_is_read_however_the_page_lies(tmp_path, angle):
    code = new_code()
    path = tmp_path / "scan"
    path.write_bytes(scan(f"http://x/papers/{code}/", angle=angle))
    assert codes_on(path, sniff(path, "a.jpg"), "a.jpg") == [code]


def test_codes_on_any_page_of_a_pdf_are_read(tmp_path):
    first, second = new_code(), new_code()
    path = tmp_path / "scan"
    path.write_bytes(scan("cover page", f"x/{first}/", f"x/{second}/", f"x/{first}/", kind="PDF"))
    assert codes_on(path, sniff(path, "a.pdf"), "a.pdf") == [first, second]


def test_the_scan_finds_its_paper_and_its_thing(cast, road, officer, paper):
    data = scan(address(paper), angle=2)
    (answer,) = file_scans(files=[("扫描.jpg", [data])], by=officer)
    paper.refresh_from_db()
    assert answer.papers == [paper]
    source = paper.scan
    assert (source.kind, source.number, source.division) == ("handover", paper.code, paper.division)
    assert source.files.get().name == "扫描.jpg"
    act = Act.objects.get(verb="paper_sealed")
    assert (act.unit_id, act.source, act.subject) == (road.unit.pk, source, f"paper:{paper.code}")
    (again,) = file_scans(files=[("扫描.jpg", [data])], by=officer)  # the very same file changes nothing
    assert again.papers == [paper]
    assert (
        Source.objects.filter(number__startswith=paper.code).count(),
        Act.objects.filter(verb="paper_sealed").count(),
    ) == (1, 1)


def test_every_file_has_its_answer(officer, paper):
    files = [
        ("好.jpg", [scan(address(paper))]),
        ("无码.jpg", [scan("nothing of ours")]),
        ("别处.jpg", [scan(f"x/{new_code()}/")]),
        ("文件.txt", [b"text"]),
        ("程序.jpg", [b"MZ\0"]),
    ]
    answers = file_scans(files=files, by=officer)
    assert [answer.code for answer in answers] == ["", "no_code", "no_paper", "no_scan", "program"]
    assert all(answer.name in answer.problem for answer in answers[1:2])


def test_another_scan_replaces_the_first_with_a_reason_only(officer, paper):
    file_scans(files=[("一.jpg", [scan(address(paper))])], by=officer)
    paper.refresh_from_db()
    first = paper.scan
    second = scan(address(paper), angle=1)
    (refused,) = file_scans(files=[("二.jpg", [second])], by=officer)
    assert refused.code == "sealed_already"
    assert Source.objects.filter(number__startswith=paper.code).count() == 1  # nothing half-written
    (taken,) = file_scans(files=[("二.jpg", [second])], by=officer, reason="第一份盖章不清")
    paper.refresh_from_db()
    assert taken.papers == [paper]
    assert paper.scan.number == f"{paper.code}-2"
    assert first.files.count() == 1
    act = Act.objects.filter(verb="paper_sealed").first()
    assert (act.reason, act.before) == ("第一份盖章不清", {"scan": first.pk})


def test_a_code_typed_by_hand_must_fit_what_is_read(officer, road, paper):
    other = papers.print_paper(kind="test_list", unit=road.unit, by=officer)
    (contradicted,) = file_scans(files=[("a.jpg", [scan(address(paper))])], by=officer, code=other.code)
    assert contradicted.code == "other_code"
    (wrong,) = file_scans(files=[("a.jpg", [scan("blank")])], by=officer, code="TZ-23456789")
    assert wrong.code in ("no_paper_code", "no_paper")
    (taken,) = file_scans(files=[("a.jpg", [scan("blank")])], by=officer, code=other.code.lower())
    assert taken.papers == [other]
    with pytest.raises(BadInput):
        file_scans(files=[("a.jpg", [b""]), ("b.jpg", [b""])], by=officer, code=other.code)


def test_a_scan_of_another_township_finds_nothing_here(cast, paper):
    (answer,) = file_scans(files=[("a.jpg", [scan(address(paper))])], by=cast.users["elsewhere"])
    assert (answer.papers, answer.code) == ([], "no_paper")
    with pytest.raises(NotAllowed):
        file_scans(files=[("a.jpg", [b"x"])], by=cast.users["clerk"])


def test_sealing_with_the_same_source_twice_is_no_second_act(officer, paper, cast):
    source = make.source(cast.village)
    papers.seal_paper(paper=paper, scan=source, by=officer)
    papers.seal_paper(paper=paper, scan=source, by=officer)
    assert Act.objects.filter(verb="paper_sealed").count() == 1
    with pytest.raises(RegistryError):
        papers.seal_paper(paper=paper, scan=make.source(cast.village, "x"), by=officer)


# --- pages
def test_a_paper_is_made_read_and_filed_through_the_pages(as_, road, settings):
    settings.PUBLIC_URL = "https://tianzhang.example"
    client = as_("asset_manager")
    make_page = client.get(reverse("paper_make", args=["unit", road.unit.pk])).content.decode()
    url = reverse("paper_new", args=["test_list", road.unit.pk])
    assert url in make_page
    assert "李秀英" in client.get(url).content.decode()
    assert not Paper.objects.exists()
    answer = client.post(url)
    paper = Paper.objects.get()
    assert answer["Location"] == reverse("paper", args=[paper.code])
    page = client.get(answer["Location"])
    html = page.content.decode()
    assert paper.code in html
    assert "李秀英" in html
    assert qr.square(f"https://tianzhang.example/papers/{paper.code}/").path in html
    assert " style=" not in html.split("<main")[1]
    sent = {"files": [SimpleUploadedFile("一.jpg", scan(address(paper))), SimpleUploadedFile("二.txt", b"x")]}
    done = client.post(reverse("paper_scan"), sent).content.decode()
    assert "一.jpg" in done
    assert "二.txt" in done
    paper.refresh_from_db()
    assert paper.scan
    assert (
        reverse("source", args=[paper.scan_id])
        in client.get(reverse("paper", args=[paper.code])).content.decode()
    )
    assert paper.code in client.get(reverse("papers"), {"sealed": "yes"}).content.decode()
    assert paper.code not in client.get(reverse("papers"), {"sealed": "no"}).content.decode()


def test_names_are_masked_for_those_who_may_not_see_them(as_, paper):
    html = as_("auditor").get(reverse("paper", args=[paper.code])).content.decode()
    assert "李秀英" not in html
    assert "李*英" in html
    assert as_("elsewhere").get(reverse("paper", args=[paper.code])).status_code == 404


def test_a_paper_on_income_is_closed_to_who_may_not_see_income(as_, road, officer):
    papers.register(PaperKind(key="income", title="收益表", build=lambda _u: {}, reads="see_income"))
    paper = papers.print_paper(kind="income", unit=road.unit, by=officer)
    assert as_("auditor").get(reverse("paper", args=[paper.code])).status_code == 200
    assert as_("clerk").get(reverse("paper", args=[paper.code])).status_code == 403
    assert paper.code not in as_("clerk").get(reverse("papers")).content.decode()


@pytest.mark.parametrize(
    "path", ["new/unheard_of/1", "new/test_list/x", f"new/test_list/{'9' * 30}", "make/party/1"]
)
def test_what_does_not_exist_is_not_there(as_, path):
    assert as_("admin").get(f"/papers/{path}/").status_code == 404


def test_every_sign_of_the_alphabet_can_be_told_from_the_others():
    assert not set("IOU01") & set(SIGNS)
    assert set(SIGNS) < set(string.digits + string.ascii_uppercase)
    assert len(SIGNS) == 31
