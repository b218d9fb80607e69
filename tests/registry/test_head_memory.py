"""A title that somebody named once is understood in the next file of the kind, until it is forgotten."""

import pytest

from registry.errors import NotAllowed
from registry.models import HeadAlias, ImportBatch
from registry.queries.head_memory import remembered
from registry.readers.table import Sheet, detect_header
from registry.services.head_memory import forget_head, remember_heads
from tests import factories as make

pytestmark = pytest.mark.django_db
KIND = "ledger:assets"


@pytest.fixture
def county(db):
    found = make.county()
    found.town = make.township(found)
    found.village = make.village(found.town)
    found.other = make.township(found, "湾塘乡", code="532523206")
    return found


def name(division, by=None, known=None, unit="", **titles):
    return remember_heads(kind=KIND, division=division, named=titles, known=known or {}, by=by, unit=unit)


def fields(division):
    return {title: alias.field for title, alias in remembered(KIND, division).items()}


def test_the_nearest_naming_counts_and_what_holds_for_all_comes_last(county):
    name(None, 东西="name", 值="original_value")
    name(county.town, 东西="spec")
    assert fields(county.village) == {"东西": "spec", "值": "original_value"}
    assert fields(county.other) == {"东西": "name", "值": "original_value"}
    assert remembered("ledger:parties", county.town) == {}


def test_what_the_reader_knows_by_itself_needs_no_memory_and_ends_one(county):
    known = {"资产名称": "name", "怪列": ""}
    assert name(county.town, known=known, 资产名称="name", 怪列="") == []
    name(county.town, known=known, 资产名称="spec")
    assert fields(county.town) == {"资产名称": "spec"}
    name(county.town, known=known, 资产名称="name")
    assert fields(county.town) == {}


def test_what_was_named_above_is_overruled_only_by_saying_so(county):
    name(county, 东西="name")
    name(county.town, 东西="")
    assert fields(county.town) == {"东西": ""}
    name(county.town, 东西="name")
    assert fields(county.town) == {"东西": "name"}
    assert HeadAlias.objects.count() == 1


def test_the_first_who_named_it_stays_and_a_unit_is_kept_with_money_only(county):
    first = make.user("asset_manager", county.town)
    name(county.town, by=first, 值多少="original_value", 东西="name", unit="wan")
    name(county.town, by=make.user("asset_manager", county.town), 值多少="original_value", unit="wan")
    found = remembered(KIND, county.town)
    assert (found["值多少"].unit, found["东西"].unit, found["值多少"].named_by) == ("wan", "", first)


def test_only_who_imports_there_names_and_forgets(county):
    manager = make.user("asset_manager", county.town)
    for division in (county.other, None):
        with pytest.raises(NotAllowed):
            name(division, by=manager, 东西="name")
    [alias] = name(county.town, by=manager, 东西="name")
    with pytest.raises(NotAllowed):
        forget_head(alias=alias, by=make.user("asset_manager", county.other))
    forget_head(alias=alias, by=manager)
    assert fields(county.town) == {}


@pytest.mark.parametrize(
    ("rows", "named", "expected"),
    [
        ([["东西", "哪个村"], ["路", "甲村"]], {"东西": "name", "哪个村": "village"}, ["name", "village"]),
        ([["东 西（元）", "村"], ["路", "甲村"]], {"东西": "name"}, ["name", "village"]),
        ([["资产名称", "村"], ["路", "甲村"]], {"村": ""}, ["name", None]),
        ([["资金", None, "名称"], ["其一", "其二", None], [1, 2, "路"]],
         {"资金/其一": "central", "资金/其二": "county"}, ["central", "county", "name"]),
    ],
)  # fmt: skip
def test_a_head_is_read_by_what_was_named_before_what_it_is_called(rows, named, expected):
    from dataclasses import replace

    from assets.importers.columns import ASSETS
    from registry.readers.table.sheets import Merge

    merges = [Merge(0, 0, 0, 1), Merge(0, 2, 1, 2)] if len(rows) == 3 else []
    header = detect_header(Sheet("台账", rows, merges), replace(ASSETS, named=tuple(named.items())))
    if header is None:
        assert expected == ["name", None]  # a head of one column is none
        return
    assert [column.field.name if column.field else None for column in header.columns] == expected


def test_the_page_names_remembers_tells_and_forgets(client, county, settings, tmp_path):
    from django.core.files.uploadedfile import SimpleUploadedFile

    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    settings.FILES_DIR = tmp_path
    user = make.user("asset_manager", county.town)
    client.force_login(user)

    def send(first):
        text = f"东西,哪种,哪个村,值多少（元）\n{first},道路交通,{county.village.name},300000\n"
        upload = SimpleUploadedFile(f"{first}.csv", text.encode("gb18030"))
        client.post(f"/imports/new/{KIND}/", {"file": upload})
        return ImportBatch.objects.order_by("-id")[0]

    batch = send("甲路")
    assert batch.state == "refused"
    columns = {"column_0": "name", "column_1": "subtype", "column_2": "village", "column_3": "original_value"}
    client.post(f"/imports/{batch.pk}/mapping/?head=1", {"head": 1, **columns})
    batch.refresh_from_db()
    assert (batch.state, batch.accepted) == ("staged", 1), batch.errors
    again = send("乙路")
    assert (again.state, again.accepted) == ("staged", 1), again.errors
    page = client.get(f"/imports/{again.pk}/").content.decode()
    assert user.get_full_name() in page
    alias = HeadAlias.objects.get(title="东西")
    assert f"/imports/{again.pk}/forget/{alias.pk}/" in page
    client.post(f"/imports/{again.pk}/forget/{alias.pk}/")
    again.refresh_from_db()
    assert (again.state, HeadAlias.objects.filter(title="东西").exists()) == ("refused", False)
