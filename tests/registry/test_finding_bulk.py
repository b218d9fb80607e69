"""All findings that match a filter are assigned at once: all of them, or none with every reason."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry import clock
from registry.codes import FindingState, Role
from registry.errors import BadInput, NotAllowed, RowsRefused
from registry.models import Act, Finding
from registry.services.finding_bulk import assign_many
from tests import factories as make
from tests.conftest import open_finding

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(cast, road, plant):
    return [open_finding(road.unit), open_finding(plant.unit), open_finding(road.unit, "UPK-06")]


def due():
    return clock.today() + dt.timedelta(days=30)


def test_all_are_assigned_with_an_act_each(cast, three):
    person = cast.users[str(Role.ASSET_MANAGER)]
    said = {"office": Role.ASSET_MANAGER, "person": person, "due_on": due(), "reason": "限期"}
    count = assign_many(findings=three, by=cast.users["county"], **said)
    assert count == 3
    assert set(Finding.objects.values_list("office", "person", "due_on")) == {
        (Role.ASSET_MANAGER, person.pk, due())
    }
    acts = Act.objects.filter(verb="finding_assigned")
    assert acts.count() == 3
    assert acts.first().after["person"] == person.get_full_name()


def test_one_that_does_not_fit_refuses_all_and_is_named(cast, three):
    Finding.objects.filter(pk=three[1].pk).update(state=FindingState.DISMISSED, closed_on=clock.today())
    with pytest.raises(RowsRefused) as refused:
        assign_many(findings=three, by=cast.users["county"], office=Role.LAND_OFFICER)
    assert len(refused.value.rows) == 1
    assert not Act.objects.filter(verb="finding_assigned").exists()


def test_a_person_whose_roles_do_not_reach_the_place_and_wrong_words_are_refused(cast, three):
    with pytest.raises(RowsRefused) as refused:
        assign_many(findings=three, by=None, office=Role.ASSET_MANAGER, person=cast.users["elsewhere"])
    assert len(refused.value.rows) == 3
    for wrong in ({"office": "mayor"}, {"office": Role.CLERK, "due_on": dt.date(2026, 1, 1)}):
        with pytest.raises(BadInput):
            assign_many(findings=three, by=None, **wrong)
    with pytest.raises(NotAllowed):
        assign_many(findings=three, by=cast.users["elsewhere"], office=Role.CLERK)


def test_statements_do_not_grow_with_findings(cast, three, road):
    def asked(findings):
        with CaptureQueriesContext(connection) as seen:
            assign_many(findings=findings, by=None, office=Role.CLERK)
        return len(seen)

    few = asked(three[:1])
    more = [open_finding(make.asset(f"路{n}", cast.village).unit, "UPK-01") for n in range(9)]
    assert asked([*three, *more]) <= few + 2


def test_the_page_writes_what_was_shown_and_nothing_that_came_since(cast, three, as_):
    client = as_("county")
    page = client.get("/findings/assign/?rule=UPK-01")
    assert page.status_code == 200
    assert page.context["count"] == 2
    sent = {"office": Role.ASSET_MANAGER, "due_on": due().isoformat(), "count": "1"}
    assert client.post("/findings/assign/?rule=UPK-01", sent).status_code == 200
    assert not Act.objects.filter(verb="finding_assigned").exists()
    answer = client.post("/findings/assign/?rule=UPK-01", sent | {"count": "2"})
    assert answer.status_code == 302
    assert Finding.objects.filter(office=Role.ASSET_MANAGER, due_on=due()).count() == 2
