"""REL-01 to REL-08: who lives at a relocation site, who has work, what stands there and on which ground."""

import datetime as dt

import pytest

from assets.models import OldHouses, SiteWork, WorkshopJobs
from assets.rules.sites import months_after
from registry.codes import Reading
from registry.queries.findings import sentence
from tests import factories as make

from .networks import basic_farmland, figures, outline, read, site

pytestmark = pytest.mark.django_db
NAME = "毛家湾安置点"


def found(rule):
    return read(rule)[1].get(NAME)


# --- REL-01: the figures of Maojiawan


def test_REL01_maojiawan_adds_up():
    figures(site())
    assert found("REL-01") is None


@pytest.mark.parametrize(("fields", "variant"), [
    ({"households": 8323}, "households"), ({"registered_people": 32348}, "people"),
    ({"people": None}, "none"),
    ({"accompanying_people": None}, "people"),
    ({"registered_households": None, "accompanying_households": None}, "parts"),
])  # fmt: skip
def test_REL01_one_more_household_or_person_is_found(fields, variant):
    figures(site(), **fields)
    assert found("REL-01").details["variant"] == variant


def test_REL01_a_site_without_figures_is_found():
    site()
    assert found("REL-01").details["variant"] == "none"


# --- REL-02


def test_REL02_less_than_in_the_same_month_of_the_year_before_is_found():
    made = site()
    figures(made, "2025-05-31", employed=17001)
    figures(made)
    finding = found("REL-02")
    assert (finding.details["variant"], finding.details["before"]) == ("employed", "17001")
    assert "17001" in sentence(finding)


def test_REL02_as_much_as_a_year_ago_is_in_order_whatever_the_month_before_says():
    made = site()
    figures(made, "2025-05-31")
    figures(made, "2026-04-30", employed=17900)
    figures(made)
    assert found("REL-02") is None


@pytest.mark.parametrize(
    ("fields", "variant"),
    [({"posts": 299}, "posts"), ({"wages": "8999999.99"}, "wages")],
)
def test_REL02_one_post_or_one_fen_less_is_less(fields, variant):
    made = site()
    figures(made, "2025-05-31")
    figures(made, **fields)
    assert found("REL-02").details["variant"] == variant


def test_REL02_without_figures_of_a_year_ago_nothing_is_told():
    made = site()
    figures(made, "2026-04-30")
    figures(made)
    assert found("REL-02").reading == Reading.NO_DATA


# --- REL-03


def test_REL03_one_household_without_work_is_found_and_none_is_not():
    made = site()
    row = figures(made, jobless_households=1)
    assert found("REL-03").details["count"] == 1
    row.jobless_households = 0
    row.save()
    assert found("REL-03") is None


def test_REL03_what_nobody_counted_is_not_told():
    figures(site(), jobless_households=None)
    assert found("REL-03").reading == Reading.NO_DATA


# --- REL-04


def test_REL04_a_work_needs_a_row_an_owner_and_a_keeper():
    made = site()
    work = SiteWork.objects.create(unit=made.unit, kind="road", name="安置点道路")
    assert found("REL-04").details["variant"] == "no_asset"
    asset = make.asset("安置点道路", subtype="site_works")
    work.asset = asset.unit
    work.save()
    assert found("REL-04").details["variant"] == "no_owner"
    make.entry(asset, "ownership")
    assert found("REL-04").details["variant"] == "no_keeper"
    make.upkeep(asset)
    assert found("REL-04") is None


# --- REL-05


@pytest.mark.parametrize(("on", "late"), [("2025-06-01", False), ("2025-05-31", True)])
def test_REL05_land_is_restored_within_twelve_months(on, late):
    OldHouses.objects.create(unit=site().unit, on=make.day(on), place="老寨", houses=12)
    assert bool(found("REL-05")) is late


def test_REL05_restored_land_is_in_order():
    OldHouses.objects.create(
        unit=site().unit, on=dt.date(2020, 1, 1), place="老寨", restored_on=dt.date(2020, 9, 1)
    )
    assert found("REL-05") is None


def test_months_end_with_the_month():
    assert months_after(dt.date(2024, 2, 29), 12) == dt.date(2025, 2, 28)
    assert months_after(dt.date(2025, 8, 31), 6) == dt.date(2026, 2, 28)
    assert months_after(dt.date(2025, 12, 15), 12) == dt.date(2026, 12, 15)
    assert months_after(dt.date(2025, 1, 31), 10) == dt.date(2025, 11, 30)


# --- REL-06


def test_REL06_yongxin_lies_with_three_tenths_of_its_ground_on_basic_farmland(tmp_path, settings):
    """754.65 mu, of which 226.79 basic farmland (隆阳区西邑乡, 2016)."""
    basic_farmland(tmp_path, settings, (0, 0, 300.52, 600), (1200, 0, 50, 600))
    made = site(started_on=dt.date(2016, 1, 1))
    outline(made.unit, 0, 10, 1000, 503.1, begin="2016-01-01")
    finding = found("REL-06")
    assert (finding.reading, finding.details["percent"]) == (Reading.FOUND, "30.1")
    assert finding.details["mu"].startswith("226.")


def test_REL06_an_approval_exempts_and_ground_beside_is_in_order(tmp_path, settings):
    basic_farmland(tmp_path, settings, (0, 0, 300, 600), (1200, 0, 50, 600))
    approved = site(adjustment="云国土资〔2016〕1号")
    outline(approved.unit, 0, 10, 100, 100)
    assert found("REL-06") is None
    beside = site("永新安置点")
    outline(beside.unit, 500, 10, 100, 100)
    assert read("REL-06")[1] == {}


def test_REL06_without_an_outline_nothing_is_told():
    site()
    assert found("REL-06").reading == Reading.NO_DATA


# --- REL-07


@pytest.mark.parametrize(("completed", "late"), [("2024-06-01", False), ("2024-05-31", True)])
def test_REL07_certificates_are_there_after_two_years(completed, late):
    site(completed_on=make.day(completed), certificates=99)
    assert bool(found("REL-07")) is late


def test_REL07_all_certificates_are_in_order_and_unknown_ones_are_not_told():
    site()
    assert found("REL-07") is None
    site("别处安置点", certificates=None)
    assert read("REL-07")[1]["别处安置点"].reading == Reading.NO_DATA


# --- REL-08


def workshop(operated=True):
    made = make.asset("帮扶车间", subtype="workshop")
    if operated:
        make.entry(made, "operation")
    return made


def test_REL08_a_workshop_without_an_operator_is_found():
    workshop(operated=False)
    assert read("REL-08")[1]["帮扶车间"].details["variant"] == "no_operator"


@pytest.mark.parametrize(("since", "late"), [("2025-12-03", False), ("2025-12-02", True)])
def test_REL08_half_a_year_without_a_job_is_too_long(since, late):
    made = workshop()
    WorkshopJobs.objects.create(unit=made.unit, on=dt.date(2025, 6, 30), jobs=20)
    WorkshopJobs.objects.create(unit=made.unit, on=make.day(since), jobs=0)
    assert bool(read("REL-08")[1]) is late


def test_REL08_jobs_that_nobody_recorded_are_not_told():
    workshop()
    assert read("REL-08")[1]["帮扶车间"].reading == Reading.NO_DATA
