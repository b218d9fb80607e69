"""Targets, chiefs, quotas and cases of the demo, registered by services. 中文：演示耕地保护事项"""

from __future__ import annotations

import datetime as dt
import io
import json
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from typing import Any

import pghistory
from django.db import transaction
from PIL import Image, ImageDraw

from land.case_codes import CaseOrigin, Outcome, Stage
from land.models import Case, Parcel, RetentionTarget, TargetKind, Vintage, VintageKind
from land.queries.targets import places_below, protected, retained
from land.services import case_closing, case_rectifying, case_steps
from land.services.case_evidence import verify_in_field
from land.services.case_opening import Opening, open_case
from land.services.case_steps import Facts, Part
from land.services.chiefs import Appointment, appoint_chief, chief_named
from land.services.filing import Paper
from land.services.quotas import Movement, move, open_account
from land.services.targets import TargetLine, set_targets
from registry import clock, geo
from registry.codes import Level
from registry.models import Division, SourceKind, User
from registry.queries.divisions import division_by_code
from registry.services.sources import register_source

BEFORE_THE_BAN = dt.date(2019, 5, 1)  # 动工日期
FIELD_M2 = (400, 1500)  # size of the parcels that the demo's cases lie on
CENT = Decimal("0.01")


@transaction.atomic
def register_landwork(path: Path, township: Division, users: dict[str, User]) -> int:
    """Everything of ``landwork.json``, once; gives how many facts were registered."""
    if RetentionTarget.objects.exists():
        return 0
    facts = json.loads(path.read_text(encoding="utf-8"))
    with pghistory.context(user=users["county"].pk):
        _targets(facts["target"], township, users["county"])
        _quotas(facts["quotas"], township, users["admin"])
        _chiefs(facts["chiefs"], township.parent or township, users["county"])
    with pghistory.context(user=users["land"].pk):
        for line in facts["cases"]:
            _case(line, users)
    return Case.objects.count() + len(facts["quotas"]) + RetentionTarget.objects.count()


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _targets(line: dict[str, Any], township: Division, by: User) -> None:
    """The target of each village as a share of what the newest survey has; the township's is their sum."""
    paper = register_source(
        kind=SourceKind.DECISION, division=township.parent or township, by=by, number=line["number"],
        title="耕地和永久基本农田保护目标任务书", issued_on=_day(line["issued_on"]),
    )  # fmt: skip
    surveys = Vintage.objects.in_force().filter(kind=VintageKind.PARCELS)
    newest = surveys.order_by("-year").values_list("year", flat=True).first() or line["year"]
    below = places_below(township.path, clock.today())[1]
    farmland, basic = retained(newest), protected(newest)
    rows = []
    for code, share in sorted(line["shares"].items()):
        place = division_by_code(code)
        kept = _mu(farmland.of(place.path, below)) * Decimal(str(share))
        rows.append(
            (place, kept.quantize(CENT), (_mu(basic.of(place.path, below)) * Decimal("0.98")).quantize(CENT))
        )
    rows.append(
        (township, sum((row[1] for row in rows), Decimal(0)), sum((row[2] for row in rows), Decimal(0)))
    )
    set_targets(
        [
            TargetLine(
                division=place, year=line["year"], kind=TargetKind.ANNUAL, source=paper,
                retained_mu=kept, pbf_mu=base or None,
            )
            for place, kept, base in rows
        ],
        by=by,
    )  # fmt: skip


def _mu(area: Decimal | None) -> Decimal:
    return Decimal(geo.mu(area)) if area is not None else Decimal(0)


def _chiefs(line: dict[str, Any], county: Division, by: User) -> None:
    """A chief for every village of the county but one: where the system has begun, R01 asks all of them."""
    paper = register_source(
        kind=SourceKind.DECISION,
        division=county,
        by=by,
        number=line["number"],
        title="关于明确村级田长的通知",
    )
    none = division_by_code(line["but"])
    villages = Division.objects.on(clock.today()).filter(level=Level.VILLAGE, path__startswith=county.path)
    names = cycle(line["names"])
    for place, name in zip(villages.exclude(pk=none.pk).order_by("path"), names, strict=False):
        chief = chief_named(name, place, by=by)
        appoint_chief(
            Appointment(
                division=place,
                chief=chief,
                valid_from=_day(line["valid_from"]),
                source=paper,
                office=line["office"],
            ),
            by=by,
        )


def _quotas(lines: list[dict[str, Any]], township: Division, by: User) -> None:
    for line in lines:
        account = open_account(
            division=township.parent or township, kind=line["kind"], year=line["year"], by=by
        )
        paper = Paper(number=line["number"], title="新增建设用地计划指标下达通知")
        move(
            account=account,
            movement=Movement(kind="allocated", m2=Decimal(line["m2"]), day=_day(line["day"]), paper=paper),
            by=by,
        )


# --- cases


def _case(line: dict[str, Any], users: dict[str, User]) -> None:
    """A case opened on a field of the village and led to its stage, by the officers who do each step."""
    place, on = division_by_code(line["village"]), _day(line["on"])
    field = (
        Parcel.objects.filter(
            vintage__in=Vintage.objects.in_force().filter(kind=VintageKind.PARCELS), village=place,
            class_code="0103", official_m2__range=FIELD_M2,
        )
        .order_by("-vintage__year", "number")
        .first()
    )  # fmt: skip
    if field is None:
        return
    opening = Opening(
        division=place,
        name=line["name"],
        origin=CaseOrigin.PATROL,
        area_m2=field.official_m2,
        geom=field.geom,
        found_on=on,
    )
    case = open_case(opening=opening, on=on, by=users["land"])
    _lead(case, line, on, users)


def _lead(case: Case, line: dict[str, Any], on: dt.date, users: dict[str, User]) -> None:
    land, county, wanted = users["land"], users["county"], Stage(line["stage"])
    whole, known = [Part(outcome=Outcome.SUSPECTED)], Facts(began_on=BEFORE_THE_BAN)
    steps = [
        (Stage.ACCEPTED, lambda: case_steps.accept(case=case, on=on, by=land)),
        (
            Stage.OFFICE_REVIEW,
            lambda: case_steps.review_in_office(case=case, facts=known, on=on, by=land),
        ),
        (
            Stage.FIELD_VERIFIED,
            lambda: verify_in_field(
                case=case, on=on, by=land, report=line["report"], files=_pictures(case, on)
            ),
        ),
        (Stage.SUSPECTED, lambda: case_steps.judge(case=case, parts=whole, on=on, by=land)),
        (Stage.CONFIRMED, lambda: case_steps.confirm(case=case, on=on, by=county)),
        (
            Stage.RECTIFYING,
            lambda: case_rectifying.rectify(
                case=case, areas={"demolish_restore": case.area_m2}, on=on, by=land, note="拆除复耕"
            ),
        ),
        (Stage.REVIEWED, lambda: case_closing.review(case=case, on=on, by=land, note="无人机复拍，已复耕")),
        (Stage.CLOSED, lambda: case_closing.close(case=case, on=on, by=county, note="核验通过")),
    ]
    if wanted == Stage.CLUE_ISSUED:
        return
    for stage, act in steps:
        act()
        case.refresh_from_db()
        if stage == wanted:
            return


def _pictures(case: Case, on: dt.date) -> list[tuple[str, list[bytes]]]:
    """Pictures as a phone takes them, with time, place and direction; drawn, and marked as the demo's."""
    where = case.unit.shapes.first().geom.point_on_surface
    return [(f"现场{n}.jpg", [_picture(n, where.x, where.y, on)]) for n in range(1, 4)]


def _picture(number: int, lon: float, lat: float, on: dt.date) -> bytes:
    image = Image.new("RGB", (960, 720), (186, 208, 226))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 400, 960, 720), fill=(122, 142, 84))
    for row in range(8):
        draw.line((0, 430 + 40 * row, 960, 450 + 40 * row), fill=(98, 116, 64), width=6)
    draw.rectangle((300 + 60 * number, 300, 560 + 60 * number, 460), fill=(176, 168, 158))
    draw.text((24, 24), f"DEMO {on.isoformat()} #{number}", fill=(40, 40, 40))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80, exif=_exif(number, lon, lat, on))
    return out.getvalue()


def _exif(number: int, lon: float, lat: float, on: dt.date) -> Image.Exif:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = f"{on:%Y:%m:%d} 10:{number:02d}:00"
    gps = exif.get_ifd(0x8825)
    for tag, value, side in ((2, lat, "N"), (4, lon, "E")):
        degrees = int(value)
        minutes = int((value - degrees) * 60)
        seconds = round((value - degrees) * 3600 - minutes * 60, 2)
        gps[tag - 1], gps[tag] = side, (float(degrees), float(minutes), seconds)
    gps[0x10], gps[0x11] = "T", 90.0 * number
    return exif
