"""``verify``: every check finds what it is for, and nothing in a register that is as it should be."""

import json

import pytest
from django.core.management import call_command
from django.db import connection

from registry import integrity
from registry.models import Entry, StoredFile, Unit
from registry.services import papers
from registry.services.files import path_of
from registry.services.sources import add_files
from tests import factories as make
from tests.conftest import open_finding


def verify(capsys, *words: str) -> tuple[dict, int]:
    """The answer of the command and its exit status."""
    capsys.readouterr()
    status = 0
    try:
        call_command("verify", *words)
    except SystemExit as end:
        status = end.code
    said = capsys.readouterr()
    assert all(name in said.err for name in ("files", "history"))
    return json.loads(said.out), status


def wrong(check: str, quick: bool = False) -> list[dict]:
    return integrity.verify(quick=quick)["checks"][check]["wrong"]


def sql(*statements: str) -> None:
    """As the owner of the tables may."""
    with connection.cursor() as cursor:
        for statement in ("SET CONSTRAINTS ALL IMMEDIATE", *statements):
            cursor.execute(statement)


@pytest.fixture
def evidence(cast):
    rows = add_files(
        source=make.source(cast.village), files=[("a.txt", [b"plain"]), ("b.jpg", [make.picture()])], by=None
    )
    return {row.name: row for row in rows}


def test_a_register_in_order(capsys, road, plant, evidence):
    papers.print_paper(kind="handover", unit=road.unit, by=None)
    found, status = verify(capsys)
    assert (found["ok"], status) == (True, 0), found
    assert {"files", "papers", "history", "triggers", "identities", "layers", "assets"} <= found[
        "checks"
    ].keys()
    assert found["checks"].pop("strays")["noted"] == []
    assert all(check == {"ok": True, "count": 0, "wrong": []} for check in found["checks"].values())
    assert StoredFile.objects.filter(checked_at=None).count() == 0


def test_files_that_are_gone_or_altered_are_found_and_kept_in_mind(capsys, evidence):
    text, picture = evidence["a.txt"].file, evidence["b.jpg"]
    path_of(text).write_bytes(b"plaiN")
    path_of(picture.preview).unlink()
    assert [row["what"] for row in wrong("files", quick=True)] == ["missing"]  # the size is the same
    found, status = verify(capsys)
    assert status == 1
    assert {(row["sha256"], row["what"]) for row in found["checks"]["files"]["wrong"]} == {
        (text.sha256, "altered"),
        (picture.preview.sha256, "missing"),
    }
    text.refresh_from_db()
    assert text.state == "altered"
    assert [row["what"] for row in wrong("files", quick=True)] == ["altered", "missing"]  # not forgotten
    path_of(text).write_bytes(b"plain")
    path_of(picture.preview).write_bytes(b"longer than before")
    assert [row["what"] for row in wrong("files")] == ["altered"]
    text.refresh_from_db()
    assert text.state == "present"


def test_a_sealed_scan_without_its_file_is_found(road, cast):
    paper = papers.print_paper(kind="handover", unit=road.unit, by=None)
    papers.seal_paper(paper=paper, scan=make.source(cast.village), by=None)
    assert wrong("papers") == [
        {
            "paper": paper.code,
            "what": "scan_without_file",
            "source": paper.scan_id or wrong("papers")[0]["source"],
        }
    ]


def test_a_row_changed_behind_the_triggers_is_found(road):
    sql(
        "ALTER TABLE registry_unit DISABLE TRIGGER USER",
        f"UPDATE registry_unit SET name = '别名' WHERE id = {road.unit.pk}",
        "ALTER TABLE registry_unit ENABLE TRIGGER USER",
    )
    assert wrong("history") == [{"table": "registry_unit", "id": road.unit.pk, "what": "differs"}]
    assert wrong("triggers") == []


def test_a_shape_moved_behind_the_triggers_is_found(road):
    shape = make.shape(road)
    sql(
        "ALTER TABLE registry_shape DISABLE TRIGGER USER",
        f"UPDATE registry_shape SET geom = ST_Translate(geom, 1e-9, 0) WHERE id = {shape.pk}",
        "ALTER TABLE registry_shape ENABLE TRIGGER USER",
    )
    assert wrong("history") == [{"table": "registry_shape", "id": shape.pk, "what": "differs"}]


def test_events_that_were_taken_away_are_found(cast):
    first, second = make.unit(of=cast.village), make.unit(of=cast.village)
    second.name = "改名"
    second.save()
    gone = make.unit(of=cast.village)
    sql(
        "ALTER TABLE registry_unitevent DISABLE TRIGGER USER",
        "ALTER TABLE registry_unit DISABLE TRIGGER USER",
        f"DELETE FROM registry_unitevent WHERE pgh_obj_id = {first.pk}",
        f"DELETE FROM registry_unitevent WHERE pgh_obj_id = {second.pk} AND pgh_label = 'insert'",
        f"DELETE FROM registry_unit WHERE id = {gone.pk}",
        "ALTER TABLE registry_unit ENABLE TRIGGER USER",
        "ALTER TABLE registry_unitevent ENABLE TRIGGER USER",
    )
    found = {(row["id"], row["what"]) for row in wrong("history")}
    assert found == {(first.pk, "no_history"), (second.pk, "beginning_gone"), (gone.pk, "row_gone")}


def test_a_guard_that_is_off_gone_or_another_one_is_found(db):
    name = "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE %s"
    with connection.cursor() as cursor:
        cursor.execute(name, ["registry_act", "%append_only%"])
        (append_only,) = cursor.fetchone()
        cursor.execute(name, ["registry_unit", "%kept%"])
        (kept,) = cursor.fetchone()
    sql(
        f"ALTER TABLE registry_act DISABLE TRIGGER {append_only}",
        f"DROP TRIGGER {kept} ON registry_unit",
        f"COMMENT ON TRIGGER {append_only} ON registry_act IS NULL",
    )
    assert {(row["table"], row["trigger"], row["what"]) for row in wrong("triggers")} == {
        ("registry_act", "append_only", "switched_off"),
        ("registry_unit", "kept", "missing"),
    }
    sql(f"ALTER TABLE registry_act ENABLE TRIGGER {append_only}")
    assert ("registry_act", "altered") in {(row["table"], row["what"]) for row in wrong("triggers")}


def test_identities_between_rows(cast, plant):
    assert wrong("identities") == []
    cast.village.path = "/99/"
    cast.village.save()
    assert [row["what"] for row in wrong("identities")][0] == "path"
    cast.village.path = f"{cast.xinhua.path}{cast.village.pk}/"
    cast.village.save()
    Entry.objects.filter(share_num=2).update(share_num=1)  # 3/5 and 1/5, since before go-live
    assert wrong("identities") == [
        {
            "what": "shares",
            "unit": plant.unit.code,
            "code": "income",
            "day": "2026-01-01",
            "total": "0.800000",
        }
    ]
    open_finding(plant.unit, "RIG-02", subject_key=f"{plant.unit.code}/income")
    assert wrong("identities") == []  # it is known
    cast.users["admin"].is_active = False
    cast.users["admin"].save()
    assert wrong("identities") == [{"what": "no_administrator"}]


def test_shares_before_go_live_are_history_and_thirds_are_whole(cast):
    unit = make.asset("旧厂", cast.village, subtype="processing")
    make.entry(unit, "income", share="1/2", begin="2019-01-01", end="2025-12-31")
    for _holder in range(3):
        make.entry(unit, "income", share="1/3", begin="2026-01-01")
    assert wrong("identities") == []
    make.entry(unit, "upkeep", share="1/2", begin="2026-03-01", end="2026-04-01")
    (found,) = wrong("identities")
    assert (found["code"], found["day"]) == ("upkeep", "2026-03-01")


def test_assets_and_units_belong_together(cast):
    alone = make.unit(of=cast.village)
    assert wrong("assets") == [{"what": "unit_without_asset", "unit": alone.code}]
    Unit.objects.filter(pk=alone.pk).update(kind="project")
    other = make.asset(of=cast.village)
    Unit.objects.filter(pk=other.unit_id).update(kind="project")
    duty = make.upkeep(make.asset(of=cast.village))
    Entry.objects.filter(pk=duty.pk).update(kind="right", code="use")
    assert [row["what"] for row in wrong("assets")] == ["asset_of_another_kind", "terms_of_no_duty"]


def test_a_check_is_registered_once():
    with pytest.raises(ValueError, match="files"):
        integrity.register("files", lambda _quick: [])


def test_much_that_is_wrong_is_counted_and_shown_in_part(monkeypatch):
    monkeypatch.setattr(integrity, "_CHECKS", {"many": lambda _quick: ({"n": n} for n in range(1000))})
    found = integrity.verify()["checks"]["many"]
    assert (found["count"], len(found["wrong"]), found["ok"]) == (1000, integrity.SHOWN, False)


@pytest.mark.django_db
def test_files_that_the_register_does_not_know_are_noted_and_left_alone(cast, settings, capsys):
    source = make.source(cast.village)
    add_files(source=source, files=[("批复.txt", ["批复".encode()])], by=None)
    stray = settings.FILES_DIR / "ab" / ("ab" + "0" * 62)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"left")
    (settings.FILES_DIR / "incoming-x").write_bytes(b"just coming")
    document, status = verify(capsys)
    assert status == 0
    assert document["checks"]["strays"]["noted"] == [
        {"file": f"ab/{stray.name}", "bytes": 4, "what": "unknown"}
    ]
    assert stray.exists()
