"""Datums that are refused, by EPSG number and by the words of a .prj. 中文：不予采用的旧坐标系

Without parameters PROJ hands Beijing 1954 and Xi'an 1980 coordinates through unchanged, up to 100 m off.
"""

import re

BEIJING_1954 = (4214, *range(2401, 2443), *range(21413, 21424), *range(21453, 21464), *range(21473, 21484))
XIAN_1980 = (4610, *range(2327, 2391))
NEW_BEIJING = (4555, *range(4568, 4590), *range(4652, 4657), *range(4766, 4801))
BY_SRID = {
    **dict.fromkeys(BEIJING_1954, "Beijing 1954"),
    **dict.fromkeys(XIAN_1980, "Xi'an 1980"),
    **dict.fromkeys(NEW_BEIJING, "New Beijing"),
}
BY_TEXT = (
    (re.compile(r"New[ _]Beijing", re.I), "New Beijing"),
    (re.compile(r"Beijing[ _]*(19)?54|Krass?ow?v?sk[iy]|北京\s*(19)?54", re.I), "Beijing 1954"),
    (re.compile(r"Xi'?an[ _]*(19)?80|IAG[ _]*(19)?75|西安\s*(19)?80", re.I), "Xi'an 1980"),
)


def refused_datum(srid: int | None, text: str = "") -> str | None:
    """The name of the refused datum behind an SRID or a .prj text, or None."""
    if srid in BY_SRID:
        return BY_SRID[srid]
    return next((name for pattern, name in BY_TEXT if pattern.search(text)), None)
