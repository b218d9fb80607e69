"""Cases for the tests: opened by hand and led to a stage by the services.

They are what a test begins with: the rules wait for the test's own act, or for its ``evaluate``.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

from PIL import Image

from land.models import Case
from land.services import case_closing, case_rectifying, case_steps
from land.services.case_evidence import verify_in_field
from land.services.case_opening import Opening, open_case
from land.services.case_steps import Facts, Part
from registry.models import Division
from registry.rules.engine import deferred
from tests import factories as make

DAY = dt.date(2026, 3, 2)  # a Monday
SUSPECTED = [Part(outcome="suspected")]


def exif(azimuth: float | None = 135.5, lon: float = 103.7, lat: float = 23.0, at="2026:03:02 10:00:00"):
    """What a phone writes: time, position, direction."""
    found = Image.Exif()
    found.get_ifd(0x8769)[0x9003] = at
    gps = found.get_ifd(0x8825)
    for tag, value, side in ((2, lat, "N"), (4, lon, "E")):
        degrees = int(value)
        minutes = Fraction(value - degrees).limit_denominator(10**6) * 60
        gps[tag - 1], gps[tag] = side, (degrees, float(minutes), 0.0)
    if azimuth is not None:
        gps[0x10], gps[0x11] = "T", azimuth
    return found


def picture(wide: int = 64, **what) -> bytes:
    return make.picture(size=(wide, 48), exif=exif(**what))


def coded_village(township):
    """The village that the layers of the tests name, made where there is none."""
    code = "532523205201"
    return Division.objects.coded(code).first() or make.village(township, "戈纪街村委会", code)


def pictures(count: int = 3) -> list[tuple[str, list[bytes]]]:
    return [(f"现场{n}.jpg", [picture(64 + n)]) for n in range(count)]


@deferred()
def opened(of, area="1000.00", name="乱搭建疑似图斑", on=DAY, by=None, **more) -> Case:
    opening = Opening(division=of, name=name, origin="patrol", area_m2=Decimal(area), **more)
    return open_case(opening=opening, on=on, by=by)


@deferred()
def verified(case: Case, by, on=DAY, count=3, facts: Facts | None = None) -> Case:
    case_steps.accept(case=case, on=on, by=None)
    case_steps.review_in_office(case=case, facts=facts or Facts(), on=on, by=None)
    verify_in_field(case=case, on=on, by=by, report="现场为砖混房屋一栋", files=pictures(count))
    case.refresh_from_db()
    return case


@deferred()
def suspected(case: Case, by, on=DAY, parts=None, **more) -> Case:
    verified(case, by, on, **more)
    case_steps.judge(case=case, parts=parts or SUSPECTED, on=on, by=by)
    case.refresh_from_db()
    return case


@deferred()
def confirmed(case: Case, by, on=DAY, **more) -> Case:
    suspected(case, by, on, **more)
    case_steps.confirm(case=case, on=on, by=None)
    case.refresh_from_db()
    return case


@deferred()
def reviewed(case: Case, by, areas=None, on=DAY, **more) -> Case:
    confirmed(case, by, on, **more)
    areas = areas or {"demolish_restore": case.area_m2}
    case_rectifying.rectify(case=case, areas=areas, on=on, by=by)
    case_closing.review(case=case, on=on, by=by, note="无人机复拍，已复耕")
    case.refresh_from_db()
    return case
