"""Rules on who operates: OPR-01, OPR-02, OPR-06, OPR-10. 中文：经营规则"""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from assets.codes import AssetClass
from assets.models import BenefitLink, Contract, ContractUnit
from assets.rules.standing import built_on, held, row, standing
from registry import display
from registry.codes import PRIVATE_KINDS, EntryCode, Severity, UnitState
from registry.models import Entry
from registry.rules import Context, Outcome, Rule

from .reading import contract_row, contracts, found

USING = (EntryCode.OPERATION, EntryCode.USE)
READS = frozenset(
    {
        "assets_asset", "assets_contract", "assets_contractunit",
        "registry_entry/operation", "registry_entry/use", "registry_entry/ownership", "registry_party",
        "registry_decision",
    }
)  # fmt: skip


def _running(context: Context) -> Any:
    """Units under a contract that runs on the day, as a subquery on ``unit``."""
    running = Contract.objects.running(context.as_of).filter(signed_on__lte=context.as_of)
    return ContractUnit.objects.filter(contract__in=running, unit=OuterRef("unit"))


def _operating(context: Context) -> Any:
    return standing(context, asset_class=AssetClass.OPERATING, unit__state=UnitState.IN_USE)


def read_opr_01(context: Context) -> Outcome:
    """OPR-01: an operating asset in use has neither operator nor a plan of own operation. Two queries."""
    assets = _operating(context)
    operated = held(context, EntryCode.OPERATION).filter(unit=OuterRef("unit"))
    nobody = assets.annotate(run=Exists(operated), agreed=Exists(_running(context))).filter(
        run=False, agreed=False
    )
    rows = [row(asset, asset.unit.state_since or built_on(asset)) for asset in nobody]
    return Outcome(checked=context.counted(assets), rows=rows)


def read_opr_02(context: Context) -> Outcome:
    """OPR-02: operated or used by somebody who is not the owner, without a written contract. Two queries."""
    owned = held(context, EntryCode.OWNERSHIP).filter(unit=OuterRef("unit"), party=OuterRef("party"))
    agreed = _running(context).filter(
        Q(contract__operator=OuterRef("party")) | Q(contract__sublet_to=OuterRef("party"))
    )
    earlier = ContractUnit.objects.filter(
        unit=OuterRef("unit"),
        contract__in=Contract.objects.signed().filter(term__endswith__lte=context.as_of),
        contract__operator=OuterRef("party"),
    )  # an ended contract of theirs is OPR-06
    using = Entry.objects.on(context.as_of).filter(
        code__in=USING, unit__in=_operating(context).order_by().values("unit")
    )
    strangers = using.annotate(own=Exists(owned), paper=Exists(agreed), ended=Exists(earlier)).filter(
        own=False, paper=False, ended=False
    )
    first: dict[int, Entry] = {}
    for entry in strangers.select_related("unit__asset", "party").order_by("unit__code", "valid", "pk"):
        first.setdefault(entry.unit_id, entry)
    rows = [row(entry.unit.asset, entry.valid.lower, party=_shown(entry.party)) for entry in first.values()]
    return Outcome(checked=context.counted(using), rows=rows)


def _shown(party: Any) -> str:
    return display.masked(party.name) if party.kind in PRIVATE_KINDS else party.name


def read_opr_06(context: Context) -> Outcome:
    """OPR-06: a contract has ended, its operator is still recorded as using, and nothing new is signed.

    Four queries.
    """
    ended = contracts(context, term__endswith__lte=context.as_of, operator__isnull=False)
    units = {part.unit_id for contract in ended for part in contract.parts_read}  # type: ignore[attr-defined]
    using = Entry.objects.on(context.as_of).filter(code__in=USING, unit__in=units)
    still = set(using.values_list("unit", "party"))
    running = Contract.objects.running(context.as_of)
    again = set(
        ContractUnit.objects.filter(contract__in=running, unit__in=units).values_list("unit", flat=True)
    )
    rows = []
    for contract in ended:
        held_over = [
            part.unit_id
            for part in contract.parts_read  # type: ignore[attr-defined]
            if (part.unit_id, contract.operator_id) in still and part.unit_id not in again
        ]
        if held_over:
            rows.append(contract_row(contract, contract.term.upper, ended=str(contract.last_day or "")))
    return Outcome(checked=len(ended), rows=found(rows))


def read_opr_10(context: Context) -> Outcome:
    """OPR-10: an operating asset in use has no recorded benefit link. Two queries."""
    assets = _operating(context)
    linked = BenefitLink.objects.on(context.as_of).filter(unit=OuterRef("unit"))
    alone = assets.annotate(linked=Exists(linked)).filter(linked=False).order_by(F("unit__code"))
    rows = [row(asset, asset.unit.state_since or built_on(asset)) for asset in alone]
    return Outcome(checked=context.counted(assets), rows=rows)


RULES = (
    Rule(
        id="OPR-01",
        looks_at="assets_asset",
        title=_("nobody operates it"),
        message=_("%(name)s is an operating asset in use, and has neither an operator nor own operation."),
        remedy=_("Sign a contract on it, or register its own operation."),
        source="国办函〔2021〕51号（经营性资产落实经营主体）",
        reads=READS,
        read=read_opr_01,
    ),
    Rule(
        id="OPR-02",
        looks_at="registry_entry",
        title=_("operated without a contract"),
        message=_("%(name)s is operated by %(party)s, and there is no signed contract."),
        remedy=_("Register the signed contract; make one where there is none."),
        source="民法典第七百零七条；出租合同核查（有租无合同）",
        reads=READS,
        read=read_opr_02,
    ),
    Rule(
        id="OPR-06",
        looks_at="assets_contractunit",
        title=_("contract ended, operator still there"),
        message=_("Contract %(contract)s on %(name)s ended on %(ended)s, and its operator still uses it."),
        remedy=_("Sign a new contract, or record that the asset was handed back."),
        source="民法典第七百三十四条；到期合同预警",
        reads=READS,
        read=read_opr_06,
    ),
    Rule(
        id="OPR-10",
        looks_at="assets_asset",
        title=_("no benefit link"),
        message=_("%(name)s is an operating asset in use, and nothing says how farmers benefit from it."),
        remedy=_("Record the benefit link: dividend, jobs, purchase or cooperation."),
        source="国办函〔2021〕51号（联农带农）",
        severity=Severity.W,
        reads=frozenset({"assets_asset", "assets_benefitlink"}),
        read=read_opr_10,
    ),
)
