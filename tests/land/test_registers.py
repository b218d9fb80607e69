"""The four land registers: rows, rates, masked names, files, and where a point supply may not be."""

import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from land.models import FarmlandHouse, IdleLand, LandCertificate, PointSupplyApproval
from land.queries.registers import rates
from land.registers import BY_KEY, REGISTERS
from land.services.registers import change, keep, strike
from registry import geo
from registry.errors import BadInput, NotAllowed
from registry.models import Act, ImportBatch
from registry.services.imports import reverse_batch
from tests import factories as make
from tests.land.layers import at, gpkg, take, zone_columns

pytestmark = pytest.mark.django_db
HOUSES, SUPPLIES, IDLE, CERTIFICATES = (BY_KEY[key] for key in ("houses", "supplies", "idle", "certificates"))


def house(of, **values):
    said = {"holder": "杨大山", "area_m2": Decimal("120"), "on": dt.date(2015, 5, 1)} | values
    return keep(register=HOUSES, division=of, values=said, by=None)


def footprint(shape):
    from django.contrib.gis.geos import GEOSGeometry, MultiPolygon

    record = geo.transform(shape, 4544, 4490)
    return MultiPolygon(GEOSGeometry(record.wkt, srid=4490), srid=4490)


def test_a_house_from_before_the_ban_is_kept_and_a_later_one_is_a_case(township):
    village = township.children.first()
    house(village, on=dt.date(2020, 7, 28))
    for day in (dt.date(2020, 7, 29), dt.date(2023, 1, 1)):
        with pytest.raises(BadInput) as error:
            house(village, on=day)
        assert error.value.code == "on"
    house(village, on=None)
    assert FarmlandHouse.objects.count() == 2
    assert Act.objects.filter(verb="land_row_entered").count() == 2
    assert "杨大山" not in str(list(Act.objects.values_list("after", flat=True)))


def test_parts_are_no_more_than_the_whole_in_the_service_and_in_the_database(township):
    village = township.children.first()
    with pytest.raises(BadInput):
        house(village, farmland_m2=Decimal("121"))
    with pytest.raises(BadInput):
        house(village, farmland_m2=Decimal("50"), basic_farmland_m2=Decimal("51"))
    with pytest.raises(IntegrityError), transaction.atomic():
        FarmlandHouse.objects.create(division=village, holder="a", area_m2=1, farmland_m2=2)
    with pytest.raises(BadInput):
        keep(register=CERTIFICATES, division=village, values={"holder": "a", "state": "registered"}, by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        LandCertificate.objects.create(division=village, holder="a", state="registered")


def test_rows_are_changed_with_a_reason_and_struck_but_not_deleted(township):
    row = house(township.children.first())
    with pytest.raises(BadInput):
        change(register=HOUSES, row=row, values={"state": "restored"}, reason="", by=None)
    change(register=HOUSES, row=row, values={"state": "restored"}, reason="已复耕验收", by=None)
    assert FarmlandHouse.objects.get().state == "restored"
    strike(register=HOUSES, row=row, reason="重复登记", by=None)
    assert not FarmlandHouse.objects.in_force().exists()
    with pytest.raises(Exception, match="Cannot .*delete"), transaction.atomic():
        FarmlandHouse.objects.all()._raw_delete("default")


def test_only_officers_of_the_place_keep_them(township):
    village = township.children.first()
    for user in (make.user("asset_manager", township), make.user("county", township.parent)):
        with pytest.raises(NotAllowed):
            keep(register=IDLE, division=village, values={"holder": "村集体"}, by=user)
    keep(register=IDLE, division=village, values={"holder": "村集体"}, by=make.user("land_officer", township))
    assert IdleLand.objects.count() == 1


# --- point supply


@pytest.fixture
def layers(township, tmp_path):
    """Basic farmland in the west, ecological red line in the east."""
    path = gpkg(tmp_path / "bf.gpkg", [at(0, 0, 100, 100)], zone_columns(1))
    assert take(path, "basic_farmland", of=township)[0]["state"] == "applied"
    columns = {"HXBM": ["ST01"], "HXMC": ["生态保护红线"], "ZLDWDM": ["5325232052010000000"], "SJNF": [2024]}
    path = gpkg(tmp_path / "eco.gpkg", [at(200, 0, 100, 100)], columns)
    assert take(path, "ecological_red_line", of=township)[0]["state"] == "applied"
    return township


def supply(of, shape, **values):
    said = {"holder": "草果烘干房", "on": dt.date(2025, 3, 1), "geom": footprint(shape) if shape else None}
    return keep(register=SUPPLIES, division=of, values=said | values, by=None)


def test_a_point_supply_takes_no_basic_farmland_and_no_red_line(layers):
    village = layers.children.first()
    row = supply(village, at(150, 10, 20, 20))
    assert row.checked["ecological_red_line"] == "NONE"
    for west in (90, 290):  # half inside either
        with pytest.raises(BadInput) as error:
            supply(village, at(west, 10, 20, 20))
        assert error.value.code == "geom"
    assert PointSupplyApproval.objects.count() == 1


def test_a_point_supply_without_layers_or_outline_is_not_said_to_be_in_order(township):
    village = township.children.first()
    assert supply(village, at(0, 0, 20, 20)).checked["basic_farmland"] == "NO_DATA"
    assert supply(village, None, number="二").checked["ecological_red_line"] == "NO_SHAPE"


# --- rates


def test_rates_by_village_and_township(township):
    first, second = township.children.order_by("path")
    for number, state in enumerate(["registered", "registered", "surveyed"]):
        values = {"holder": f"户{number}", "state": state, "number": f"云{number}", "area_m2": Decimal("100")}
        keep(register=CERTIFICATES, division=first, values=values, by=None)
    keep(register=CERTIFICATES, division=second, values={"holder": "某户"}, by=None)
    found = rates(LandCertificate.objects.in_force(), CERTIFICATES.done, township)
    assert [(rate.place.name, rate.total, rate.done) for rate in found] == [
        (township.name, 4, 2), (first.name, 3, 2), (second.name, 1, 0),
    ]  # fmt: skip
    assert found[0].share == Decimal("0.5")
    assert found[0].area_m2 == 300
    assert rates(LandCertificate.objects.in_force(), CERTIFICATES.done, township.parent)[1].done == 2


# --- pages


@pytest.mark.parametrize("register", REGISTERS, ids=lambda one: one.key)
def test_every_register_has_its_list_form_and_export(as_, cast, register):
    client = as_("land_officer")
    page = client.get(reverse(register.url_name))
    assert page.status_code == 200
    url = reverse("land_row_new", args=[register.key])
    data = {"division": cast.village.pk, "holder": "杨大山", "number": "甲1", "area_m2": "88.50"}
    for part in register.parts:
        if part.kind == "choice":
            data[part.name] = register.model._meta.get_field(part.name).default
    assert client.post(url, data).status_code == 302
    row = register.model.objects.get()
    assert row.area_m2 == Decimal("88.50")
    seen = client.get(reverse(register.url_name)).content.decode()
    assert ("杨*山" in seen) == register.private
    assert "杨大山" in as_("asset_manager").get(reverse(register.url_name)).content.decode()
    sheet = b"".join(client.get(reverse(register.url_name) + "?export=csv").streaming_content).decode()
    assert ("杨大山" in sheet) != register.private
    change_url = reverse("land_row", args=[register.key, row.pk])
    assert client.post(change_url, data | {"note": "核实", "reason": "核实"}).status_code == 302
    assert (
        client.post(reverse("land_row_strike", args=[register.key, row.pk]), {"reason": "重复"}).status_code
        == 302
    )
    assert not register.model.objects.in_force().exists()


def test_lists_are_filtered_by_village_and_state(as_, cast):
    house(cast.village, state="restored")
    house(make.village(cast.xinhua, "羊街村委会"))
    client = as_("land_officer")
    for query, count in (("", 2), ("state=restored", 1), (f"village={cast.village.pk}", 1), ("year=2015", 2)):
        assert client.get(f"/land/houses/?{query}").context["count"] == count


# --- files


def workbook(path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def bring(path, kind, of):
    from registry.management.importing import run_import

    return run_import(kind=f"ledger:{kind}", path=str(path), options={}, apply=True, division=of)


def test_a_list_of_houses_comes_in_with_every_error_and_goes_back(township, tmp_path):
    rows = [
        ["乡镇", "村", "户主", "编号", "建成时间", "占地面积", "占用耕地面积", "处置状态"],
        ["新华乡", "戈纪街村", "杨大山", "H-1", "2015-05-01", 120.5, 80, "已拆除复耕"],
        ["新华乡", "岩峰村", "李秀英", "H-2", "2016年", 90, 90, "待处置"],
        ["新华乡", "无此村", "王某", "H-3", "2015-05-01", 90, 90, "待处置"],
        ["新华乡", "岩峰村", "赵某", "H-4", "2021-05-01", 90, 95, "待处置"],
    ]
    document, status = bring(workbook(tmp_path / "houses.xlsx", rows), "houses", township)
    assert (document["state"], status) == ("applied", 0) or document["accepted"] == 2
    assert set(FarmlandHouse.objects.values_list("holder", "state")) == {
        ("杨大山", "restored"), ("李秀英", "pending"),
    }  # fmt: skip
    batch = ImportBatch.objects.get()
    errors = {row.row: {error["field"] for error in row.errors} for row in batch.staged.exclude(errors=[])}
    assert errors == {4: {"village"}, 5: {"on", "area_m2"}}
    from registry import importers

    name, content = importers.get("ledger:houses").rejects(batch)
    assert name.endswith(".xlsx")
    assert openpyxl.load_workbook(io.BytesIO(content)).active.max_row >= 3
    again, _status = bring(workbook(tmp_path / "again.xlsx", rows[:3]), "houses", township)
    assert again["unchanged"] == 2
    reverse_batch(batch=batch, by=None)
    assert not FarmlandHouse.objects.in_force().exists()


def test_a_list_of_certificates_comes_in(township, tmp_path):
    rows = [
        ["村", "权利人", "不动产权证号", "宗地面积", "建筑面积", "登记日期", "登记状态"],
        ["戈纪街村委会", "杨大山", "云(2023)屏边县不动产权第0000001号", 150, 200, "2023-06-01", "已登记颁证"],
        ["戈纪街村委会", "李秀英", "", 150, 200, "", "未登记"],
    ]
    document, _status = bring(workbook(tmp_path / "c.xlsx", rows), "certificates", township)
    assert document["accepted"] == 2
    assert LandCertificate.objects.filter(state="registered").count() == 1
