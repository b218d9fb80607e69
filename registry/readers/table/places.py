"""Coordinates in a ledger's cells. 中文：坐标"""

import re
from typing import Any

from django.utils.translation import gettext as _

from .amounts import to_decimal
from .plain import half_width
from .problems import CellProblem

DMS = re.compile(
    r"^(\d{1,3})[°度](?:(\d{1,2}(?:\.\d+)?)['′’分])?(?:(\d{1,2}(?:\.\d+)?)(?:[\"″”秒]|['′’]{2})?)?$"
)
DECIMAL = re.compile(r"^-?\d{1,3}(?:\.\d+)?°?$")


def parse_degrees(value: Any) -> float:
    """Degrees, decimal or 103°41′12″. :raises CellProblem: coordinate_metres, coordinate_form."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _checked(float(to_decimal(value)))
    text = re.sub(r"\s", "", half_width(value)).strip("EeNn东经北纬:：")
    if DECIMAL.match(text):
        return _checked(float(text.rstrip("°")))
    if re.fullmatch(r"-?\d+(?:\.\d+)?", text):
        return _checked(float(text))
    match = DMS.match(text)
    minutes, seconds = (float(match[2] or 0), float(match[3] or 0)) if match else (0.0, 0.0)
    if not match or minutes >= 60 or seconds >= 60:
        raise CellProblem(
            _("“%(value)s” is not a coordinate; write 103.6867 or 103°41′12″.") % {"value": text[:30]},
            code="coordinate_form",
        )
    return _checked(round(int(match[1]) + minutes / 60 + seconds / 3600, 9))


def _checked(degrees: float) -> float:
    if not abs(degrees) <= 360:
        raise CellProblem(
            _("%(value)s is in metres. A ledger needs longitude and latitude in degrees, such as 103.6867.")
            % {"value": f"{degrees:.2f}"},
            code="coordinate_metres",
        )
    return degrees


def check_pair(lon: float, lat: float, bbox: tuple[float, float, float, float]) -> None:
    """Whether a pair lies in the county. :raises CellProblem: coordinates_swapped, coordinates_outside."""
    west, south, east, north = bbox
    if west <= lon <= east and south <= lat <= north:
        return
    if west <= lat <= east and south <= lon <= north:
        raise CellProblem(_("Longitude and latitude are exchanged."), code="coordinates_swapped")
    raise CellProblem(
        _("%(lon)s E, %(lat)s N lies outside the county.") % {"lon": f"{lon:g}", "lat": f"{lat:g}"},
        code="coordinates_outside",
    )


def parse_pair(value: Any) -> tuple[float, float]:
    """Both coordinates in one cell: 103.6867,22.9934. :raises CellProblem: coordinate_form."""
    parts = [part for part in re.split(r"[,，;；、\s]+", half_width(value)) if part]
    if len(parts) != 2:
        raise CellProblem(
            _("“%(value)s” is not a pair of coordinates; write 103.6867,22.9934.")
            % {"value": half_width(value)[:40]},
            code="coordinate_form",
        )
    return parse_degrees(parts[0]), parse_degrees(parts[1])
