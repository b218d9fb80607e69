"""The commands of the surface: keys, exit statuses, one document on standard output."""

import datetime as dt
import io
import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from registry.models import Finding
from registry.rules import all_rules
from registry.rules.base import rules_on
from tests import factories as make

pytestmark = pytest.mark.django_db


def run(command, *args):
    out, status = io.StringIO(), 0
    try:
        call_command(command, *args, stdout=out)
    except SystemExit as end:
        status = end.code
    return json.loads(out.getvalue()), status


def refused(command, *args):
    out = io.StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command(command, *args, stdout=out)
    assert refusal.value.returncode == 2
    assert out.getvalue() == ""
    return str(refusal.value)


@pytest.fixture
def register():
    """Two townships, each with a road; one is kept, the other is not."""
    north, south = make.township(), make.township(name="湾塘乡", code="532523206")
    kept = make.asset("北路", make.village(north, "北村委会", code="532523205201"), code="N-1")
    make.upkeep(
        kept,
        make.party("北村委会", of=kept.unit.division),
        make.person("杨文"),
        begin="2021-01-01",
        end="2026-01-01",
    )
    make.entry(kept, "income", make.party("北合作社", of=kept.unit.division), share="1/3")
    make.asset("南路", make.village(south, "南村委会", code="532523206201"), code="S-1")
    return north, south


def test_evaluate_answers_with_a_tally_for_every_rule_and_ends_with_0(register):
    answer, status = run("evaluate", "--as-of", "2026-06-01")
    assert (answer["as_of"], status) == ("2026-06-01", 0)
    assert set(answer["rules"]) == {rule.id for rule in rules_on(dt.date(2026, 6, 1))}
    assert "P08" in {rule.id for rule in all_rules()} - set(answer["rules"])  # its notice was replaced
    assert answer["rules"]["UPK-01"] == {"checked": 2, "open": 2, "new": 2, "closed": 0, "no_data": 0}
    assert isinstance(answer["seconds"], float)


def test_evaluate_reads_the_rules_and_the_division_that_are_asked_for(register):
    answer, _status = run("evaluate", "--rule", "UPK-01", "--rule", "RIG-01", "--division", "532523206")
    assert sorted(answer["rules"]) == ["RIG-01", "UPK-01"]
    assert answer["rules"]["UPK-01"]["checked"] == 1
    assert set(Finding.objects.values_list("unit__code", flat=True)) == {"S-1"}


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (["--rule", "XYZ-99"], "XYZ-99"),
        (["--division", "999"], "999"),
        (["--division", "532523205", "--system", "mca"], "532523205"),
    ],
)
def test_what_cannot_be_done_ends_with_2_and_one_sentence(register, args, word):
    assert word in refused("evaluate", *args)


def test_findings_are_listed_with_rule_unit_division_dates_and_sentence(register):
    run("evaluate", "--as-of", "2026-06-01", "--rule", "UPK-01")
    rows, status = run("findings")
    assert (len(rows), status) == (2, 0)
    row = next(row for row in rows if row["unit"] == "N-1")
    assert {
        "rule",
        "subject",
        "unit",
        "division",
        "state",
        "severity",
        "since",
        "message",
        "baseline",
    } <= set(row)
    assert (row["rule"], row["subject"], row["division"]) == ("UPK-01", "unit:N-1", "532523205201")
    assert (row["since"], row["state"], row["severity"], row["baseline"]) == (
        "2026-01-01",
        "open",
        "F",
        False,
    )
    assert "北路" in row["message"]


def test_findings_can_be_limited_to_rule_division_and_open_ones(register):
    run("evaluate", "--as-of", "2026-06-01")
    make.upkeep(Finding.objects.filter(unit__code="S-1")[0].unit)
    run("evaluate", "--as-of", "2026-06-02")
    closed = [row for row in run("findings", "--rule", "UPK-01")[0] if row["state"] == "closed"]
    assert [(row["unit"], row["closed"]) for row in closed] == [("S-1", "2026-06-02")]
    assert {row["unit"] for row in run("findings", "--rule", "UPK-01", "--open")[0]} == {"N-1"}
    assert {row["unit"] for row in run("findings", "--division", "532523206")[0]} == {"S-1"}


def test_responsible_answers_for_the_day_with_the_last_day_belonging_to_nobody(register):
    rows, status = run("responsible", "--as-of", "2025-12-31")
    assert status == 0
    assert rows == [
        {
            "unit": "N-1", "name": "北路", "division": "532523205201", "body": "北村委会", "person": "杨文",
            "since": "2021-01-01", "until": "2026-01-01", "share": "1/1",
        }
    ]  # fmt: skip
    assert run("responsible", "--as-of", "2026-01-01")[0] == []
    assert run("responsible", "--as-of", "2025-12-31", "--division", "532523206")[0] == []


def test_income_owners_answer_with_exact_shares(register):
    rows, status = run("income_owners")
    assert status == 0
    assert rows == [
        {"unit": "N-1", "name": "北路", "division": "532523205201", "party": "北合作社", "share": "1/3"}
    ]
    assert run("income_owners", "--as-of", "2019-12-31")[0] == []


def test_divisions_are_named_in_the_system_that_is_asked_for(register):
    _north, south = register
    make.DivisionCode.objects.create(
        division=south, system="mca", code="532523205", valid=make.period(dt.date(2012, 11, 8))
    )
    run("evaluate", "--rule", "UPK-01")
    assert {row["unit"] for row in run("findings", "--division", "532523205")[0]} == {"N-1"}
    assert {row["unit"] for row in run("findings", "--division", "532523205", "--system", "mca")[0]} == {
        "S-1"
    }


def test_a_batch_that_is_not_there_or_not_applied_cannot_be_reversed(register):
    assert "99" in refused("reverse_batch", "99")
