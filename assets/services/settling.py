"""Settle the differences of a stocktake, each by an act. 中文：清查差异处理

The act that changes a fact (the quantity in the ledger, the state, the position, a new asset) is the one that
the register knows for it; the settlement points to it and is written in the same transaction.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assets.codes import BIOLOGICAL_SUBTYPES, SUBTYPES_OF_CLASS, AssetNature, Subtype
from assets.codes_life import TABLE, LifeAct
from assets.models import Asset, Stocktake, StocktakeCount, StocktakeSettlement
from assets.services.ledger import AssetFacts, register_assets
from assets.services.life import Said, record_step
from assets.stocktake_codes import MEANS_OF, STATE_AFTER, Difference, Means
from registry import access, clock
from registry.codes import ShapeMethod, UnitState
from registry.errors import BadInput, RegistryError
from registry.models import Act, Shape, Unit, User
from registry.rules.engine import evaluate_units
from registry.services.acts import record_act
from registry.services.units import Placement, place_unit

from .counting import described, refuse_over
from .stocktake import VERB

# What a count says of a state, as acts of the asset's life; of several the one that its state allows.
ACTS_OF_STATE: dict[str, tuple[LifeAct, ...]] = {
    UnitState.LOST: (LifeAct.REPORT_LOST,),
    UnitState.DAMAGED: (LifeAct.REPORT_DAMAGE,),
    UnitState.IDLE: (LifeAct.REPORT_IDLE,),
    UnitState.IN_USE: (LifeAct.RECOVER, LifeAct.PUT_IN_USE),
}


@dataclass(frozen=True, kw_only=True)
class Settling:
    """How a difference is settled. ``asset_class`` and ``subtype``: of a surplus thing that is registered."""

    difference: str
    means: str
    note: str = ""
    asset_class: str = ""
    subtype: str = ""


@transaction.atomic
def settle(*, count: StocktakeCount, settling: Settling, by: User | None) -> StocktakeSettlement:
    """Settle one difference of a count. 中文：差异处理

    Raises ``BadInput`` for a means that does not fit, ``RegistryError`` where there is no such difference or
    it is settled already, and what the act itself refuses.
    """
    held = _lock(count, by)
    _refuse(held, settling)
    unit = _means(held, settling, by)
    after = {"difference": settling.difference, "means": settling.means, "count": described(held)}
    line = held.line
    act = record_act(
        by=by,
        verb="stock_difference_settled",
        division=line.division_id,
        unit=line.unit or unit,
        subject=f"stocktakeline:{line.pk}",
        reason=settling.note,
        effective_on=clock.today(),
        after=after,
    )
    made = StocktakeSettlement.objects.create(
        count=held,
        difference=settling.difference,
        means=settling.means,
        settled_on=clock.today(),
        note=settling.note.strip(),
        unit=unit,
        act=act,
    )
    if line.unit_id:
        evaluate_units([line.unit_id], as_of=clock.today())
    return made


def _lock(count: StocktakeCount, by: User | None) -> StocktakeCount:
    """The count of a running campaign, with its campaign held."""
    rows = StocktakeCount.objects.select_for_update(of=("self",))
    held = rows.select_related("line__division", "line__unit").get(pk=count.pk)
    held.line.stocktake = Stocktake.objects.select_for_update().get(pk=held.line.stocktake_id)
    access.require(by, VERB, held.line.division)
    refuse_over(held.line.stocktake)
    return held


def _refuse(count: StocktakeCount, settling: Settling) -> None:
    kind = settling.difference
    if count.annulled_id is not None or kind not in count.differences:
        raise RegistryError(_("The count has no such difference; look at the list again."), "no_difference")
    if count.settlements.filter(difference=kind).exists():
        raise RegistryError(_("This difference is settled already."), "settled")
    if settling.means not in MEANS_OF[Difference(kind)]:
        raise BadInput(
            _("A difference of the kind “%(kind)s” is not settled in this way.")
            % {"kind": Difference(kind).label},
            "means",
        )
    if len(settling.note.strip()) < 2:
        raise BadInput(_("Say in a few words what the count showed and why it is settled so."), "note")


def _means(count: StocktakeCount, settling: Settling, by: User | None) -> Unit | None:
    """Do what settles it; gives the unit that was registered, where one was."""
    if settling.means == Means.ADJUST and settling.difference == Difference.QUANTITY:
        _adjust_quantity(count, settling.note, by)
    elif settling.means == Means.ADJUST:
        _set_state(count, STATE_AFTER[count.condition], settling.note, by)
    elif settling.means == Means.LOST:
        _set_state(count, UnitState.LOST, settling.note, by)
    elif settling.means == Means.PLACE:
        _correct_position(count, settling.note, by)
    elif settling.means == Means.REGISTER:
        return _register(count, settling, by)
    return None


def _adjust_quantity(count: StocktakeCount, note: str, by: User | None) -> Act:
    """The ledger takes the quantity counted (行政事业性国有资产管理条例第三十九条)."""
    asset = Asset.objects.select_for_update(of=("self",)).select_related("unit").get(unit=count.line.unit_id)
    access.require(by, "register_unit", count.line.division)
    before = None if asset.quantity is None else f"{asset.quantity:f}"
    asset.quantity = count.quantity
    asset.save(update_fields=["quantity"])
    return record_act(
        by=by,
        verb="unit_changed",
        division=count.line.division_id,
        unit=asset.unit,
        subject=f"unit:{asset.unit.code}",
        reason=note,
        effective_on=count.counted_on,
        before={"quantity": before},
        after={"quantity": f"{count.quantity:f}"},
    )


def _set_state(count: StocktakeCount, state: str, note: str, by: User | None) -> None:
    """The state comes about by the act of the asset's life that leads to it, on the pictures of the count."""
    unit = _unit(count)
    if unit.state == state:
        return  # another act has said so meanwhile
    asset = Asset.objects.only("asset_class").get(unit=unit)
    acts = ACTS_OF_STATE[state]
    fits = (act for act in acts if unit.state in TABLE[act].states(asset.asset_class))
    said = Said(on=count.counted_on, reason=note, source=count.source)
    record_step(unit=unit, act=next(fits, acts[0]), said=said, by=by)


def _correct_position(count: StocktakeCount, note: str, by: User | None) -> None:
    """The point counted becomes the place from the day of the count on; lines and outlines are drawn anew."""
    unit, today = _unit(count), clock.today()
    current = Shape.objects.on(today).filter(unit=unit).first()
    if current is not None and current.geom.geom_type not in ("Point", "MultiPoint"):
        raise RegistryError(
            _(
                "%(unit)s is drawn as a line or an outline; a single position does not replace it. Draw it "
                "anew on the map, then explain the difference here."
            )
            % {"unit": unit.name},
            "not_a_point",
        )
    begin = max(count.counted_on, current.valid.lower + dt.timedelta(days=1) if current else count.counted_on)
    if begin > today:
        raise RegistryError(_("Its position was set today already; look at the map."), "placed_today")
    placement = Placement(
        unit=unit,
        geom=count.place,  # type: ignore[arg-type]
        valid_from=begin,
        method=ShapeMethod.GPS,
        source=count.source,
        accuracy_m=count.accuracy_m,
    )
    place_unit(placement, by=by, reason=note)


def _register(count: StocktakeCount, settling: Settling, by: User | None) -> Unit:
    """A surplus thing becomes an asset of the ledger, with what the count says of it. 中文：盘盈入账"""
    line = count.line
    if settling.subtype not in SUBTYPES_OF_CLASS.get(settling.asset_class, ()):  # type: ignore[call-overload]
        raise BadInput(_("Choose the class, and a sub-type that belongs to it."), "subtype")
    facts = AssetFacts(
        name=line.name,
        division=line.division,
        asset_class=settling.asset_class,
        subtype=settling.subtype,
        nature=_nature(settling.subtype),
        state=STATE_AFTER[count.condition],
        since=count.counted_on,
        fields=_fields(count),
        point=None if count.place is None else (count.place.x, count.place.y),
        placed_from=count.counted_on,
        origin={"stocktake": line.stocktake.title},
    )
    unit: Any = register_assets([facts], by=by, reason=settling.note)[0].unit
    evaluate_units([unit.pk], as_of=clock.today())
    return unit


def _nature(subtype: str) -> str:
    if subtype in BIOLOGICAL_SUBTYPES:
        return AssetNature.BIOLOGICAL
    return AssetNature.EQUITY if subtype == Subtype.EQUITY else AssetNature.FIXED


def _fields(count: StocktakeCount) -> dict[str, Any]:
    line = count.line
    return {"address": line.address, "quantity": count.quantity, "measure": line.measure}


def _unit(count: StocktakeCount) -> Unit:
    unit = count.line.unit
    if unit is None:
        raise RegistryError(_("A thing that is not registered yet has no such fact to change."), "no_unit")
    return unit
