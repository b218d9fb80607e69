"""Ask for an inspection pack, and take it away. 中文：申请、下载迎检资料包（一资一档）"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import BinaryIO

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assets.models import InspectionPack, PackState
from assets.tasks import build_pack
from registry import access, clock
from registry.errors import BadInput, RegistryError
from registry.models import Division, User
from registry.services.acts import record_act

from .pack_building import path_of

VERB = "make_pack"
MOST = 10_000


@transaction.atomic
def ask_for_pack(
    *,
    units: Sequence[int],
    division: Division,
    by: User | None,
    title: str = "",
    query: str = "",
    sample: int | None = None,
    seed: int | None = None,
    names: bool = False,
) -> InspectionPack:
    """Fix the assets of a pack and hand it to the worker. 中文：申请生成资料包

    ``units``: keys of what the filter leaves. ``sample``: that many of them, drawn with ``seed``. Raises
    ``NotAllowed``: papers go out whole, so their originals must be open to the user, and names of persons
    need the right to see them.
    """
    for verb in (VERB, "open_source", *(("see_personal",) if names else ())):
        access.require(by, verb, division)
    chosen, seed = _chosen(units, sample, seed)
    made = InspectionPack.objects.create(
        division=division,
        title=title.strip()
        or _("%(place)s: inspection pack of %(day)s") % {"place": division.name, "day": clock.today()},
        query=query[:1000],
        matched=len(set(units)),
        seed=seed,
        units=chosen,
        names=names,
        made_by=by,
        asked_at=clock.now(),
    )
    record_act(
        by=by,
        verb="pack_asked_for",
        division=division,
        subject=f"pack:{made.pk}",
        after={"assets": len(chosen), "filter": query, "seed": made.seed, "names": names},
    )

    build_pack.enqueue(made.pk, get_language() or "zh-hans")
    return made


def _chosen(units: Sequence[int], sample: int | None, seed: int | None) -> tuple[list[int], int | None]:
    """What goes into the pack, and the seed of the sample where one was drawn. Raises ``BadInput``."""
    chosen = sorted(set(units))
    if not chosen:
        raise BadInput(_("Nothing matches the filter. Go back to the list."), "nothing")
    if sample is None:
        seed = None
    else:
        seed = random.SystemRandom().randrange(10**8) if seed is None else seed
        chosen = draw(chosen, sample, seed)
    if len(chosen) > MOST:
        raise BadInput(
            _("A pack holds %(most)d assets at most; narrow the filter or draw a sample.") % {"most": MOST},
            "too_many",
        )
    return chosen, seed


def draw(units: Sequence[int], count: int, seed: int) -> list[int]:
    """A random sample: the same seed, number and things give the same one. 中文：随机抽样"""
    if count < 1:
        raise BadInput(_("A sample has one asset or more."), "sample")
    ordered = sorted(units)
    chance = random.Random(seed)  # noqa: S311 (a sample that inspectors can draw again, no secret)
    return sorted(chance.sample(ordered, min(count, len(ordered))))


def open_pack(*, pack: InspectionPack, by: User) -> BinaryIO:
    """The file of a pack that is ready, for who may take it; the book knows who took names away.

    Raises ``NotAllowed``, ``RegistryError`` where it is not there.
    """
    for verb in (VERB, "open_source", *(("see_personal",) if pack.names else ())):
        access.require(by, verb, pack.division)
    path = path_of(pack)
    if pack.state != PackState.READY or not path.is_file():
        raise RegistryError(_("The pack is not there; ask for it again."), "not_there")
    record_act(
        by=by,
        verb="pack_taken",
        division=pack.division,
        subject=f"pack:{pack.pk}",
        after={"assets": len(pack.units), "names": pack.names, "sha256": pack.sha256},
    )
    return path.open("rb")
