"""From the defect to the order, the work and the check by somebody else."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from assets import costs
from assets.models import Asset, Repair
from assets.services import repairs as services
from registry import clock
from registry.errors import BadInput, NotAllowed, RegistryError
from registry.models import Act, Finding
from tests import factories as make

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def found(cast):
    asset = make.asset("大寨路", cast.village)
    day = clock.today() - 40 * DAY
    return make.inspection(asset, day, condition="damaged", defect="路面塌陷")


def order(found, by=None, **fields):
    today = clock.today()
    values = {"ordered_on": today - 10 * DAY, "worker": "新华养护站", "due_on": today + 10 * DAY} | fields
    return services.order_repair(unit=found.unit, inspection=found, by=by, **values)


def test_a_defect_is_ordered_done_and_checked_by_somebody_else(cast, found):
    manager, clerk = cast.users["asset_manager"], cast.users["clerk"]
    repair = order(found, manager)
    assert not Finding.objects.open().filter(rule="UPK-07").exists()
    services.report_done(repair=repair, done_on=clock.today(), done_by="王师傅", work="回填", payer="budget",
                         cost=Decimal("1200.50"), by=clerk)  # fmt: skip
    services.check_repair(repair=repair, checked_on=clock.today(), checked_by="李所长", good=True, by=manager)
    repair.refresh_from_db()
    assert (repair.state(clock.today()), repair.cost, repair.payer) == (
        "checked",
        Decimal("1200.50"),
        "budget",
    )
    verbs = list(Act.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["repair_ordered", "repair_done", "repair_checked"]


def test_who_did_the_work_or_reported_it_does_not_check_it(cast, found):
    manager = cast.users["asset_manager"]
    repair = order(found, manager)
    repair = services.report_done(
        repair=repair, done_on=clock.today(), done_by="王师傅", work="", cost=None, by=manager
    )
    for name, by in (("王师傅", cast.users["county"]), ("李所长", manager)):
        with pytest.raises(BadInput) as refused:
            services.check_repair(repair=repair, checked_on=clock.today(), checked_by=name, good=True, by=by)
        assert refused.value.code == "same_person"
    with pytest.raises(IntegrityError), transaction.atomic():
        Repair.objects.filter(pk=repair.pk).update(checked_on=clock.today(), checked_by="王师傅")
    with pytest.raises(IntegrityError), transaction.atomic():
        Repair.objects.filter(pk=repair.pk).update(checked_on=clock.today(), checked_by="李", checker=manager)


def test_work_that_is_not_good_is_to_be_done_again(found):
    repair = order(found)
    repair = services.report_done(
        repair=repair, done_on=clock.today(), done_by="王师傅", work="", cost=None, by=None
    )
    with pytest.raises(BadInput):
        services.check_repair(repair=repair, checked_on=clock.today(), checked_by="李", good=False, by=None)
    repair = services.check_repair(
        repair=repair, checked_on=clock.today(), checked_by="李", good=False, by=None, reason="仍有积水"
    )
    assert (repair.done_on, repair.state(clock.today())) == (None, "ordered")


def test_a_defect_is_put_off_with_a_reason_and_then_ordered_on_the_same_record(found):
    with pytest.raises(BadInput):
        services.put_off(unit=found.unit, inspection=found, until=clock.today(), reason="汛期", by=None)
    with pytest.raises(BadInput):
        services.put_off(unit=found.unit, inspection=found, until=clock.today() + DAY, reason=" ", by=None)
    repair = services.put_off(
        unit=found.unit, inspection=found, until=clock.today() + DAY, reason="汛期", by=None
    )
    assert repair.state(clock.today()) == "deferred"
    assert order(found).pk == repair.pk
    with pytest.raises(RegistryError) as refused:
        order(found)
    assert refused.value.code == "ordered_already"


def test_days_in_the_wrong_order_are_refused_with_both(found):
    with pytest.raises(BadInput) as refused:
        order(found, ordered_on=found.inspected_on - DAY)
    assert refused.value.code == "dates"
    repair = order(found)
    with pytest.raises(BadInput):
        services.report_done(
            repair=repair, done_on=repair.ordered_on - DAY, done_by="王", work="", cost=None, by=None
        )
    with pytest.raises(BadInput):
        services.report_done(
            repair=repair, done_on=clock.today() + DAY, done_by="王", work="", cost=None, by=None
        )


def test_a_record_that_is_taken_back_lets_the_defect_wait_again(found):
    repair = order(found)
    services.strike_repair(repair=repair, by=None, reason="误录")
    assert not Repair.objects.in_force().exists()
    assert Finding.objects.open().filter(rule="UPK-07").exists()
    order(found)


def test_only_the_asset_manager_of_the_place_orders_and_nothing_is_deleted(cast, found):
    for who in ("clerk", "elsewhere", "auditor"):
        with pytest.raises(NotAllowed):
            order(found, cast.users[who])
    repair = order(found, cast.users["asset_manager"])
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        Repair.objects.filter(pk=repair.pk).delete()


def test_cost_per_kilometre_and_per_person(found, monkeypatch):
    from django.contrib.gis.geos import LineString

    make.shape(found.unit, LineString((103.7, 23.0), (103.71, 23.0), srid=4490))
    repair = order(found)
    services.report_done(
        repair=repair, done_on=clock.today(), done_by="王", work="", cost=Decimal("1000"), by=None
    )
    year = clock.today().year
    row = costs.costs(Asset.objects.all(), dt.date(year, 1, 1), dt.date(year, 12, 31)).get()
    assert (row.cost, row.repairs_done) == (Decimal("1000.00"), 1)
    assert costs.per_km(row.cost, row.length_m) == (row.cost * 1000 / Decimal(row.length_m)).quantize(
        costs.CENT
    )
    monkeypatch.setattr(costs, "_SERVED", [lambda units, day: {found.unit_id: 300}])
    assert costs.per_person(row.cost, costs.served([found.unit_id], clock.today())[found.unit_id]) == Decimal(
        "3.33"
    )
    assert costs.per_person(row.cost, None) is None
