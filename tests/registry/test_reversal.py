"""An import that is taken back leaves the facts as they were; what rests on it is named and keeps it."""

import datetime as dt
import random

import pytest
from django.apps import apps
from django.core.management.base import CommandError

from assets.models import Asset
from registry.errors import RegistryError
from registry.models import Act, Entry, ImportBatch, Party, Unit
from registry.queries.dependents import later_acts
from registry.services.entries import EntryLine, open_entries
from registry.services.imports import reverse_batch
from tests import factories as make
from tests.assets.conftest import FACTORY, HOUSE, ROAD, bring, places, run  # noqa: F401  (fixtures)

pytestmark = pytest.mark.django_db
# Books, files and judgements: what is compared are the facts.
APART = {
    "act", "importbatch", "importrow", "storedfile", "source", "sourcefile", "finding", "findingstep",
    "touched", "rulereading", "party", "personaldata", "division", "divisioncode", "headalias",
}  # fmt: skip


def state():
    """Every fact in force, table by table, without what the book adds to it."""
    found = {}
    for model in apps.get_models():
        fields = {field.attname for field in model._meta.concrete_fields}
        label = model._meta.model_name
        if model._meta.app_label not in ("registry", "projects", "assets") or label in APART:
            continue
        if label.endswith("event") or not model._meta.managed:
            continue
        rows = model.objects.all()
        if "annulled_id" in fields:
            rows = rows.filter(annulled=None)
        for link in ("unit", "entry"):
            if f"{link}_id" in fields and label != "importrow":
                rows = rows.exclude(**{f"{link}__annulled__isnull": False})
        lines = rows.values_list(*sorted(fields - {"batch_id"}))
        found[model._meta.label] = sorted(repr([getattr(v, "wkt", v) for v in line]) for line in lines)
    return found


ROWS = [ROAD, FACTORY, HOUSE, {**ROAD, "资产名称": "河南水窖", "资产类型": "农田水利", "村": "河南村"}]
EDITS = {
    "资产名称": ["新名"], "资产原值": [410000], "中央资金": [310000], "规格型号": ["宽4米"], "备注": ["改"],
    "管护主体": ["河南村委会"], "管护责任人": ["李四"], "产权归属": ["岩峰村委会", "岩峰村 60%；河南村 40%"],
    "资产状态": ["闲置"], "监管部门": ["县水务局"], "项目名称": ["另一个项目"], "数量": [7],
}  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_taking_A_back_gives_the_state_before_A_though_B_came_after_on_other_units(bring, seed):  # noqa: F811
    chance = random.Random(seed)
    bring(ROWS[:3])
    coded = [{**row, "资产编码": Unit.objects.get(name=row["资产名称"]).code} for row in ROWS[:3]]
    chance.shuffle(coded)
    edits = {key: chance.choice(EDITS[key]) for key in chance.sample(sorted(EDITS), 5)}
    changed = {**coded[0], **edits}
    if "中央资金" in edits or "资产原值" in edits:
        changed |= {"资产原值": 410000, "中央资金": 410000, "县级资金": None}
    before = state()
    first, _status = bring([changed, ROWS[3]], name="甲.xlsx")
    assert first["accepted"] == 2, first["errors"]
    middle = state()
    assert middle != before
    second, _status = bring(
        [{**coded[1], "备注": "乙"}, {**HOUSE, "资产名称": "安置住房2号"}], name="乙.xlsx"
    )
    assert second["accepted"] == 2, second["errors"]
    run("reverse_batch", str(first["batch"]))
    run("reverse_batch", str(second["batch"]))
    assert state() == before
    with pytest.raises(CommandError):
        run("reverse_batch", str(first["batch"]))


def test_what_rests_on_an_import_is_named_with_code_act_officer_and_day(bring):  # noqa: F811
    answer, _status = bring([HOUSE, ROAD])
    officer = make.user("asset_manager", Unit.objects.get(name=HOUSE["资产名称"]).division, full_name="周立")
    units = list(Unit.objects.filter(kind="asset").order_by("pk"))
    for unit in units:
        line = EntryLine(unit=unit, code="supervision" if unit.name == HOUSE["资产名称"] else "income",
                         party=make.party(of=unit.division), valid_from=dt.date(2024, 1, 1))  # fmt: skip
        open_entries([line], by=officer if unit.name == HOUSE["资产名称"] else None)
    with pytest.raises(RegistryError) as refusal:
        reverse_batch(ImportBatch.objects.get(pk=answer["batch"]), by=None)
    said = str(refusal.value)
    assert refusal.value.code == "later_facts"
    for unit in units:
        assert unit.code in said
        assert unit.name in said
    assert "周立" in said
    assert Act.objects.filter(verb="batch_reversed").count() == 0


def test_an_act_on_another_fact_of_a_changed_unit_does_not_rest_on_the_change(bring):  # noqa: F811
    bring([HOUSE])
    answer, _status = bring([{**HOUSE, "备注": "改"}], name="二.xlsx")
    unit = Unit.objects.get(kind="asset")
    batch = ImportBatch.objects.get(pk=answer["batch"])
    open_entries(
        [EntryLine(unit=unit, code="supervision", party=make.party(of=unit.division),
                   valid_from=dt.date(2024, 1, 1))], by=None
    )  # fmt: skip
    assert later_acts(batch) == []
    later, _status = bring([{**HOUSE, "备注": "再改"}], name="三.xlsx")
    assert [found.code for found in later_acts(batch)] == [unit.code]
    run("reverse_batch", str(later["batch"]))
    assert later_acts(batch) == []
    reverse_batch(batch, by=None)
    assert Asset.objects.get(unit=unit).remark == ""
    assert Entry.objects.in_force().filter(unit=unit, code="supervision").exists()


def test_inspections_and_parties_are_taken_back_unless_something_came_after(bring):  # noqa: F811
    bring([ROAD])
    heads = ["资产名称", "巡查日期", "巡查人", "状况", "备注"]
    row = ["岩峰产业道路", "2024-05-01", "赵云", "完好", "一"]
    bring([row], kind="upkeep", heads=heads, name="巡查.xlsx")
    before = state()
    first, _status = bring([[*row[:4], "二"]], kind="upkeep", heads=heads, name="巡查二.xlsx")
    later, _status = bring([[*row[:4], "三"]], kind="upkeep", heads=heads, name="巡查三.xlsx")
    with pytest.raises(CommandError, match="岩峰产业道路"):
        run("reverse_batch", str(first["batch"]))
    run("reverse_batch", str(later["batch"]))
    run("reverse_batch", str(first["batch"]))
    assert state() == before
    people = Party.objects.count()
    listed, _status = bring([{"名称": "新主体有限公司", "主体类型": "企业", "村": "岩峰村"}], kind="parties",
                            heads=["名称", "主体类型", "村"], name="主体.xlsx")  # fmt: skip
    assert Party.objects.count() == people + 1
    run("reverse_batch", str(listed["batch"]))
    assert Party.objects.count() == people
