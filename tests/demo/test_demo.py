"""The demo township holds what was planted in it, and the three users find their way in a real browser: no
request to another host, no console error. One file, so that several processes serve the site once."""

from __future__ import annotations

import os
import re
from decimal import Decimal
from pathlib import Path

import pytest

from tests.demo.looks import AUDITED, faults, walk

PICTURES = os.environ.get("TIANZHANG_PICTURES")  # a folder: the pictures of the README are written there
DEMO_USERS = {"admin", "county", "assets", "land", "finance", "clerk", "auditor", "assets2"}


def test_the_summary_names_users_units_parcels_and_findings(site):
    assert set(site.answer["users"]) == DEMO_USERS
    assert site.answer["units"] == site.truth["counts"]["assets"]
    assert site.answer["parcels"] == site.truth["counts"]["parcels"]["2025"]
    assert site.answer["url"] == site.url
    assert site.answer["findings"]["UPK-01"] == len(site.truth["findings"]["UPK-01"])


OF_THE_SURVEY = {"P07", "P13"}


def test_the_open_findings_are_those_that_were_planted(site):
    status, found, _words = site.manage("findings", "--open")
    assert status == 0
    by_rule: dict[str, set[str]] = {}
    for finding in found:
        if (
            finding["rule"] in OF_THE_SURVEY
        ):  # parcels that the made surveys show planted, not named one by one
            assert finding["details"]["parcel"]
            assert float(finding["details"]["area"]) > 0
            continue
        by_rule.setdefault(finding["rule"], set()).add(finding["unit"] or finding["division"])
    assert {rule: sorted(units) for rule, units in by_rule.items()} == {
        rule: sorted(units) for rule, units in site.truth["findings"].items()
    }


def test_every_finding_speaks_chinese_and_says_since_when(site):
    _status, found, _words = site.manage("findings", "--open")
    for finding in found:
        assert any("\u4e00" <= letter <= "\u9fff" for letter in finding["message"])
        assert "is in use" not in finding["message"]
        assert finding["since"] <= finding["opened"]


def test_planted_verdicts_come_out_to_the_cent(site):
    _status, found, _words = site.manage("findings", "--rule", "LND-01", "--open")
    details = {finding["unit"]: finding["details"] for finding in found}
    for code, planted in site.truth["verdicts"].items():
        if planted["verdict"] in ("OCCUPIES", "REVIEW"):
            assert details[code]["verdict"] == planted["verdict"]
        else:
            assert code not in details
        if planted["verdict"] == "OCCUPIES":
            measured = Decimal(details[code]["basic_farmland_m2"])
            assert abs(measured - Decimal(planted["area_m2"])) <= Decimal("0.02") + measured * Decimal("2e-5")


def test_who_keeps_what_up_is_answered_for_the_township(site):
    status, rows, _words = site.manage("responsible", "--division", "532523205")
    assert status == 0
    kept = {row["unit"] for row in rows}
    assert not kept & set(site.truth["findings"]["UPK-01"])
    assert {"unit", "name", "division", "body", "person", "since", "until", "share"} <= rows[0].keys()
    assert len(kept) > 600


def test_who_owns_the_income_is_answered_with_shares(site):
    status, rows, _words = site.manage("income_owners", "--division", "532523205")
    assert status == 0
    owned = {row["unit"] for row in rows}
    assert not owned & set(site.truth["other"]["income_missing"])
    assert any(row["share"] not in ("1/1", "1") for row in rows)


def test_the_red_line_is_answered_for_the_sample_site(site):
    path = site.home / "demo" / "sample_site.geojson"
    status, run, _words = site.manage("redline", str(path))
    assert status == 1
    assert run["verdict"] == "OCCUPIES"
    again = site.manage("redline", str(path))[1]
    assert again == run
    zipped = site.manage(
        "redline", str(site.home / "demo" / "sample_site_gbk.zip"), "--source-crs", "EPSG:4544"
    )
    assert zipped[1]["verdict"] == "OCCUPIES"


def test_loading_the_demo_again_changes_nothing(site):
    before = site.manage("findings")[1]
    status, answer, _words = site.manage("demo")
    assert status == 0
    assert answer["units"] == site.answer["units"]
    after = site.manage("findings")[1]
    assert [(f["rule"], f["unit"], f["state"]) for f in after] == [
        (f["rule"], f["unit"], f["state"]) for f in before
    ]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("findings", "--division", "999"), 2),
        (("evaluate", "--rule", "NIL-99"), 2),
        (("responsible", "--as-of", "yesterday"), 2),
        (("redline", "/nowhere/file.geojson"), 2),
        (("import_ledger", "/nowhere/ledger.xlsx", "--kind", "assets"), 2),
        (("import_layer", "/nowhere/layer.gpkg", "--as", "parcels", "--year", "2025"), 2),
        (("reverse_batch", "999999"), 2),
    ],
)
def test_what_cannot_be_done_ends_with_2_and_a_sentence(site, words, status):
    code, document, said = site.manage(*words)
    assert code == status
    assert document is None
    assert said.strip()
    assert "Traceback" not in said


def picture(page, name: str) -> None:
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{PICTURES}/{name}.png")


def map_is_drawn(page) -> None:
    page.wait_for_selector(".leaflet-container[data-ready]")
    page.wait_for_load_state("networkidle")


def test_the_asset_manager_names_a_keeper_and_the_finding_closes(visit, site):
    code = site.truth["findings"]["UPK-01"][0]
    page = visit("assets")
    picture(page, "workbench")
    assert page.locator(".task, .tasks li").count() > 0
    page.goto(f"{site.url}u/{code}")
    assert page.locator("main a[href*='/findings/']").count() >= 1
    page.click("a[href*='/keeper/']")
    page.fill("[name=body_name]", "新华村民委员会")
    page.fill("[name=person_name]", "杨文学")
    page.fill("[name=source_number]", "新管〔2026〕8号") if page.locator(
        "[name=source_number]"
    ).count() else None
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/u/"))
    text = page.inner_text("main")
    assert "新华村民委员会" in text
    assert "杨文学" in text
    _status, found, _words = site.manage("findings", "--rule", "UPK-01", "--open")
    assert code not in {finding["unit"] for finding in found}


def test_the_asset_manager_records_an_inspection_on_a_phone(visit, site):
    code = site.truth["findings"]["UPK-06"][0]
    page = visit("assets", "phone")
    page.goto(f"{site.url}u/{code}")
    page.locator("a[href*='/inspection/']").first.click()
    page.locator("label", has=page.locator("[name=condition][value=good]")).click()
    page.locator("details", has=page.locator("[name=inspector]")).locator("summary").click()
    page.fill("[name=inspector]", "杨文学")
    picture(page, "inspection-phone")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/u/"))
    _status, found, _words = site.manage("findings", "--rule", "UPK-06", "--open")
    assert code not in {finding["unit"] for finding in found}


def test_the_messy_sample_ledger_is_previewed_applied_and_taken_back(visit, site):
    page = visit("assets")
    page.goto(f"{site.url}imports/new/ledger:assets/")
    page.set_input_files("input[type=file]", str(site.home / "demo" / "sample_messy_ledger.xlsx"))
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/imports/\d+/"))
    page.wait_for_selector("form.apply, .errors", timeout=60_000)
    text = page.inner_text("main")
    assert "REG-02" in text
    picture(page, "preview")
    before = len(site.manage("responsible")[1])
    if page.locator("form.apply").count():
        page.locator("form.apply button[type=submit]").click()
        page.wait_for_selector("[data-dialog-open=reverse]", timeout=60_000)
        page.click("[data-dialog-open=reverse]")
        page.locator("dialog[open] button[type=submit], dialog[open] form button").last.click()
        page.wait_for_load_state("networkidle")
    assert len(site.manage("responsible")[1]) == before


def test_the_land_officer_sees_the_verdict_of_the_sample_and_of_a_drawn_shape(visit, site):
    page = visit("land")
    page.goto(f"{site.url}redline/?sample=1")
    map_is_drawn(page)
    assert "占用永久基本农田" in page.inner_text("#redline-answer")
    picture(page, "redline")
    page.goto(f"{site.url}redline/")
    map_is_drawn(page)
    page.click("[data-draw]")
    box = page.locator(".folium-map").bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for dx, dy in ((-60, -60), (60, -60), (60, 60), (-60, 60), (-60, -60)):
        page.mouse.click(middle[0] + dx, middle[1] + dy)
        page.wait_for_timeout(350)
    page.locator("#redline-answer .verdict").first.wait_for(timeout=20_000)
    text = page.inner_text("#redline-answer")
    assert any(word in text for word in ("待复核", "未占用", "不涉及", "无数据"))


def test_the_land_officer_uploads_a_shapefile_in_gbk(visit, site):
    page = visit("land")
    page.goto(f"{site.url}redline/")
    page.set_input_files("input[type=file]", str(site.home / "demo" / "sample_site_gbk.zip"))
    page.select_option("[name=source_crs]", "4544")
    page.locator("form[action*=upload] button[type=submit]").click()
    page.locator("#redline-answer .verdict").first.wait_for(timeout=20_000)
    assert "占用永久基本农田" in page.inner_text("#redline-answer")


def test_a_finding_is_followed_from_the_map_to_who_must_act(visit, site):
    page = visit("land")
    page.goto(f"{site.url}map/")
    map_is_drawn(page)
    page.wait_for_selector(".finding-pin")
    picture(page, "map")
    _status, found, _words = site.manage("findings", "--rule", "LND-01", "--open")
    page.goto(f"{site.url}findings/?rule=LND-01")
    page.locator("main tbody a[href*='/findings/']").first.click()
    page.wait_for_url(re.compile(r"/findings/\d+/"))
    assert "LND-01" in page.inner_text("main")
    page.locator("a[href*='/map/?finding=']").first.click()
    map_is_drawn(page)
    page.wait_for_selector(".map-popup")
    assert "LND-01" in page.inner_text(".map-popup")
    picture(page, "finding")
    page.locator(".map-popup-links a").last.click()
    page.wait_for_url(re.compile(r"/u/"))
    assert page.locator("h1").inner_text().strip()
    assert len(found) > 3


def test_the_finance_officer_sees_which_income_rights_are_missing(visit, site):
    page = visit("finance")
    text = page.inner_text("main")
    assert "收益" in text
    code = site.truth["other"]["income_missing"][0]
    page.goto(f"{site.url}u/{code}")
    assert "收益" in page.inner_text("main")


def test_a_stranger_is_sent_to_the_sign_in(visit, site):
    page = visit(None)
    page.goto(f"{site.url}assets/")
    assert "/login/" in page.url


@pytest.mark.parametrize(
    "user", ["assets", "land", "finance", "county", "clerk", "auditor", "admin", "assets2"]
)
def test_every_entry_of_the_navigation_opens_and_is_accessible(visit, site, user):
    page = visit(user)
    links = page.eval_on_selector_all(
        "nav a[href^='/']", "links => links.map(link => link.getAttribute('href'))"
    )
    addresses = sorted({link for link in links if not link.startswith(("/logout", "/i18n"))})
    assert len(addresses) >= 3
    for address in addresses:
        if address in AUDITED:
            assert page.request.get(site.url.rstrip("/") + address).status == 200, address
            continue
        AUDITED.add(address)
        assert page.goto(site.url.rstrip("/") + address).status == 200, address
        assert faults(page, address) == []


# A thing on the ground, one that is being recovered, one that was sold, a relocation site.
THINGS = ("LND-01", "STK-05", "DSP-02", "REL-02")
LISTS = (
    "/inspections/", "/assets/", "/stocktakes/", "/packs/", "/notices/", "/decisions/", "/roads/",
    "/water-works/", "/relocation-sites/", "/summary/", "/upkeep/villages/",
)  # fmt: skip


@pytest.mark.parametrize("user", ["assets", "clerk", "county", "auditor"])
def test_every_page_of_assets_and_upkeep_is_fit_for_desk_and_phone(visit, site, user):
    rules = THINGS[:1] if user == "clerk" else THINGS  # the clerk's village has the first of them
    things = [f"/u/{site.truth['findings'][rule][0]}" for rule in rules]
    lists = [address for address in LISTS if (user, address) != ("clerk", "/packs/")]
    opened, found = walk(visit(user), site.url, [*lists, *things])
    assert found == []
    assert len(opened) >= (60 if user == "assets" else len(lists) + len(things))


def test_what_strangers_read_is_fit_for_desk_and_phone(visit, site):
    code = site.truth["findings"]["UPK-06"][0]
    opened, found = walk(visit(None), site.url, ["/public/", f"/u/{code}"])
    assert found == []
    assert len(opened) >= 3


def test_english_is_there_for_whoever_asks(visit, site):
    page = visit("assets")
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": site.url}])
    page.goto(site.url)
    assert page.locator("html").get_attribute("lang") == "en"
    assert "Workbench" in page.content() or "workbench" in page.content()
