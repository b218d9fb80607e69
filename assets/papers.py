"""Papers of the assets that need seals: 确权表, 移交清单, 管护协议, 责任清单."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.codes import AssetClass
from assets.models import Asset, UpkeepTerms
from registry import clock, display
from registry.codes import ENDED, EntryCode, EntryKind, Level, UnitKind
from registry.models import Division, Entry, SourceKind, Unit
from registry.services import papers
from registry.services.papers import PaperKind, named

TOWNSHIP = gettext_lazy("township government")  # 乡镇人民政府


def entries_of(units: Iterable[int], *codes: str) -> dict[int, list[Entry]]:
    """Entries of today by unit, of these codes or of all rights. One query."""
    rows = Entry.objects.on(clock.today()).filter(unit_id__in=list(units))
    rows = rows.filter(code__in=codes) if codes else rows.filter(kind=EntryKind.RIGHT)
    found: dict[int, list[Entry]] = {}
    for entry in rows.select_related("party", "agent", "source").greatest_first("unit_id", "code"):
        found.setdefault(entry.unit_id, []).append(entry)
    return found


def assets_of(division: Division) -> QuerySet:
    """Assets of a village that are in the register and have not ended, in the order of their codes."""
    rows = Asset.objects.filter(unit__in=Unit.objects.on(clock.today()).within(division))
    return rows.exclude(unit__state__in=ENDED).select_related("unit__division__parent").order_by("unit__code")


def where(division: Division) -> str:
    """A place with the place above it: 新华乡新华村委会."""
    return f"{division.parent.name if division.parent else ''}{division.name}"


def amount(asset: Asset) -> str:
    """Specification and quantity in one cell. 中文：规格数量"""
    quantity = "" if asset.quantity is None else f"{asset.quantity.normalize():f} {asset.measure}".strip()
    return " ".join(filter(None, [asset.spec, quantity]))


def facts(asset: Asset) -> list[list[Any]]:
    """What the thing is, as every paper says it first."""
    return [
        [_("asset name"), asset.unit.name],
        [_("unit code"), asset.unit.code],
        [_("place"), where(asset.unit.division) + (f"（{asset.address}）" if asset.address else "")],
        [_("asset class"), str(asset.get_asset_class_display())],
        [_("sub-type"), str(asset.get_subtype_display())],
        [_("specification and quantity"), amount(asset)],
        [_("original value (yuan)"), _value(asset)],
        [_("completed on"), display.day(asset.completed_on)],
        [_("project"), asset.project.unit.name if asset.project else ""],
        [_("state"), str(asset.unit.get_state_display())],
    ]


def _value(asset: Asset) -> str:
    return _("unknown") if asset.original_value is None else display.grouped(asset.original_value)


def _asset(unit: Unit) -> Asset:
    return Asset.objects.select_related("unit__division__parent", "project__unit").get(unit=unit)


def _right(entry: Entry) -> list[Any]:
    source = entry.source
    paper = "" if source is None else (source.number or source.title)
    return [
        str(entry.get_code_display()),
        named(entry.party),
        display.share(entry),
        display.period(entry.valid),
        paper,
        entry.authority,
    ]


def confirmation(unit: Unit) -> dict[str, Any]:
    """The rights of a unit today: who holds what, in which share, since when, on which paper. 中文：确权表"""
    order = list(EntryCode)
    held = sorted(
        entries_of([unit.pk]).get(unit.pk, []), key=lambda entry: order.index(EntryCode(entry.code))
    )
    owners = [named(entry.party) for entry in held if entry.code == EntryCode.OWNERSHIP]
    heads = [_("right"), _("holder"), _("share"), _("validity"), _("source"), _("deciding authority")]
    return {
        "facts": facts(_asset(unit)),
        "sections": [
            {"title": _("confirmed rights"), "heads": heads, "rows": [_right(entry) for entry in held]}
        ],
        "notes": [
            _("The rights are confirmed as listed; the income belongs to its holders in these shares."),
            _("As of %(day)s.") % {"day": clock.today().isoformat()},
        ],
        "seals": [
            {"role": _("owner"), "name": owners[0] if owners else ""},
            {"role": _("villagers' committee"), "name": ""},
            {"role": str(TOWNSHIP), "name": ""},
        ],
    }


def _items(assets: list[Asset]) -> dict[str, Any]:
    """The list of what is handed over, with what it cost."""
    held = entries_of([asset.unit_id for asset in assets], EntryCode.OWNERSHIP)
    rows = [
        [
            str(number),
            asset.unit.name,
            asset.unit.code,
            str(asset.get_subtype_display()),
            amount(asset),
            display.day(asset.completed_on),
            _value(asset),
            _joined(held.get(asset.unit_id, [])),
        ]
        for number, asset in enumerate(assets, start=1)
    ]
    known = [asset.original_value for asset in assets if asset.original_value is not None]
    return {
        "title": _("items handed over"),
        "heads": [_("no."), _("asset name"), _("unit code"), _("sub-type"), _("specification and quantity"),
                  _("completed on"), _("original value (yuan)"), _("receiver")],
        "rows": rows,
        "total": ["", _("together"), "", "", "", "", display.grouped(sum(known)) if known else "", ""],
        "note": "" if len(known) == len(assets) else _("Items of unknown value are not in the sum."),
    }  # fmt: skip


def _joined(entries: list[Entry]) -> Any:
    """The holders of a right in one cell; their number where several are private persons."""
    names = [named(entry.party) for entry in entries]
    if any(isinstance(name, dict) for name in names):
        return names[0] if len(names) == 1 else _("%(n)d holders") % {"n": len(names)}
    return "、".join(names)


HANDING = (gettext_lazy("giver"), gettext_lazy("receiver"), gettext_lazy("supervisor of the handover"))


def _handover(assets: list[Asset], place: Division, receivers: list[Any]) -> dict[str, Any]:
    giver, receiver, witness = (str(role) for role in HANDING)
    return {
        "lead": _(
            "After acceptance the giver hands the items below to the receiver, who takes over their keeping."
        ),
        "facts": [[_("place"), where(place)], [_("number of items"), str(len(assets))]],
        "sections": [_items(assets)],
        "notes": [_("Drawings, acceptance papers and keys are handed over with the items.")],
        "seals": [
            {"role": giver, "name": ""},
            {"role": receiver, "name": receivers[0] if len(receivers) == 1 else ""},
            {"role": witness, "name": ""},
        ],
    }


def handover(unit: Unit) -> dict[str, Any]:
    """One unit is handed over: giver, receiver, item. 中文：移交清单"""
    held = entries_of([unit.pk], EntryCode.OWNERSHIP).get(unit.pk, [])
    return _handover([_asset(unit)], unit.division, [named(entry.party) for entry in held])


def village_handover(division: Division) -> dict[str, Any]:
    """All assets of a village on one list. 中文：移交清单（村）"""
    return _handover(list(assets_of(division)), division, [])


def agreement(unit: Unit) -> dict[str, Any]:
    """Who keeps it up, how, paid by whom, until when. 中文：管护协议"""
    held = entries_of([unit.pk], EntryCode.UPKEEP, EntryCode.OWNERSHIP).get(unit.pk, [])
    duty = next(entry for entry in held if entry.code == EntryCode.UPKEEP)
    owner = next((entry for entry in held if entry.code == EntryCode.OWNERSHIP), None)
    terms = UpkeepTerms.objects.filter(entry=duty).first() or UpkeepTerms()
    money = display.DASH if terms.annual_budget is None else display.money(terms.annual_budget)
    return {
        "facts": [
            [_("Party A (owner)"), named(owner.party) if owner else ""],
            [_("Party B (keeper)"), named(duty.party)],
            [_("named person"), named(duty.agent)],
            *facts(_asset(unit))[:7],
            [_("upkeep since"), display.period(duty.valid)],
            [_("upkeep standard"), terms.standard],
            [_("annual budget (yuan)"), money],
            [_("budget source"), terms.budget_source],
        ],
        "text": [
            _("1. Party B keeps up the asset named above to the standard named above, looks at it regularly, "
              "puts small damage right at once and reports great damage and loss to Party A without delay."),
            _("2. Party A provides the upkeep money on time, checks the upkeep at least once a year, and "
              "keeps the records of inspections and repairs."),
            _("3. Neither party may sell, pledge or change the use of the asset without the decision of the "
              "collective and the approval that the law asks for."),
            _("4. Who leaves hands his duties over in writing; the agreement holds for his successor."),
            _("5. There are three copies: one for each party, one for the township government."),
        ],
        "seals": [
            {"role": _("Party A (owner)"), "name": named(owner.party) if owner else ""},
            {"role": _("Party B (keeper)"), "name": named(duty.party)},
            {"role": str(TOWNSHIP), "name": ""},
        ],
    }  # fmt: skip


def is_asset(unit: Unit) -> bool:
    return isinstance(unit, Unit) and unit.kind == UnitKind.ASSET and unit.state not in ENDED


def is_kept_up(unit: Unit) -> bool:
    """Whether somebody has the duty to keep it up today."""
    return is_asset(unit) and bool(entries_of([unit.pk], EntryCode.UPKEEP))


def is_village(division: Division) -> bool:
    return isinstance(division, Division) and division.level in (Level.VILLAGE, Level.NATURAL_VILLAGE)


def responsibility(division: Division) -> dict[str, Any]:
    """Every asset of a village with who keeps it up and who is answerable in person. 中文：责任清单"""
    assets = [asset for asset in assets_of(division) if asset.asset_class != AssetClass.HOUSEHOLD]
    duties = entries_of([asset.unit_id for asset in assets], EntryCode.UPKEEP)
    rows = []
    for asset in assets:
        for duty in duties.get(asset.unit_id) or [None]:
            rows.append(
                [str(len(rows) + 1), asset.unit.name, str(asset.get_subtype_display()), *_duty(duty, asset)]
            )
    without = sum(1 for asset in assets if asset.unit_id not in duties)
    return {
        "lead": _("Assets of the village and who must keep each of them up, as of %(day)s.")
        % {"day": clock.today().isoformat()},
        "facts": [
            [_("place"), where(division)],
            [_("number of items"), str(len(assets))],
            [_("without a keeper"), str(without)],
            [_("supervising township"), division.parent.name if division.parent else ""],
        ],
        "sections": [
            {
                "title": _("list of duties"),
                "heads": [_("no."), _("asset name"), _("sub-type"), _("upkeep body"), _("named person"),
                          _("since"), _("source")],
                "rows": rows,
            }
        ],
        "seals": [{"role": _("villagers' committee"), "name": ""}, {"role": str(TOWNSHIP), "name": ""}],
    }  # fmt: skip


def _duty(duty: Entry | None, asset: Asset) -> list[Any]:
    if duty is None:
        operated = asset.asset_class == AssetClass.OPERATING
        return [_("by its operator") if operated else _("not settled"), "", "", ""]
    paper = duty.source.number or duty.source.title if duty.source else ""
    return [named(duty.party), named(duty.agent), display.day(duty.valid.lower), paper]


papers.register(
    PaperKind(key="rights_confirmation", title=gettext_lazy("confirmation of the rights to an asset"),
              build=confirmation, fits=is_asset, reads="see_income", source_kind=SourceKind.CERTIFICATE,
              note=gettext_lazy("Owners, shares and income of one thing, to be sealed.")),
    PaperKind(key="handover", title=gettext_lazy("asset handover list"), build=handover, fits=is_asset,
              seals=HANDING, source_kind=SourceKind.HANDOVER,
              note=gettext_lazy("One thing from its builder to its owner.")),
    PaperKind(key="upkeep_agreement", title=gettext_lazy("upkeep agreement"), build=agreement,
              fits=is_kept_up, source_kind=SourceKind.AGREEMENT,
              note=gettext_lazy("Owner and keeper, standard and money.")),
    PaperKind(key="village_handover", title=gettext_lazy("asset handover list of a village"),
              build=village_handover, of="division", fits=is_village, seals=HANDING,
              source_kind=SourceKind.HANDOVER, note=gettext_lazy("All things of a village on one list.")),
    PaperKind(key="responsibility_list", title=gettext_lazy("upkeep responsibility list"),
              build=responsibility, of="division", fits=is_village, source_kind=SourceKind.DECISION,
              note=gettext_lazy("Every thing of a village with its keeper and the person answerable.")),
)  # fmt: skip
