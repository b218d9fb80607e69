"""The pages of quotas and balances as officers use them: forms, refusals at their field, lists, exports."""

import io
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse

from land.desk_quotas import page_of
from land.forms_holdings import AreaField
from land.models import (
    CompensationBalance,
    ConstructionQuota,
    ConversionApproval,
    LinkagePlot,
    LinkageProject,
    QuotaEntry,
    SupplementProject,
    SurplusQuota,
)
from registry import clock
from registry.models import Act, Finding
from registry.rules.engine import evaluate
from tests import factories as make
from tests.land.layers import at, gpkg, parcel_columns

from . import holdings as land

pytestmark = pytest.mark.django_db
PAPER = {"paper_number": "云自然资计〔2025〕3号", "paper_on": "2025-01-20"}


def post(client, address, args=(), /, **data):
    return client.post(reverse(address, args=args), data)


def errors(answer):
    assert answer.status_code == 200
    return answer.context["form"].errors


@pytest.mark.parametrize(
    ("typed", "m2"),
    [
        ("8333.33", "8333.33"),
        ("12.5亩", "8333.33"),
        ("0.83 公顷", "8300.00"),
        ("1,000 m2", "1000.00"),
        ("", None),
    ],
)
def test_an_area_is_typed_in_square_metres_mu_or_hectares(typed, m2):
    assert AreaField(required=False).clean(typed) == (Decimal(m2) if m2 else None)


@pytest.mark.parametrize("typed", ["-5", "12里", "一亩", "1e3"])
def test_what_is_no_area_is_told_with_an_example(typed):
    with pytest.raises(Exception, match="8333.33"):
        AreaField().clean(typed)


def test_a_land_officer_opens_an_account_allocates_and_charges_it(as_, cast):
    client = as_("land_officer")
    answer = post(client, "quota_new", division=cast.xinhua.pk, kind="general", year=2025)
    account = ConstructionQuota.objects.get()
    assert answer["Location"] == reverse("quota", args=[account.pk])
    moved = post(client, "quota_move", [account.pk], kind="allocated", m2="7.5亩", day="2025-02-01", **PAPER)
    assert moved.status_code == 302
    assert QuotaEntry.objects.get().amount_m2 == Decimal("5000.00")
    answer = post(
        client, "land_approval_new", division=cast.xinhua.pk, approval_no="云政复〔2025〕9号",
        kind="conversion",
        level="province", approved_on="2025-03-01", project_name="产业路", tag="other", farmland_m2="1000",
        basis="ordinary",
    )  # fmt: skip
    approval = ConversionApproval.objects.get()
    assert answer["Location"] == reverse("land_approval", args=[approval.pk])
    form = client.get(reverse("land_approval_charge", args=[approval.pk])).context["form"]
    assert form.initial["m2"] == Decimal("1000.00")
    post(client, "land_approval_charge", [approval.pk], account=account.pk, m2="1000", day="2025-03-01")
    page = client.get(reverse("quota", args=[account.pk]))
    assert [line.balance for line in page.context["lines"]] == [Decimal(5000), Decimal(4000)]
    assert page.context["balance"] == Decimal(4000)
    assert client.get(reverse("land_approval", args=[approval.pk])).context["left"] == 0


def test_a_movement_that_overdraws_is_refused_at_the_area_with_the_day(as_, cast):
    account = land.account(cast.xinhua)
    land.entry(account, "allocated", "100", "2025-02-01")
    answer = post(
        as_("land_officer"), "quota_move", [account.pk], kind="lapsed", m2="101", day="2025-03-01", **PAPER
    )
    assert "2025-03-01" in errors(answer)["m2"][0]
    assert "1.00" in errors(answer)["m2"][0]


def test_the_special_quota_is_not_even_offered_to_another_project_and_refused_when_sent(as_, cast):
    special = land.account(cast.xinhua, "poverty_special")
    land.entry(special, "allocated", "5000")
    approval = land.approval(cast.xinhua, tag="other")
    client = as_("land_officer")
    form = client.get(reverse("land_approval_charge", args=[approval.pk])).context["form"]
    assert list(form.fields["account"].queryset) == []
    assert "account" in errors(
        post(client, "land_approval_charge", [approval.pk], account=special.pk, m2="1", day="2025-03-01")
    )


def test_a_movement_is_taken_back_with_its_reason_and_stays_on_the_page(as_, cast):
    account = land.account(cast.xinhua)
    entry = land.entry(account, "allocated", "100")
    client = as_("land_officer")
    assert "reason" in errors(post(client, "quota_entry_take_back", [entry.pk], reason="错"))
    assert post(client, "quota_entry_take_back", [entry.pk], reason="文号有误").status_code == 302
    page = client.get(reverse("quota", args=[account.pk]))
    assert page.context["lines"][0].balance is None
    assert "文号有误" in page.content.decode()


def test_the_hub_shows_balances_of_a_day_debt_and_findings(as_, cast):
    account = land.account(cast.xinhua)
    land.entry(account, "allocated", "1000", "2025-02-01")
    land.entry(account, "returned", "400", "2025-06-01")
    land.occupation(cast.xinhua)
    client = as_("finance_officer")
    page = client.get(reverse("quotas") + "?day=2025-05-31")
    assert [row.record.balance for row in page.context["table"].rows] == [Decimal(1000)]
    assert client.get(reverse("quotas")).context["figures"][0]["balance"] == Decimal(600)
    assert page.context["debt"]["m2"] == Decimal(1000)
    assert client.get(reverse("quotas") + "?day=nonsense").status_code == 200


def test_exports_hold_square_metres_and_hectares_with_two_decimals(as_, cast):
    land.approval(cast.xinhua, farmland_m2=Decimal("12345.00"))
    answer = as_("finance_officer").get(reverse("land_approvals") + "?export=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    line = next(row for row in rows if 12345 in row)
    assert line.count(12345) == 4  # all land, new construction land, farmland, borne by no quota yet
    assert line.count(1.23) == 4  # the same in hectares


@pytest.mark.parametrize("name", ["quotas", "occupations", "supplements", "designations", "linkage"])
def test_every_list_is_given_away_as_a_file(as_, cast, name):
    land.entry(land.account(cast.xinhua), "allocated", "1000")
    land.use(land.supplement(cast.xinhua), land.occupation(cast.xinhua), "10")
    land.designation(cast.xinhua)
    land.surplus(land.linkage(cast.xinhua), "accepted", "4000", "2024-01-01")
    answer = as_("county").get(reverse(name) + "?export=csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").strip().splitlines()
    assert len(lines) == 2


def test_occupation_supplement_acceptance_and_use_from_page_to_page(as_, cast):
    officer, chief = as_("land_officer"), as_("county")
    place = {"division": cast.xinhua.pk, **PAPER}
    refused = post(
        officer, "occupation_new", name="加工厂", kind="construction",
        occupied_on="2025-03-01", area_m2="1.5亩",
        **place,
    )  # fmt: skip
    assert "B03" in errors(refused)["occupier"][0]
    post(
        officer, "occupation_new", name="加工厂", kind="construction",
        occupied_on="2025-03-01", area_m2="1.5亩",
        occupier="交投公司", grade="9", **place,
    )  # fmt: skip
    occupation = CompensationBalance.objects.get()
    post(officer, "supplement_new", name="补充耕地", planned_m2="2000", **place)
    supplement = SupplementProject.objects.get()
    assert post(officer, "supplement_accept", [supplement.pk]).status_code == 403
    accepted = post(
        chief, "supplement_accept", [supplement.pk], accepted_on="2025-01-05", accepted_m2="2000", grade="9",
        **PAPER,
    )  # fmt: skip
    assert accepted.status_code == 302
    page = officer.get(reverse("compensation"))
    assert page.context["debtors"] == [
        {"name": "交投公司", "m2": Decimal(1000), "paddy_m2": Decimal(0), "count": 1}
    ]
    form = officer.get(reverse("occupation_use", args=[occupation.pk])).context["form"]
    assert form.initial["m2"] == Decimal(1000)
    post(
        officer,
        "occupation_use",
        [occupation.pk],
        supplement=supplement.pk,
        m2="1000",
        day="2025-03-02",
        **PAPER,
    )
    assert officer.get(reverse("compensation")).context["sums"]["debt"] == 0
    assert officer.get(reverse("occupation", args=[occupation.pk])).context["state"].in_debt is False
    assert officer.get(reverse("supplement", args=[supplement.pk])).context["left"] == Decimal(1000)


def test_a_linkage_project_with_a_plot_out_of_a_file_is_accepted_and_its_surplus_sold(as_, cast, tmp_path):
    officer, chief = as_("land_officer"), as_("county")
    post(
        officer, "linkage_new", division=cast.xinhua.pk, name="小寨项目区", approval_no="云自然资〔2023〕7号",
        approved_on="2023-05-01", demolish_m2="5000", new_build_m2="3000", base_year=2022,
    )  # fmt: skip
    project = LinkageProject.objects.get()
    path = gpkg(tmp_path / "plot.gpkg", [at(0, 0, 50, 50)], parcel_columns(["0702"]))
    with path.open("rb") as file:
        added = post(
            officer, "linkage_plot_new", [project.pk], role="demolish", name="旧宅", m2="2500", geom=file
        )
    assert added.status_code == 302
    assert LinkagePlot.objects.get().geom.num_points == 5
    post(chief, "linkage_accept", [project.pk], m2="4000", day="2025-01-01", **PAPER)
    sale = {"day": "2025-02-01", "buyer": "昆明市", "price_yuan": "450000", **PAPER}
    refused = post(officer, "linkage_sell", [project.pk], m2="1000.01", **sale)
    assert "G01" in str(errors(refused))
    post(officer, "linkage_sell", [project.pk], m2="1000", **sale)
    assert SurplusQuota.objects.in_force().count() == 2
    page = officer.get(reverse("linkage_project", args=[project.pk]))
    assert page.context["state"].left_m2 == 0
    assert Act.objects.filter(verb="surplus_sold").exists()


def test_a_file_that_is_no_layer_is_told_at_its_field(as_, cast):
    project = land.linkage(cast.xinhua)
    broken = io.BytesIO(b"no layer")
    broken.name = "plot.zip"
    answer = post(
        as_("land_officer"),
        "linkage_plot_new",
        [project.pk],
        role="demolish",
        name="旧宅",
        m2="1",
        geom=broken,
    )
    assert "geom" in errors(answer)


def test_what_lies_in_another_township_is_not_seen(as_, cast):
    far = land.account(make.township(cast.county, "湾塘乡", "532523206"))
    assert as_("land_officer").get(reverse("quota", args=[far.pk])).status_code == 404
    assert as_("county").get(reverse("quota", args=[far.pk])).status_code == 200


def test_a_finding_leads_to_the_thing_that_it_speaks_of(as_, cast):
    approval, occupation = land.approval(cast.xinhua), land.occupation(cast.xinhua)
    evaluate(as_of=clock.today(), rule_ids=["Q02", "B01"])
    pages = {finding.rule: page_of(finding) for finding in Finding.objects.open()}
    assert pages == {
        "Q02": reverse("land_approval", args=[approval.pk]),
        "B01": reverse("occupation", args=[occupation.pk]),
    }
    finding = Finding.objects.open().get(rule="Q02")
    page = as_("land_officer").get(reverse("finding", args=[finding.pk]))
    assert pages["Q02"] in page.content.decode()
    assert as_("land_officer").get(pages["Q02"]).context["findings"]


def test_an_in_out_balance_is_taken_back_and_recorded_anew(as_, cast):
    row = land.in_out(cast.xinhua)
    client = as_("land_officer")
    assert post(client, "in_out_take_back", [row.pk], reason="数据有误").status_code == 302
    post(client, "in_out_new", division=cast.xinhua.pk, year=2022, out_m2="1亩", in_m2="2亩", **PAPER)
    assert client.get(reverse("compensation")).context["in_out"].get().balance_m2 == Decimal("666.66")
