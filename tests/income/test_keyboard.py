"""A finance officer settles lines with the keyboard alone: in a real browser, counted on its wire."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from assets.income.models.match import Match
from tests import factories as make
from tests.income import money

WANTED = 10
JANUARY = dt.date(2026, 1, 1)


@pytest.fixture
def account(live_server, settings, cast) -> Any:
    """Five payments under a name one sign wrong, and five lines that settle no receivable."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.DEBUG = False
    payer = make.party("云南草果农业科技有限公司", "company", of=cast.village)
    money.contract(cast.village, payer=payer, amounts=("1000.00",) * 5)
    row = money.account(cast.village)
    statement = money.statement(row, [])
    for nth in range(5):
        money.line(statement, "1000.00", on=JANUARY + dt.timedelta(days=nth), name="云南草菓农业科技有限公司")
    for nth, (amount, memo) in enumerate(
        (
            ("3.21", "结息"),
            ("-60.00", "账户管理费"),
            ("-412.60", "水泵电费"),
            ("5000.00", "财政补助"),
            ("-320.00", "房产税"),
        )
    ):
        money.line(statement, amount, on=JANUARY + dt.timedelta(days=10 + nth), memo=memo)
    return row


@pytest.fixture
def page(live_server, account, as_, browser) -> Iterator[Page]:
    """The page of matching; no test here moves the mouse or clicks."""
    client = as_("finance_officer")
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    context.set_default_timeout(60_000)
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    found = context.new_page()
    found.posted = []  # type: ignore[attr-defined]
    found.on("request", lambda asked: asked.method == "POST" and found.posted.append(asked.url))  # type: ignore[attr-defined]
    found.goto(f"{live_server.url}/money/accounts/{account.pk}/matching/")
    yield found
    context.close()


def press(page: Page) -> str:
    """The key of what the page offers first: a suggestion, else a kind."""
    key = page.locator("main button[data-key]").first.get_attribute("data-key") or ""
    with page.expect_navigation():
        page.keyboard.press(key)
    return key


@pytest.mark.django_db(transaction=True)
def test_ten_lines_are_settled_without_the_mouse(page):
    keys = [press(page) for _nth in range(WANTED)]
    assert keys[:5] == ["1"] * 5
    assert set(keys[5:]) == {"q"}
    assert len(page.posted) == len(set(page.posted)) == WANTED  # ten lines, each once
    assert all(re.search(r"/money/lines/\d+/settle/$", url) for url in page.posted)
    assert page.locator("main form").count() == 0  # nothing waits any more
    kinds = Match.objects.in_force().order_by("line__booked_on").values_list("kind", flat=True)
    assert list(kinds) == ["due"] * 5 + ["interest", "fee", "cost", "grant", "tax"]


@pytest.mark.django_db(transaction=True)
def test_a_line_is_named_from_the_list_and_taken_back_without_the_mouse(page):
    page.keyboard.press("o")
    assert page.evaluate("document.activeElement.name") == "kind"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    page.keyboard.press("o")
    page.keyboard.press("End")
    for _nth in range(3):  # deposit, advance and refund stand after "other"
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("村民归还的备用金")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    match = Match.objects.in_force().get()
    assert (match.kind, match.note) == ("other", "村民归还的备用金")
    with page.expect_navigation():
        page.keyboard.press("u")
    page.locator("[name=reason]").focus()
    page.keyboard.type("认定有误，重新办理")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert not Match.objects.in_force().exists()


@pytest.mark.django_db(transaction=True)
def test_j_and_k_walk_through_the_lines(page):
    first = page.url
    with page.expect_navigation():
        page.keyboard.press("j")
    assert page.url != first
    with page.expect_navigation():
        page.keyboard.press("k")
    assert page.locator("[aria-current=true]").count() >= 1
    assert page.posted == []
