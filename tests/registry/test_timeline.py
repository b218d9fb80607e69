"""The history of a unit: named acts in words, changes that no act explains, any day on two clocks."""

import datetime as dt

import pghistory
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.codes import Role
from registry.models import Entry, Unit
from registry.queries.standing import standing
from registry.queries.timeline import timeline
from registry.services.entry_changes import correct_entry
from tests import factories as make

pytestmark = pytest.mark.django_db


def words(moments):
    return [
        f"{change.what}|{change.before}|{change.after}" for moment in moments for change in moment.changes
    ]


def test_acts_tell_parties_by_name_and_codes_by_label():
    unit = make.unit()
    one, two = (make.party(name, of=unit.division) for name in ("甲合作社", "乙合作社"))
    wrong = make.entry(unit, "supervision", one, begin="2020-01-01")
    correct_entry(entry=wrong, by=None, reason="写反了", party=two)
    [act] = [moment for moment in timeline(unit, full=False, money=False) if moment.note]
    [change] = act.changes
    assert ("甲合作社" in change.before, "乙合作社" in change.after) == (True, True)
    assert str(one.pk) not in change.before.split("合作社")[0]


def test_private_persons_are_masked_and_income_needs_the_right():
    unit = make.unit()
    farmer = make.person("陶志明", unit.division)
    house = make.party("李秀英", "household", unit.division)
    make.entry(unit, "use", house, agent=farmer)
    make.entry(unit, "income", make.party("丙公司", "company", unit.division))
    told = {
        (full, money): "".join(words(timeline(unit, full=full, money=money)))
        for full in (True, False)
        for money in (True, False)
    }
    assert "陶志明" in told[True, False]
    assert "李秀英" in told[True, False]
    assert "陶志明" not in told[False, True]
    assert "李秀英" not in told[False, True]
    assert "丙公司" in told[False, True]
    assert "丙公司" not in told[True, False]


@pytest.mark.django_db(transaction=True)
def test_what_came_past_the_product_is_told_by_itself_with_the_role():
    unit = make.unit("老名")
    wrong = make.entry(unit, "supervision")
    correct_entry(entry=wrong, by=None, reason="写错", share=wrong.share / 2)
    explained = len(timeline(unit, full=True, money=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user")
        role = cursor.fetchone()[0]
        cursor.execute("UPDATE registry_unit SET name = 'SQL' WHERE id = %s", [unit.pk])
    officer = make.user(Role.ADMIN, unit.division, full_name="王会计")
    with pghistory.context(user=officer.pk, url="/x/"):
        Unit.objects.filter(pk=unit.pk).update(name="程序")
    newest, older, *rest = timeline(unit, full=True, money=True)
    assert len(rest) == explained
    assert (newest.by, newest.outside, newest.url) == ("王会计", "", "/x/")
    assert (older.by, older.outside) == ("", role)
    assert (older.changes[0].before, older.changes[0].after) == ("老名", "SQL")
    # the correction's own rows are told once: by its act
    assert [moment.note for moment in rest if moment.note] == ["写错"]
    rows = [moment for moment in rest if moment.outside]
    assert len(rows) == 2  # the unit and the wrong entry, written by the test without an act


def test_the_number_of_queries_does_not_grow_with_what_happened():
    unit = make.unit()

    def asked():
        with CaptureQueriesContext(connection) as caught:
            timeline(unit, full=True, money=True)
            standing(unit, dt.date(2025, 1, 1), None, full=True, money=True)
        return len(caught)

    def more(count):
        for _number in range(count):
            party = make.party(of=unit.division)
            entry = make.entry(unit, "supervision", party, source=make.source(unit.division))
            correct_entry(entry=entry, by=None, reason="写错", valid_from=dt.date(2021, 1, 1))

    more(2)
    few = asked()
    more(6)
    assert asked() == few <= 18


def test_the_state_on_a_day_names_holders_shares_and_size():
    unit = make.unit()
    farmer = make.party("李秀英", "household", unit.division)
    source = make.source(unit.division)
    make.entry(unit, "use", farmer, begin="2020-01-01", end="2022-01-01", source=source)
    make.entry(unit, "income", share="3/5")
    make.shape(unit, make.square(), begin="2021-01-01")
    then = standing(unit, dt.date(2021, 6, 1), None, full=False, money=False)
    [group] = then["groups"]
    assert [(row["party"], row["source"]) for row in group["rows"]] == [
        ("李*英", "确权通知 新发〔2021〕14号")
    ]
    assert (then["state"]["code"], round(then["shape"]["area"], -3)) == ("in_use", 10_000)
    later = standing(unit, dt.date(2022, 1, 1), None, full=True, money=True)
    assert [row["share"] for group in later["groups"] for row in group["rows"]] == ["3/5 (60%)"]
    assert standing(unit, dt.date(2021, 6, 1), None, full=True, money=True)["known"]
    assert Entry.objects.filter(unit=unit).count() == 2


def test_the_page_answers_for_any_day_as_the_book_stands_and_stood(as_, cast, road):
    page = f"/units/{road.unit.pk}/history/"
    said = as_("asset_manager").get(page + "?on=2025-06-01").content.decode()
    assert "新华村民委员会" in said
    assert "李秀英" in said
    hidden = as_("auditor").get(page + "?on=2025-06-01").content.decode()
    assert "李秀英" not in hidden
    assert "李*英" in hidden
    old = as_("auditor").get(page + "?on=2025-06-01&recorded=2001-01-01T08:00", HTTP_ACCEPT_LANGUAGE="en")
    assert "did not hold it then" in old.content.decode()
    wrong = as_("auditor").get(page + "?on=2025-06-01&recorded=soon")
    assert wrong.status_code == 200
    assert "“soon”" in wrong.content.decode()
    assert f'href="{page}"' in as_("auditor").get(f"/u/{road.unit.code}").content.decode()
    assert as_("elsewhere").get(page).status_code == 404
