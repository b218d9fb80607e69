"""Remember what people say that a column means, and forget it again. 中文：列名记忆"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from registry import access, clock, importers
from registry.errors import RegistryError
from registry.models import Division, HeadAlias, User
from registry.queries.head_memory import remembered

LONGEST = 120


@transaction.atomic
def remember_heads(
    *,
    kind: str,
    division: Division | None,
    named: Mapping[str, str],
    known: Mapping[str, str],
    by: User | None,
    unit: str = "",
    origin: str = "",
) -> list[HeadAlias]:
    """Remember what titles mean ({title: field or "" for nothing}) for this kind of file in a division.

    ``known`` is what the reader takes the titles for by itself: a naming that says the same needs no memory
    and takes an earlier one of this division away. ``unit`` (yuan, wan) is kept beside them.
    ``origin``: for files of this one alone (the bank of a statement). Raises ``NotAllowed``.
    """
    _require(by, kind, division)
    table = getattr(importers.get(kind), "table", None)
    money = {field.name for field in table.fields if field.kind == "money"} if table else set()
    mine = HeadAlias.objects.filter(kind=kind, division=division, origin=origin)
    own = {alias.title: alias for alias in mine}
    above = {title: alias.field for title, alias in _beside(kind, division, origin).items()}
    fresh, needless = [], []
    for title, field in named.items():
        if len(title) > LONGEST:
            continue
        own_unit = unit if field in money else ""
        if field == above.get(title, known.get(title, "")) and not own_unit:
            needless.append(title)
        else:
            fresh.append(_alias(own.get(title), kind, division, origin, title, field, own_unit, by))
    mine.filter(title__in=needless).delete()
    return HeadAlias.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["kind", "division", "origin", "title"],
        update_fields=["field", "unit", "named_by", "named_at"],
    )


def _beside(kind: str, division: Division | None, origin: str) -> dict[str, HeadAlias]:
    """What would hold here without a naming of this very place and origin."""
    upper = remembered(kind, division.parent, origin) if division else {}
    if not origin:
        return upper
    special = {title: alias for title, alias in upper.items() if alias.origin}
    return {**remembered(kind, division), **special}


def _alias(
    known: HeadAlias | None,
    kind: str,
    division: Division | None,
    origin: str,
    title: str,
    field: str,
    unit: str,
    by: User | None,
) -> HeadAlias:
    """A naming; one that says what was known already stays with the person who said it first."""
    same = known is not None and (known.field, known.unit) == (field, unit)
    return HeadAlias(
        kind=kind,
        division=division,
        origin=origin,
        title=title,
        field=field,
        unit=unit,
        named_by=known.named_by if same and known else by,
        named_at=known.named_at if same and known else clock.now(),
    )


@transaction.atomic
def forget_head(*, alias: HeadAlias, by: User | None) -> None:
    """Forget one remembered title; files that were read with it stay as they are. Raises ``NotAllowed``."""
    locked = HeadAlias.objects.select_for_update(of=("self",)).filter(pk=alias.pk).first()
    if locked is None:
        raise RegistryError(_("This column is no longer remembered."), "forgotten")
    _require(by, locked.kind, locked.division)
    locked.delete()


def _require(by: User | None, kind: str, division: Division | None) -> None:
    """What holds for everyone is for those to name and to forget who may import everywhere."""
    verb = importers.get(kind).verb
    for place in [division] if division else Division.objects.filter(parent=None):
        access.require(by, verb, place)
