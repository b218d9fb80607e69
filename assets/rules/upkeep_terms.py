"""Rules on the terms of upkeep: UPK-03, 04, 05, 08, 12. 中文：管护约定规则

Money, standard, unbroken duty, and who pays (新发〔2021〕14号 二（五）；农田水利条例第二十条).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.db.models import Count, Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from assets.codes import AssetClass, Payer
from assets.models import UpkeepStandard, UpkeepTerms
from registry.codes import EntryCode, PartyKind, Reading, Severity
from registry.models import Entry
from registry.rules import Context, Outcome, Row, Rule

from .standing import held, row, standing

BUDGET_WORDS = "public_budget_words"
TABLES = frozenset({"assets_asset", "assets_upkeepterms", "registry_entry/upkeep", "registry_party"})


def _duties(context: Context, **conditions: Any) -> Any:
    """Current upkeep duties of standing assets, with their terms; the oldest of a unit first."""
    assets = standing(context, **conditions).order_by().values("unit")
    rows = held(context, EntryCode.UPKEEP).filter(unit__in=assets)
    return rows.select_related("unit__asset", "party", "upkeep_terms").order_by("unit__code", "id")


def _terms(entry: Entry) -> UpkeepTerms | None:
    return getattr(entry, "upkeep_terms", None)


def _by_unit(entries: Any) -> dict[int, list[Entry]]:
    found: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        found[entry.unit_id].append(entry)
    return found


def _row(entry: Entry, since: dt.date, reading: str = Reading.FOUND, **details: Any) -> Row:
    return Row(
        subject_type="unit",
        subject_key=entry.unit.code,
        unit_id=entry.unit_id,
        division_id=entry.unit.division_id,
        since=since,
        reading=reading,
        details={"name": entry.unit.name, **details},
    )


def read_upk_03(context: Context) -> Outcome:
    """UPK-03: a public-welfare asset is kept up without a yearly amount (管护经费) or without its source
    (经费来源). Several bodies of one asset: one that states both is enough. One query.

    Assets without any duty are those of UPK-01.
    """
    duties = _by_unit(_duties(context, asset_class=AssetClass.PUBLIC_WELFARE))
    rows = [found for entries in duties.values() if (found := _unfunded(entries)) is not None]
    return Outcome(checked=len(duties), rows=rows)


def _unfunded(entries: list[Entry]) -> Row | None:
    terms = [found for entry in entries if (found := _terms(entry)) is not None]
    amount = any(found.annual_budget is not None for found in terms)
    source = any(found.budget_source.strip() for found in terms)
    if any(found.annual_budget is not None and found.budget_source.strip() for found in terms):
        return None
    details = {"body": entries[0].party.name}
    if amount and not source:
        details["variant"] = "no_source"
    elif source and not amount:
        details["variant"] = "no_amount"
    return _row(entries[0], entries[0].valid.lower, **details)


def read_upk_04(context: Context) -> Outcome:
    """UPK-04: no standard document (管护标准) holds for a public-welfare asset: neither one of a division
    above it for its sub-type, nor one named in its terms with the duty's own paper. Two queries.
    """
    assets = standing(context, asset_class=AssetClass.PUBLIC_WELFARE)
    kept = held(context, EntryCode.UPKEEP).filter(unit=OuterRef("unit"))
    own = kept.exclude(upkeep_terms__standard="").filter(upkeep_terms__isnull=False, source__isnull=False)
    without = assets.filter(Exists(kept)).annotate(own=Exists(own)).filter(own=False)
    places = standards_by_subtype(context.as_of)
    rows = [
        row(asset, None)
        for asset in without
        if not any(asset.unit.division.path.startswith(path) for path in places.get(asset.subtype, ()))
    ]
    return Outcome(checked=context.counted(assets.filter(Exists(kept))), rows=rows)


def standards_by_subtype(day: dt.date) -> dict[str, list[str]]:
    """Paths of the divisions that have a standard for a sub-type on a day. One query."""
    found: dict[str, list[str]] = defaultdict(list)
    for subtype, path in UpkeepStandard.objects.on(day).values_list("subtype", "division__path"):
        found[subtype].append(path)
    return found


def read_upk_05(context: Context) -> Outcome:
    """UPK-05: between two upkeep duties that followed each other lies at least one day (管护断档). One query.

    Duties of several bodies count together: a day on which any of them kept it up is no gap. The latest gap
    is told, and how many there are.
    """
    assets = standing(context, asset_class=AssetClass.PUBLIC_WELFARE).order_by().values("unit")
    duties = Entry.objects.in_force().filter(
        code=EntryCode.UPKEEP, unit__in=assets, valid__startswith__lte=context.as_of
    )
    several = duties.order_by().values("unit").annotate(n=Count("pk")).filter(n__gt=1).values("unit")
    found = duties.filter(unit__in=several).select_related("unit").order_by("unit__code", "valid", "id")
    rows = [line for entries in _by_unit(found).values() if (line := _gap(entries)) is not None]
    return Outcome(checked=context.counted(duties.order_by().values("unit").distinct()), rows=rows)


def _gap(entries: list[Entry]) -> Row | None:
    gaps: list[tuple[dt.date, dt.date]] = []
    until = entries[0].valid.upper
    for entry in entries[1:]:
        if until is None:
            break
        if entry.valid.lower > until:
            gaps.append((until, entry.valid.lower))
        until = None if entry.valid.upper is None else max(until, entry.valid.upper)
    if not gaps:
        return None
    first, end = gaps[-1]
    last = end - dt.timedelta(days=1)
    return _row(
        entries[0],
        first,
        first=first.isoformat(),
        last=last.isoformat(),
        days=(end - first).days,
        count=len(gaps),
    )


def read_upk_08(context: Context) -> Outcome:
    """UPK-08: the public budget pays for the upkeep of an operating asset and no reason is written down; its
    own income should (国办函〔2021〕51号). Who pays is said by the terms, else by the words of the budget's
    source. One query."""
    duties = list(_duties(context, asset_class=AssetClass.OPERATING))
    rows = []
    for entry in duties:
        terms = _terms(entry)
        if terms is None or terms.payer_reason.strip():
            continue
        words = context.value(BUDGET_WORDS)
        if pays_budget(terms, words):
            rows.append(_row(entry, entry.valid.lower, source=terms.budget_source))
    return Outcome(checked=len({entry.unit_id for entry in duties}), rows=_first_of_each(rows))


def pays_budget(terms: UpkeepTerms, words: list[str]) -> bool:
    """Whether the public budget pays, as stated or as the words of the budget's source tell."""
    if terms.payer:
        return terms.payer == Payer.BUDGET
    return any(word in terms.budget_source for word in words)


def _first_of_each(rows: list[Row]) -> list[Row]:
    return list({line.subject: line for line in reversed(rows)}.values())[::-1]


def read_upk_12(context: Context) -> Outcome:
    """UPK-12: somebody else than the owner pays for upkeep, and no agreement is there (农田水利条例第二十条).

    Only duties whose payer is stated are looked at; without a registered owner the answer is NO_DATA. The
    public budget is a government owner's own money. Two queries.
    """
    duties = [entry for entry in _duties(context) if (terms := _terms(entry)) is not None and terms.payer]
    owners: dict[int, list[Any]] = defaultdict(list)
    held_now = held(context, EntryCode.OWNERSHIP).filter(unit__in=[entry.unit_id for entry in duties])
    for entry in held_now.select_related("party"):
        owners[entry.unit_id].append(entry.party)
    rows = [found for entry in duties if (found := _other_pays(entry, owners[entry.unit_id])) is not None]
    return Outcome(checked=len({entry.unit_id for entry in duties}), rows=_first_of_each(rows))


def _other_pays(entry: Entry, owners: list[Any]) -> Row | None:
    terms = entry.upkeep_terms
    if terms.payer in (Payer.OWNER, Payer.INCOME) or terms.payer_agreement_id is not None:
        return None
    if not owners:
        return _row(entry, entry.valid.lower, Reading.NO_DATA)
    own_money = {
        Payer.BUDGET: any(owner.kind == PartyKind.GOVERNMENT for owner in owners),
        Payer.BODY: entry.party_id in {owner.pk for owner in owners},
    }
    if own_money.get(Payer(terms.payer), False):
        return None
    names = "、".join(sorted(owner.name for owner in owners)[:3])
    return _row(entry, entry.valid.lower, owner=names, payer=str(terms.payer))


RULES = (
    Rule(
        id="UPK-03",
        looks_at="registry_entry",
        title=_("no money for upkeep"),
        message=_("%(name)s is kept up by %(body)s, but neither a yearly budget nor its source is stated."),
        variants={
            "no_source": _(
                "%(name)s has a yearly upkeep budget, but nobody says where the money comes from."
            ),
            "no_amount": _("%(name)s has a source of upkeep money, but no yearly amount."),
        },
        remedy=_("Enter the yearly budget and its source in the terms of upkeep."),
        source="新发〔2021〕14号 二（五）；国办函〔2021〕51号",
        reads=TABLES,
        read=read_upk_03,
    ),
    Rule(
        id="UPK-04",
        looks_at="assets_asset",
        title=_("no upkeep standard"),
        message=_("No document says to which standard %(name)s is kept up."),
        remedy=_("Set the standard for its sub-type with its document and its measurable items."),
        source="新发〔2021〕14号 二（五）（五有：有标准）",
        severity=Severity.W,
        reads=TABLES | {"assets_upkeepstandard"},
        read=read_upk_04,
    ),
    Rule(
        id="UPK-05",
        looks_at="registry_entry",
        title=_("gap between upkeep duties"),
        message=_("Nobody kept up %(name)s from %(first)s to %(last)s (%(days)s days)."),
        remedy=_("Correct the dates, or write down who kept it up in between."),
        source="新发〔2021〕14号 二（五）（管护责任连续）",
        severity=Severity.W,
        reads=frozenset({"assets_asset", "registry_entry/upkeep"}),
        read=read_upk_05,
    ),
    Rule(
        id="UPK-08",
        looks_at="registry_entry",
        title=_("public money keeps up an operating asset"),
        message=_(
            "%(name)s is an operating asset; the public budget pays its upkeep and no reason is stated."
        ),
        remedy=_("Let its income pay for its upkeep, or write the reason into the terms."),
        source="国办函〔2021〕51号（经营性资产管护费用由收益列支）",
        severity=Severity.W,
        reads=TABLES,
        read=read_upk_08,
        parameters=(BUDGET_WORDS,),
    ),
    Rule(
        id="UPK-12",
        looks_at="registry_entry",
        title=_("somebody else than the owner pays"),
        message=_("%(name)s belongs to %(owner)s, somebody else pays its upkeep, and no agreement is there."),
        no_data=_("It is stated who pays the upkeep of %(name)s, but no owner is registered."),
        remedy=_("File the agreement on who pays with the terms of upkeep."),
        source="农田水利条例第二十条",
        severity=Severity.W,
        reads=TABLES | {"registry_entry/ownership", "registry_party"},
        read=read_upk_12,
    ),
)
