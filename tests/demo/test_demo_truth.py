"""The demo township holds what was planted in it; the three questions are answered by command."""

from __future__ import annotations

from decimal import Decimal

import pytest

DEMO_USERS = {"admin", "county", "assets", "land", "finance", "clerk", "auditor", "assets2"}


def test_the_summary_names_users_units_parcels_and_findings(site):
    assert set(site.answer["users"]) == DEMO_USERS
    assert site.answer["units"] == site.truth["counts"]["assets"]
    assert site.answer["parcels"] == site.truth["counts"]["parcels"]["2025"]
    assert site.answer["url"] == site.url
    assert site.answer["findings"]["UPK-01"] == len(site.truth["findings"]["UPK-01"])


def test_the_open_findings_are_those_that_were_planted(site):
    status, found, _words = site.manage("findings", "--open")
    assert status == 0
    by_rule: dict[str, set[str]] = {}
    for finding in found:
        by_rule.setdefault(finding["rule"], set()).add(finding["unit"] or finding["division"])
    assert {rule: sorted(units) for rule, units in by_rule.items()} == {
        rule: sorted(units) for rule, units in site.truth["findings"].items()
    }


def test_every_finding_speaks_chinese_and_says_since_when(site):
    _status, found, _words = site.manage("findings", "--open")
    for finding in found:
        assert any("\u4e00" <= letter <= "\u9fff" for letter in finding["message"])
        assert "is in use" not in finding["message"]
        assert finding["since"] <= finding["opened"]


def test_planted_verdicts_come_out_to_the_cent(site):
    _status, found, _words = site.manage("findings", "--rule", "LND-01", "--open")
    details = {finding["unit"]: finding["details"] for finding in found}
    for code, planted in site.truth["verdicts"].items():
        if planted["verdict"] in ("OCCUPIES", "REVIEW"):
            assert details[code]["verdict"] == planted["verdict"]
        else:
            assert code not in details
        if planted["verdict"] == "OCCUPIES":
            measured = Decimal(details[code]["basic_farmland_m2"])
            assert abs(measured - Decimal(planted["area_m2"])) <= Decimal("0.02") + measured * Decimal("2e-5")


def test_who_keeps_what_up_is_answered_for_the_township(site):
    status, rows, _words = site.manage("responsible", "--division", "532523205")
    assert status == 0
    kept = {row["unit"] for row in rows}
    assert not kept & set(site.truth["findings"]["UPK-01"])
    assert {"unit", "name", "division", "body", "person", "since", "until", "share"} <= rows[0].keys()
    assert len(kept) > 600


def test_who_owns_the_income_is_answered_with_shares(site):
    status, rows, _words = site.manage("income_owners", "--division", "532523205")
    assert status == 0
    owned = {row["unit"] for row in rows}
    assert not owned & set(site.truth["other"]["income_missing"])
    assert any(row["share"] not in ("1/1", "1") for row in rows)


def test_the_red_line_is_answered_for_the_sample_site(site):
    path = site.home / "demo" / "sample_site.geojson"
    status, run, _words = site.manage("redline", str(path))
    assert status == 1
    assert run["verdict"] == "OCCUPIES"
    again = site.manage("redline", str(path))[1]
    assert again == run
    zipped = site.manage(
        "redline", str(site.home / "demo" / "sample_site_gbk.zip"), "--source-crs", "EPSG:4544"
    )
    assert zipped[1]["verdict"] == "OCCUPIES"


def test_loading_the_demo_again_changes_nothing(site):
    before = site.manage("findings")[1]
    status, answer, _words = site.manage("demo")
    assert status == 0
    assert answer["units"] == site.answer["units"]
    after = site.manage("findings")[1]
    assert [(f["rule"], f["unit"], f["state"]) for f in after] == [
        (f["rule"], f["unit"], f["state"]) for f in before
    ]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("findings", "--division", "999"), 2),
        (("evaluate", "--rule", "NIL-99"), 2),
        (("responsible", "--as-of", "yesterday"), 2),
        (("redline", "/nowhere/file.geojson"), 2),
        (("import_ledger", "/nowhere/ledger.xlsx", "--kind", "assets"), 2),
        (("import_layer", "/nowhere/layer.gpkg", "--as", "parcels", "--year", "2025"), 2),
        (("reverse_batch", "999999"), 2),
    ],
)
def test_what_cannot_be_done_ends_with_2_and_a_sentence(site, words, status):
    code, document, said = site.manage(*words)
    assert code == status
    assert document is None
    assert said.strip()
    assert "Traceback" not in said
