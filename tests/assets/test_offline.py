"""The network is cut: what is entered on the phone is kept there and sent later, once. In a real browser."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from assets.models import Inspection
from assets.services.plans import Item, set_standard
from registry import clock
from registry.models import Unit
from tests import factories as make
from tests.conftest import CHROMIUM_WORDS

PHONE = {"width": 390, "height": 844}
PICTURES = os.environ.get("TIANZHANG_PICTURES")
# The page and all that it is drawn with are kept: from then on it opens without a network.
KEPT = """async () => {
  const parts = [...document.querySelectorAll('link[rel=stylesheet], script[src]')].map(p => p.href || p.src);
  const kept = await Promise.all([...parts, location.href].map(url => caches.match(url)));
  return kept.every(Boolean);
}"""


@pytest.fixture
def serving(live_server, settings, cast) -> str:
    settings.ALLOWED_HOSTS = ["*"]
    settings.DEBUG = False
    items = [Item("路面", "每公里坑槽不超过3处", "处", None, None), Item("边沟", "排水畅通")]
    set_standard(
        division=cast.county, subtype="road", title="公路标准", items=items, source=make.source(cast.county),
        valid_from=dt.date(2020, 1, 1), by=None,
    )  # fmt: skip
    for name in ("大寨路", "小寨路"):
        make.upkeep(make.asset(name, cast.village), named=make.person("李秀英", cast.village))
    return live_server.url


@pytest.fixture
def phone(serving, as_, browser) -> Iterator[Page]:
    client = as_("clerk")
    alone = browser.browser_type.launch(  # a browser of its own: its service workers are nobody else's
        executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=CHROMIUM_WORDS
    )
    context = alone.new_context(viewport=PHONE, permissions=["geolocation"], locale="zh-CN",
                                  geolocation={"longitude": 103.70001, "latitude": 23.00002})  # fmt: skip
    context.set_default_timeout(60_000)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": serving}])
    page = context.new_page()
    page.problems = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.problems.append(str(error)))  # type: ignore[attr-defined]
    page.on("request", lambda asked: asked.url.startswith((serving, "data:", "blob:"))
            or page.problems.append(asked.url))  # type: ignore[attr-defined]  # fmt: skip
    yield page
    assert page.problems == []  # type: ignore[attr-defined]
    alone.close()


def fill(page: Page, name: str, condition: str, defect: str = "") -> None:
    page.click(f"button[data-name='{name}']")
    page.click(f"label:has(input[name=condition][value={condition}])")
    if defect:
        page.fill("[name=defect]", defect)
    page.set_input_files(
        "[name=photos]", {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": make.picture()}
    )
    page.click("[data-inspection] button[type=submit]")


@pytest.mark.django_db(transaction=True)
def test_entries_made_without_a_network_are_kept_and_sent_once(phone, serving, settings):
    context = phone.context
    phone.goto(f"{serving}/inspections/round/")
    phone.wait_for_selector("[data-inspection][data-ready]", state="attached")
    if PICTURES:
        phone.screenshot(path=f"{PICTURES}/round.png")
    phone.wait_for_function(KEPT)
    context.set_offline(True)
    fill(phone, "大寨路", "damaged", "路面塌陷")
    phone.wait_for_selector("[data-waiting]:not([hidden])")
    fill(phone, "小寨路", "good")
    phone.locator("[data-waiting-count]", has_text="2").wait_for()
    if PICTURES:
        phone.screenshot(path=f"{PICTURES}/offline.png")
    assert not Inspection.objects.exists()

    phone.goto(f"{serving}/inspections/round/")  # closed and opened again, still without a network
    phone.locator("[data-waiting-count]", has_text="2").wait_for()

    answers: list[int] = []  # the first is lost on the way: the register has it, the phone does not know

    def lose_the_first(route, asked):
        answer = route.fetch()
        answers.append(answer.status)
        if len(answers) == 1:
            route.abort()
        else:
            route.fulfill(response=answer)

    context.route("**/inspections/send/", lose_the_first)
    context.set_offline(False)  # nothing is pressed: the page sends by itself, and once more what was lost
    phone.wait_for_selector("[data-waiting]", state="hidden")
    assert answers == [200, 200, 200]
    found = {one.unit.name: one for one in Inspection.objects.select_related("unit", "evidence")}
    assert len(found) == Inspection.objects.count() == 2
    assert (found["大寨路"].condition, found["大寨路"].defect) == ("damaged", "路面塌陷")
    assert all(one.evidence.files.count() == 1 and one.position is not None for one in found.values())


@pytest.mark.django_db(transaction=True)
def test_the_page_of_one_thing_keeps_its_entry_too_and_says_what_is_refused(phone, serving):
    unit = Unit.objects.get(name="大寨路")
    phone.goto(f"{serving}/units/{unit.pk}/inspection/")
    phone.wait_for_selector("[data-inspection][data-ready]")
    if PICTURES:
        phone.screenshot(path=f"{PICTURES}/inspection.png", full_page=True)
    phone.click("label:has(input[name=condition][value=damaged])")
    phone.click("[data-inspection] button[type=submit]")
    assert phone.locator("[data-form-error]").is_visible()
    phone.click("label:has(input[name=condition][value=good])")
    phone.context.set_offline(True)
    phone.click("[data-inspection] button[type=submit]")
    phone.wait_for_selector("[data-waiting]:not([hidden])")
    make.inspection(unit, clock.today(), inspector="clerk")  # meanwhile recorded in the office
    phone.context.set_offline(False)
    phone.wait_for_selector("[data-waiting-list] .field-error")
    phone.once("dialog", lambda dialog: dialog.accept())
    phone.click("[data-waiting-list] .button-danger")
    phone.wait_for_selector("[data-waiting]", state="hidden")
    assert Inspection.objects.count() == 1
