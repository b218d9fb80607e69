"""Contract ledgers: in with all their errors, out and in again unchanged, taken back as a whole."""

import contextlib
import csv

import pytest
from django.core.management import call_command

from assets.income.exporters.contracts import COLUMNS
from assets.models import Contract, Due
from registry.models import ImportBatch, ImportRow
from tests import factories as make

from . import earning, money

pytestmark = pytest.mark.django_db
HEAD = [column.official for column in COLUMNS]


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    settings.FILES_DIR.mkdir()


def written(path, rows):
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows([HEAD, *rows])
    return path


def imported(path, apply=True):
    with contextlib.suppress(SystemExit):  # 1 where rows are refused
        call_command("import_ledger", str(path), kind="contracts", apply=apply)
    return ImportBatch.objects.latest("pk")


def row(asset, number="HT-2024-1", **changes):
    values = {
        "合同编号": number, "合同名称": "厂房租赁合同", "资产编码": asset.unit.code, "经营方式": "租赁",
        "甲方": "新华村股份经济合作社", "乙方": "屏边兴农科技有限公司", "签订日期": "2023-12-20",
        "起始日期": "2024-01-01", "到期日期": "2026-12-31", "年金额（元）": "12000.00", "收款周期": "按季",
        "付款方式": "后付", "押金（元）": "1000.00",
    } | changes  # fmt: skip
    return [values.get(head, "") for head in HEAD]


def exported(contract):
    line = [column.read(contract, True) for column in COLUMNS]
    return ["" if value is None else str(value) for value in line]


def test_a_ledger_comes_in_and_out_and_in_again_unchanged(tmp_path):
    asset = earning.workshop(of=make.village())
    batch = imported(written(tmp_path / "合同.csv", [row(asset)]))
    assert (batch.state, batch.accepted, batch.errors) == ("applied", 1, [])
    contract = Contract.objects.get()
    assert (contract.rhythm, contract.timing, str(contract.amount)) == (3, "arrears", "12000.00")
    assert Due.objects.count() == 12
    again = imported(written(tmp_path / "再次.csv", [exported(contract)]), apply=False)
    problems = list(ImportRow.objects.filter(batch=again).values_list("errors", flat=True))
    assert (again.rows, again.unchanged) == (1, 1), problems


def test_what_is_wrong_is_said_row_by_row(tmp_path):
    asset = earning.workshop(of=make.village())
    wrong = [
        row(asset, "A", 资产编码="没有的"), row(asset, "B", 到期日期="2023-01-01"), row(asset, "C", 乙方=""),
        row(asset, "D", 经营方式="赠送"), row(asset, "E"), row(asset, "E"),
    ]  # fmt: skip
    batch = imported(written(tmp_path / "合同.csv", wrong), apply=False)
    assert (batch.rows, batch.accepted) == (6, 1)
    codes = {r.values["number"]: r.errors for r in ImportRow.objects.filter(batch=batch).order_by("row")}
    assert all(codes[name] for name in "ABCD")
    assert not Contract.objects.exists()


def test_a_registered_contract_is_not_overwritten(tmp_path):
    asset = earning.workshop(of=make.village())
    imported(written(tmp_path / "合同.csv", [row(asset)]))
    batch = imported(written(tmp_path / "改.csv", [row(asset, **{"年金额（元）": "9000.00"})]))
    assert batch.accepted == 0
    assert str(Contract.objects.get().amount) == "12000.00"


def test_a_file_is_taken_back_as_a_whole(tmp_path):
    asset = earning.workshop(of=make.village())
    batch = imported(written(tmp_path / "合同.csv", [row(asset)]))
    call_command("reverse_batch", str(batch.pk))
    assert not Contract.objects.in_force().exists()
    assert not Due.objects.in_force().exists()


def test_the_receiving_account_comes_in_and_out_and_a_strangers_is_refused(tmp_path):
    village = make.village()
    asset = earning.workshop(of=village)
    own = money.account(village)
    away = make.village(make.township(name="湾塘乡", code="532523206"), "远村委会")
    far = money.account(away, holder=make.party("远村股份经济合作社", of=away))
    spaced = f"{own.number[:4]} {own.number[4:]}"
    rows = [row(asset, 收款账号=spaced), row(asset, "HT-2024-2", 收款账号=far.number)]
    batch = imported(written(tmp_path / "合同.csv", rows), apply=False)
    assert batch.staged.get(action="create").values["account_number"] == own.number
    assert "account_elsewhere" in str(batch.staged.get(action="reject").errors)
    imported(written(tmp_path / "好.csv", rows[:1]))
    contract = Contract.objects.get()
    assert (contract.account, contract.account_number) == (own, own.number)
    again = imported(written(tmp_path / "再次.csv", [exported(contract)]), apply=False)
    assert [one.action for one in ImportRow.objects.filter(batch=again)] == ["keep"]
    stranger = row(asset, 收款账号="6222020000000001")
    other = imported(written(tmp_path / "另.csv", [stranger]), apply=False)
    assert ImportRow.objects.get(batch=other).action == "reject"
    left_out = imported(written(tmp_path / "无.csv", [row(asset)]), apply=False)
    assert ImportRow.objects.get(batch=left_out).action == "keep"


def test_the_account_of_a_natural_person_does_not_leave_the_register():
    contract = earning.contract()
    contract.account_number, contract.account_holder = "6222020000000001", make.person("李秀英")
    assert "6222020000000001" not in exported(contract)
