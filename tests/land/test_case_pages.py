"""Pages, papers and files of cases: who may do what, and the word that is not said too early (E01)."""

import datetime as dt
import re
from decimal import Decimal

import pytest
import shapely
from django.urls import reverse

from land.area import official_area
from land.exporters import boundary_points
from land.models import Case, Evidence
from land.services import case_closing, case_steps
from registry import geo
from registry.models import Act, Paper, PersonalData
from registry.services import papers
from registry.services.papers import PaperKind, person, print_paper
from tests import factories as make
from tests.land import casework
from tests.land.casework import DAY
from tests.land.layers import at, gpkg, take
from tests.land.test_cases import clue_columns

pytestmark = pytest.mark.django_db
WORD = "违法"


@pytest.fixture
def case(cast):
    outline = make.square(103.7, 23.0, 40)
    from land.services.case_opening import measured

    area = str(measured(outline, 4490))
    return casework.opened(cast.village, area=area, name="小寨乱搭建图斑", geom=outline)


def post(client, case, act, **data):
    values = {"on": DAY.isoformat(), "note": ""} | data
    return client.post(reverse("case_act", args=[case.unit_id, act]), values, follow=True)


def upload(name="a.jpg", wide=64):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, casework.picture(wide), "image/jpeg")


def test_the_officer_leads_a_case_through_the_pages(as_, cast, case):
    land, county = as_("land_officer"), as_("county")
    page = land.get(reverse("case", args=[case.unit_id])).content.decode()
    assert reverse("case_act", args=[case.unit_id, "accept"]) in page
    post(land, case, "accept")
    make.party("杨大山", "household", cast.village)
    assert post(land, case, "office", party_name="某某").context["form"].errors["party_name"]
    post(land, case, "office", party_name="杨大山", began_on="2021-05-01", there="砖混房屋")
    files = [upload(f"{n}.jpg", 64 + n) for n in range(3)]
    post(land, case, "field", report="砖混房屋一栋", files=files)
    assert post(land, case, "judge", outcome1="suspected", area1="1.00").context["form"].errors
    case.refresh_from_db()
    assert case.stage == "field_verified"  # a part of the clue alone is no outcome
    post(land, case, "judge", outcome1="suspected")
    assert post(land, case, "confirm").status_code == 403
    page = county.get(reverse("case", args=[case.unit_id])).content.decode()
    assert reverse("case_act", args=[case.unit_id, "confirm"]) in page
    post(county, case, "confirm")
    post(land, case, "rectify", demolish_restore=case.area_m2)
    post(land, case, "review", note="无人机复拍")
    page = land.get(reverse("case", args=[case.unit_id])).content.decode()
    assert reverse("case_act", args=[case.unit_id, "close"]) not in page  # he verified it
    assert "E02" in str(post(land, case, "close").context["form"].errors)
    post(county, case, "close")
    case.refresh_from_db()
    assert case.stage == "closed"
    assert Act.objects.filter(unit=case.unit).count() == 9


def test_the_name_of_the_party_is_masked_for_who_may_not_see_it(as_, cast, case):
    Case.objects.filter(pk=case.pk).update(party=make.party("杨大山", "household", cast.village))
    url = reverse("case", args=[case.unit_id])
    assert "杨大山" not in as_("land_officer").get(url).content.decode()
    assert "杨*山" in as_("land_officer").get(url).content.decode()
    assert "杨大山" in as_("asset_manager").get(url).content.decode()
    sheet = as_("land_officer").get("/cases/?export=csv")
    assert "杨*山" in b"".join(sheet.streaming_content).decode()


def looked_at(client, case):
    """Everything that shows a case: pages, exports, the paper, the points, findings, book and search."""
    unit = case.unit
    pages = [
        "/cases/", "/cases/?state=every", reverse("case", args=[unit.pk]), f"/u/{unit.code}",
        reverse("unit_history", args=[unit.pk]), "/findings/?reading=every", "/units/", "/", "/acts/",
        "/rules/",
        "/rules/E01/", "/parameters/", "/cases/new/", "/papers/", reverse("map-unit", args=[unit.code]),
    ]  # fmt: skip
    pages += [reverse("case_act", args=[unit.pk, act]) for act in ("judge", "evidence", "back", "pause")]
    for url in pages:
        answer = client.get(url)
        yield url, answer.content.decode()
    for url in ("/cases/?state=every&export=csv", "/cases/?state=every&export=geojson"):
        answer = client.get(url)
        yield url, b"".join(answer.streaming_content).decode()
    yield "points", client.get(reverse("boundary_points", args=[unit.pk])).content.decode("gbk")


@pytest.mark.parametrize("stage", ["clue_issued", "field_verified", "suspected"])
def test_E01_the_word_is_on_no_page_paper_or_file_before_the_confirmation(as_, cast, case, stage):
    officer = cast.users["land_officer"]
    if stage == "field_verified":
        casework.verified(case, officer)
    if stage == "suspected":
        casework.suspected(case, officer)
    Case.objects.filter(pk=case.pk).update(note="疑似建设")
    case.refresh_from_db()
    assert case.stage == stage
    wrong = [url for url, text in looked_at(as_("admin"), case) if WORD in text]
    assert wrong == []
    if stage == "suspected":
        data = print_paper(kind="case_opinion", unit=case.unit, by=officer).data
        assert WORD not in str(data)
        paper = as_("land_officer").get(reverse("paper", args=[Paper.objects.get().code])).content.decode()
        assert WORD not in paper


def test_E01_after_the_confirmation_the_paper_says_it(as_, cast, case):
    casework.confirmed(case, cast.users["land_officer"])
    data = print_paper(kind="case_opinion", unit=case.unit, by=cast.users["land_officer"]).data
    assert WORD in str(data["text"])


def test_the_opinion_holds_figures_in_both_units_verdict_parts_pictures_and_a_drawing(cast, case):
    casework.suspected(case, cast.users["land_officer"])
    data = print_paper(kind="case_opinion", unit=case.unit, by=None).data
    assert any("平方米" in str(value) and "亩" in str(value) for _label, value in data["facts"])
    assert [len(section["rows"]) for section in data["sections"]] == [1, 3]
    assert data["sketch"]["paths"][0]["kind"] == "shape"
    assert len(data["seals"]) == 2
    assert "http" not in str(data)


def test_the_opinion_names_the_party_to_who_conducts_or_decides_the_case(as_, cast, case):
    party = make.party("杨大山", "household", cast.village)
    Case.objects.filter(pk=case.pk).update(party=party)
    PersonalData.objects.create(party=party, phone="13812345678", id_number="532523196001011233")
    casework.suspected(case, cast.users["land_officer"])
    before = as_("land_officer").get(reverse("paper_new", args=["case_opinion", case.unit_id]))
    assert "杨大山" in before.content.decode()
    paper = print_paper(kind="case_opinion", unit=case.unit, by=cast.users["land_officer"])
    url = reverse("paper", args=[paper.code])
    seen = {role: as_(role).get(url).content.decode() for role in ("land_officer", "county", "auditor")}
    assert {role: "杨大山" in text for role, text in seen.items()} == {
        "land_officer": True, "county": True, "auditor": False,
    }  # fmt: skip
    assert "杨*山" in seen["auditor"]
    assert not re.search("13812345678|532523196001011233", "".join(seen.values()) + str(paper.data))


def test_other_papers_stay_masked_for_the_land_officer(as_, cast, monkeypatch):
    monkeypatch.setattr(papers, "_KINDS", dict(papers._KINDS))
    papers.register(PaperKind(key="other", title="别的", build=lambda _unit: {"lead": person("杨大山")}))
    unit = make.asset("某亭", cast.village).unit
    paper = print_paper(kind="other", unit=unit, by=None)
    html = as_("land_officer").get(reverse("paper", args=[paper.code])).content.decode()
    assert "杨大山" not in html


def test_an_opinion_needs_an_outcome(cast, case):
    from registry.errors import BadInput

    with pytest.raises(BadInput):
        print_paper(kind="case_opinion", unit=case.unit, by=None)


def test_filters_and_overdue(as_, cast, case):
    officer = cast.users["land_officer"]
    far = casework.opened(make.village(cast.xinhua, "羊街村委会"), name="另一个", on=dt.date(2026, 3, 2))
    casework.reviewed(case, officer)
    case_closing.close(case=case, on=DAY, by=cast.users["county"])
    client = as_("land_officer")

    def names(query):
        page = client.get(f"/cases/?{query}")
        return {row.record.unit.name for row in page.context["table"].rows}

    assert names("") == {"另一个"}
    assert names("state=every") == {"另一个", case.unit.name}
    assert names("state=closed") == {case.unit.name}
    assert names(f"village={cast.village.pk}&state=every") == {case.unit.name}
    assert names("late=yes") == {"另一个"}
    assert names("outcome=suspected&state=every") == {case.unit.name}
    assert names("year=2025&state=every") == set()
    assert names("year=2026&q=另") == {"另一个"}
    assert far.unit.name in client.get("/cases/").content.decode()


def test_clues_are_opened_from_the_layer_by_page(as_, cast, tmp_path):
    casework.coded_village(cast.xinhua)
    path = gpkg(tmp_path / "clues.gpkg", [at(0, 0, 30, 20), at(99, 0, 30, 20)], clue_columns(2))
    assert take(path, "clues", of=cast.xinhua)[0]["state"] == "applied"
    client = as_("land_officer")
    page = client.get("/cases/").content.decode()
    url = re.search(r"/cases/clues/\d+/", page).group()
    text = client.get(url).content.decode()
    assert "JC000" in text
    assert WORD not in text
    client.post(url, {"on": DAY.isoformat(), "numbers": ""})
    assert Case.objects.count() == 2
    assert as_("asset_manager").get(url).status_code == 403


def test_by_hand_an_outline_of_the_working_zone_gives_the_area(as_, cast):
    square = at(0, 0, 30, 20)
    typed = "\n".join(f"{x:.3f}, {y:.3f}" for x, y in list(square.exterior.coords)[:-1])
    data = {"division": cast.village.pk, "name": "新寨路口堆土", "origin": "report", "on": "2026-03-02",
            "outline": typed, "note": ""}  # fmt: skip
    client = as_("land_officer")
    assert client.post("/cases/new/", data).status_code == 302
    case = Case.objects.get()
    assert case.area_m2 == official_area(square)
    assert client.post("/cases/new/", data | {"outline": "1 2\n3 4"}).status_code == 200
    assert client.post("/cases/new/", data | {"outline": ""}).status_code == 200


def test_a_finding_becomes_a_case(as_, cast, road):
    from tests.conftest import open_finding

    finding = open_finding(road.unit, "LND-01")
    page = as_("land_officer").get(f"/cases/new/?finding={finding.pk}").content.decode()
    assert road.unit.name in page
    data = {"division": cast.village.pk, "name": "占耕", "origin": "finding", "on": "2026-03-02",
            "area_m2": "10"}  # fmt: skip
    as_("land_officer").post(f"/cases/new/?finding={finding.pk}", data)
    assert Case.objects.get().finding == finding


def test_a_picture_is_described_on_its_page(as_, cast, case):
    casework.verified(case, cast.users["land_officer"], count=1)
    one = Evidence.objects.get()
    Evidence.objects.update(azimuth=None)
    url = reverse("case_picture", args=[one.pk])
    assert url in as_("land_officer").get(reverse("case", args=[case.unit_id])).content.decode()
    as_("land_officer").post(url, {"azimuth": "90", "lon": "103.70000000", "lat": "23.00000000"})
    one.refresh_from_db()
    assert one.azimuth == 90
    assert as_("asset_manager").get(url).status_code == 403


# --- boundary points


def parsed(text):
    """Rings by plot, read by hand: [(hectares, name, {ring: [(east, north)]})]."""
    head, body = text.split("[地块坐标]\r\n")
    said = dict(line.split("=", 1) for line in head.splitlines()[1:])
    plots = []
    for line in body.splitlines():
        cells = line.split(",")
        if cells[-1] == "@":
            plots.append((cells, {}))
        else:
            name, ring, north, east = cells
            plots[-1][1].setdefault(int(ring), []).append((name, float(east), float(north)))
    return said, plots


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_boundary_points_come_back_as_they_went(encoding):
    work = shapely.MultiPolygon([
        shapely.Polygon(at(0, 0, 60, 40).exterior, [at(10, 10, 5, 5).exterior]), at(100, 0, 10, 10),
    ])  # fmt: skip
    record = geo.transform(work, 4544, 4490)
    area = official_area(work)
    plot = boundary_points.Plot("532523205200-AJ-2026-0001", "某,图斑@", record, area)
    content = boundary_points.write([plot], office="新华乡", on=DAY, encoding=encoding)
    said, plots = parsed(content.decode("utf-8-sig" if encoding == "utf-8" else "gbk"))
    assert (said["带号"], said["坐标系"], said["几度分带"]) == ("35", "2000国家大地坐标系", "3")
    assert [len(rings) for _head, rings in plots] == [2, 1]
    back = []
    for head, rings in plots:
        assert int(head[0]) == sum(len(points) for points in rings.values())
        assert head[3] == "某，图斑"
        for points in rings.values():
            assert points[0] == points[-1]  # closes on its first point
        names = [name for points in rings.values() for name, _e, _n in points[:-1]]
        assert names == [f"J{n}" for n in range(1, len(names) + 1)]
        shells = [[(east - 35_000_000, north) for _name, east, north in points] for points in rings.values()]
        back.append(shapely.Polygon(shells[0], shells[1:]))
    assert all(
        35_000_000 < x[1] < 36_000_000 for _h, rings in plots for points in rings.values() for x in points
    )
    assert shapely.hausdorff_distance(shapely.MultiPolygon(back), work) < 0.0001
    assert abs(sum(Decimal(head[1]) for head, _rings in plots) * 10_000 - area) < Decimal("0.02")


def test_any_thing_with_an_outline_gives_its_points_and_others_none(as_, road):
    url = reverse("boundary_points", args=[road.unit.pk])
    assert as_("land_officer").get(url).status_code == 404
    make.shape(road, make.square())
    answer = as_("land_officer").get(url)
    assert "J1,1," in answer.content.decode("gbk")
    assert road.unit.code in answer["Content-Disposition"]
    assert as_("clerk").get(url).status_code == 403
    assert as_("land_officer").get(f"{url}?encoding=x").status_code == 404


def test_rounds_and_pauses_show(as_, cast, case):
    officer = cast.users["land_officer"]
    casework.suspected(case, officer)
    case_steps.review_in_office(case=case, facts=case_steps.Facts(), on=DAY, by=officer)
    case_closing.pause(case=case, kind="hearing", on=DAY, by=officer)
    page = as_("auditor").get(reverse("case", args=[case.unit_id]))
    assert [one["over"] for one in page.context["rounds"]] == [True]
    assert page.context["due"]["late"] is False
    assert page.context["acts"] == []
