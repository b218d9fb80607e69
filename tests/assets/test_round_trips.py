"""What is exported comes back unchanged; what an export hid comes back as nothing."""

import datetime as dt

import pytest

from assets.exporters import ledger, parties, projects, upkeep
from assets.models import Asset, Inspection
from projects.models import Project
from registry import clock
from registry.exporters import divisions
from registry.exporters.sheet import write_xlsx
from registry.exporters.text import write_csv
from registry.exports import Export
from registry.models import Division, Party
from tests import factories as make

from .conftest import FACTORY, HOUSE, ROAD, run

pytestmark = pytest.mark.django_db

PROJECT = {
    "项目编号": "XM-2021-1",
    "项目名称": "河南村人饮工程项目",
    "项目年度": 2021,
    "村": "河南村",
    "主管部门": "县水务局",
    "中央资金": 200000,
    "县级资金": 50000,
}
PARTY_ROWS = (
    {
        "名称": "云岭茶业有限公司",
        "主体类型": "企业",
        "统一社会信用代码": "91110000600037341L",
        "村": "岩峰村",
    },
    {"名称": "王小二", "主体类型": "农户", "村": "河南村"},
)


@pytest.fixture
def register(bring):
    """A register with one of everything that a ledger can bring."""
    bring([ROAD, FACTORY, HOUSE])
    bring([PROJECT], kind="projects", name="项目.xlsx", heads=list(PROJECT))
    heads = ["名称", "主体类型", "统一社会信用代码", "村"]
    bring(list(PARTY_ROWS), kind="parties", name="主体.xlsx", heads=heads)
    road = Asset.objects.get(subtype="road")
    make.inspection(road, "2024-03-01", inspector="李春华", condition="damaged", defect="边沟堵塞",
                    handled_on=dt.date(2024, 3, 9), remark="已清理")  # fmt: skip
    make.inspection(road, "2024-04-01", inspector="李春华", condition="good")
    return bring


KINDS = {
    "assets": (ledger.COLUMNS, lambda: Asset.objects.select_related("unit__division"),
               lambda: ledger.preparer(clock.today()), 3),
    "upkeep": (upkeep.COLUMNS, lambda: Inspection.objects.select_related("unit"), lambda: None, 2),
    "parties": (parties.COLUMNS, lambda: Party.objects.all(), parties.preparer, None),
    "projects": (projects.COLUMNS, lambda: Project.objects.select_related("unit"),
                 lambda: projects.preparer(clock.today()), 2),
}  # fmt: skip


def export_of(kind, names):
    columns, rows, prepare, _count = KINDS[kind]
    return Export(title="台账", columns=columns, rows=rows().order_by("pk"), names=names, prepare=prepare())


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("names", [True, False], ids=["names", "masked"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_a_ledger_gives_it_takes_back_unchanged(register, tmp_path, settings, kind, names, language):
    settings.LANGUAGE_CODE = language
    from django.utils import translation

    with translation.override(language):
        for form, write in (("xlsx", write_xlsx), ("csv", write_csv)):
            path = tmp_path / f"{kind}.{form}"
            rows = write(export_of(kind, names), path)
            answer, status = register(path, kind=kind, apply=False, division=None)
            assert (answer["errors"], status) == ([], 0)
            assert (answer["rows"], answer["accepted"], answer["unchanged"]) == (rows, 0, rows), answer
    if not names and kind in ("assets", "parties"):
        assert {warning["code"] for warning in answer["warnings"]} >= {"masked"}
    assert not Party.objects.filter(name__contains="*").exists()


def test_the_list_of_divisions_comes_back_unchanged(places, tmp_path, settings):
    settings.FILES_DIR = tmp_path / "files"
    path = tmp_path / "区划.csv"
    export = Export(title="区划", columns=divisions.COLUMNS, rows=Division.objects.order_by("path"),
                    prepare=divisions.preparer())  # fmt: skip
    rows = write_csv(export, path)
    answer, status = run("import_divisions", str(path))
    assert (answer["errors"], status, answer["accepted"], answer["unchanged"]) == ([], 0, 0, rows)


def test_hidden_names_never_become_parties_and_hidden_phones_no_phones(bring):
    row = {**ROAD, "产权归属": "王*二", "管护责任人": "李*华", "联系电话": "138****5678", "经营主体": "张*"}
    answer, _status = bring([row])
    assert {w["column"] for w in answer["warnings"] if w["code"] == "masked"} == {
        "产权归属", "管护责任人", "联系电话", "经营主体",
    }  # fmt: skip
    assert not Party.objects.filter(name__contains="*").exists()
    assert answer["accepted"] == 1


def test_an_inspection_by_a_hidden_name_that_nobody_can_be_is_refused(register):
    code = Asset.objects.get(subtype="road").unit.code
    heads = ["资产编码", "资产名称", "巡查日期", "巡查人", "状况"]
    row = [code, "岩峰产业道路", "2024-05-01", "赵*", "完好"]
    answer, status = register([row], kind="upkeep", heads=heads, name="巡查.xlsx")
    assert (status, [error["code"] for error in answer["errors"]]) == (1, ["masked"])


def test_a_changed_project_is_shown_field_by_field_and_taken_back(bring):
    heads = list(PROJECT)
    bring([PROJECT], kind="projects", heads=heads, name="项目.xlsx")
    changed = {**PROJECT, "项目名称": "河南村安全饮水项目", "县级资金": 60000}
    answer, _status = bring([changed], kind="projects", heads=heads, name="项目二.xlsx")
    assert (answer["changed"], answer["accepted"]) == (1, 1)
    project = Project.objects.get()
    lines = project.unit.funding_lines.filter(annulled=None)
    assert (project.unit.name, sorted(line.amount for line in lines)) == (
        "河南村安全饮水项目",
        [60000, 200000],
    )
    run("reverse_batch", str(answer["batch"]))
    project.unit.refresh_from_db()
    lines = project.unit.funding_lines.filter(annulled=None)
    assert (project.unit.name, sorted(line.amount for line in lines)) == (
        PROJECT["项目名称"],
        [50000, 200000],
    )


def test_what_the_file_does_not_name_is_told_and_stays(bring):
    bring([ROAD, FACTORY, HOUSE])
    answer, _status = bring([{**ROAD, "备注": "新"}], name="二.xlsx")
    missing = answer["totals"]["missing"]
    assert (missing["count"], [unit["name"] for unit in missing["units"]]) == (1, ["岩峰茶叶加工厂"])
    assert Asset.objects.filter(unit__annulled=None, unit__left_on=None).count() == 3
