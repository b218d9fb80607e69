"""The upkeep ledger: duties with their terms and the last inspection, out and in again."""

import pytest

from assets.exporters import upkeep
from assets.models import Asset, UpkeepTerms
from registry import clock
from registry.exporters.sheet import write_xlsx
from registry.exports import Export
from registry.models import Party

from .conftest import ROAD, run
from .test_round_trips import register  # noqa: F401 (a fixture)

pytestmark = pytest.mark.django_db
HEADS = ["资产编码", "资产名称", "管护主体", "管护责任人", "管护起始日期", "管护监督", "年管护经费"]


@pytest.fixture
def road(register):  # noqa: F811
    return Asset.objects.select_related("unit").get(subtype="road")


def duty(road):
    return road.unit.entries.in_force().get(code="upkeep", valid__contains=clock.today())


@pytest.mark.parametrize("names", [True, False], ids=["names", "masked"])
def test_the_ledger_comes_back_unchanged_with_and_without_names(register, road, tmp_path, names):  # noqa: F811
    said = {"standard": "公路标准", "inspection_days": 20, "supervisor": "村务监督委员会", "payer": "owner",
            "contract": "管护合同〔2025〕3号", "welfare_post": "公益性岗位"}  # fmt: skip
    UpkeepTerms.objects.filter(entry=duty(road)).update(**said)
    rows = Asset.objects.filter(pk=road.pk).select_related("unit__division")
    export = Export(title="管护台账", columns=upkeep.LEDGER, rows=rows, names=names,
                    prepare=upkeep.preparer(clock.today()))  # fmt: skip
    path = tmp_path / "管护.xlsx"
    assert write_xlsx(export, path) == 1
    answer, status = register(path, kind="upkeep", apply=False, division=None)
    assert (answer["errors"], status, answer["accepted"], answer["unchanged"]) == ([], 0, 0, 1), answer


def test_terms_that_a_row_fills_in_are_changed_and_taken_back(register, road):  # noqa: F811
    before = duty(road).upkeep_terms.annual_budget
    row = {"资产编码": road.unit.code, "资产名称": road.unit.name, "管护主体": duty(road).party.name,
           "管护监督": "村务监督委员会", "年管护经费": "8000元"}  # fmt: skip
    answer, _status = register([row], kind="upkeep", name="管护.xlsx", heads=HEADS)
    assert (answer["accepted"], answer["changed"], answer["errors"]) == (1, 1, [])
    terms = duty(road).upkeep_terms
    assert (terms.supervisor, str(terms.annual_budget)) == ("村务监督委员会", "8000.00")
    run("reverse_batch", str(answer["batch"]))
    terms = duty(road).upkeep_terms
    assert (terms.supervisor, terms.annual_budget) == ("", before)


def test_another_keeper_is_a_new_duty_whose_terms_go_on_and_which_is_taken_back(register, road):  # noqa: F811
    old = duty(road)
    UpkeepTerms.objects.filter(entry=old).update(supervisor="县交通局")
    day = clock.today().isoformat()
    row = {
        "资产编码": road.unit.code,
        "管护主体": "岩峰村水管所",
        "管护责任人": "王春生",
        "管护起始日期": day,
    }
    answer, _status = register([row], kind="upkeep", name="管护.xlsx", heads=HEADS)
    assert answer["errors"] == []
    new = duty(road)
    assert (new.party.name, new.agent.name, new.upkeep_terms.supervisor) == (
        "岩峰村水管所",
        "王春生",
        "县交通局",
    )
    run("reverse_batch", str(answer["batch"]))
    assert duty(road).pk == old.pk
    assert not Party.objects.filter(name="岩峰村水管所").exists() or not new.party.entries.in_force().exists()


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"管护主体": "岩峰村水管所", "管护责任人": "王春生"}, "no_date"),
        ({"管护主体": "岩峰村水管所", "管护责任人": "王*生", "管护起始日期": "2026-01-01"}, "masked"),
        ({"管护主体": "岩峰村水管所", "管护责任人": "王春生", "管护起始日期": "2001-01-01"}, "later_duty"),
    ],
)
def test_a_new_keeper_that_cannot_be_is_refused_with_the_column(register, road, row, code):  # noqa: F811
    answer, status = register(
        [{"资产编码": road.unit.code} | row], kind="upkeep", name="管护.xlsx", heads=HEADS
    )
    assert (status, [error["code"] for error in answer["errors"]]) == (1, [code])


def test_two_rows_that_name_different_keepers_of_one_thing_are_refused(register, road):  # noqa: F811
    one = {"资产编码": road.unit.code, "管护主体": duty(road).party.name}
    answer, _status = register(
        [one, one | {"管护主体": "别的单位"}], kind="upkeep", name="管护.xlsx", heads=HEADS
    )
    assert [error["code"] for error in answer["errors"]] == ["duty_twice"]
    assert ROAD["资产名称"] == road.unit.name
