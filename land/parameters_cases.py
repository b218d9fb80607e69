"""Thresholds and time limits of enforcement cases, and the working days of the years. 中文：案件办理参数"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from land.case_codes import Stage
from land.workdays import DAY, wrong_calendar
from registry.rules.parameters import Default

STAGE_DAYS = "case_stage_days"  # 各环节办理时限（工作日）
PHOTOS_MIN = "case_photos_min"  # 举证照片最少张数
BAN_SINCE = "new_house_ban_since"  # “八不准”下发日期
TRANSFER_MU = "case_transfer_mu"  # 移送审查面积标准（亩）
CALENDAR = "working_calendar"  # 法定节假日及调休


def _days(*periods: str) -> list[str]:
    """Single days and periods ("2026-01-01/2026-01-03", both ends) as a list of days."""
    found = []
    for period in periods:
        first, _sign, last = period.partition("/")
        day = dt.date.fromisoformat(first)
        while day <= dt.date.fromisoformat(last or first):
            found.append(day.isoformat())
            day += DAY
    return found


def _year(year: int, off: list[str], work: list[str]) -> dict[str, Any]:
    return {"year": year, "off": _days(*off), "work": _days(*work)}


YEARS = (
    (
        _year(
            2024,
            ["2024-01-01", "2024-02-10/2024-02-17", "2024-04-04/2024-04-06", "2024-05-01/2024-05-05",
             "2024-06-10", "2024-09-15/2024-09-17", "2024-10-01/2024-10-07"],
            ["2024-02-04", "2024-02-18", "2024-04-07", "2024-04-28", "2024-05-11", "2024-09-14",
             "2024-09-29", "2024-10-12"],
        ),
        "国办发明电〔2023〕7号（2024年部分节假日安排）",
    ),
    (
        _year(
            2025,
            ["2025-01-01", "2025-01-28/2025-02-04", "2025-04-04/2025-04-06", "2025-05-01/2025-05-05",
             "2025-05-31/2025-06-02", "2025-10-01/2025-10-08"],
            ["2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"],
        ),
        "国办发明电〔2024〕12号（2025年部分节假日安排）",
    ),
    (
        _year(
            2026,
            ["2026-01-01/2026-01-03", "2026-02-15/2026-02-23", "2026-04-04/2026-04-06",
             "2026-05-01/2026-05-05", "2026-06-19/2026-06-21", "2026-09-25/2026-09-27",
             "2026-10-01/2026-10-07"],
            ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"],
        ),
        "国办发明电〔2025〕7号（2026年部分节假日安排）",
    ),
)  # fmt: skip
FIRST_DAY = dt.date(2012, 11, 8)


def _calendars() -> tuple[Default, ...]:
    """A value a year. The last one stays in force until the county enters the next: of the year after it
    knows nothing, which the rules say as it is."""
    last = len(YEARS) - 1
    return tuple(
        Default(
            CALENDAR,
            value,
            source,
            valid_from=dt.date(value["year"], 1, 1) if number else FIRST_DAY,
            valid_to=None if number == last else dt.date(value["year"] + 1, 1, 1),
            label=_("public holidays and weekends worked, of a year"),
            unit=_("days"),
            check=wrong_calendar,
        )
        for number, (value, source) in enumerate(YEARS)
    )


DEFAULTS = (
    Default(
        STAGE_DAYS,
        {
            Stage.CLUE_ISSUED.value: 5,
            Stage.ACCEPTED.value: 5,
            Stage.OFFICE_REVIEW.value: 15,
            Stage.FIELD_VERIFIED.value: 3,
            Stage.UNCHANGED.value: 10,
            Stage.LAWFUL.value: 10,
            Stage.NOT_NEW.value: 10,
            Stage.SUSPECTED.value: 10,
            Stage.CONFIRMED.value: 20,
            Stage.RECTIFYING.value: 60,
            Stage.REVIEWED.value: 10,
            Stage.REOPENED.value: 10,
        },
        "产品默认值，由县级确定；实地核查后3个工作日内出具意见参照县级土地执法工作规范，"
        "法定期限见自然资源行政处罚办法（部令第12号）",
        label=_("working days for each stage of a case"),
        unit=_("working days"),
    ),
    Default(
        PHOTOS_MIN,
        3,
        "产品默认值，由县级确定；国土调查举证照片含位置、方位角、拍摄时间",
        label=_("least pictures of a field verification"),
        unit=_("pictures with position, azimuth and time"),
    ),
    Default(
        BAN_SINCE,
        "2020-07-29",
        "自然资发〔2020〕127号（农村乱占耕地建房“八不准”），通知下发后新增的零容忍",
        label=_("first day on which new houses on farmland are not tolerated"),
    ),
    Default(
        TRANSFER_MU,
        {"basic_farmland": "5", "farmland": "10"},
        "刑法第三百四十二条；法释〔2000〕14号第三条：基本农田五亩以上或者基本农田以外的耕地十亩以上，"
        "多次占用未经处理的累计计算",
        label=_("farmland from which a transfer is examined, summed over the party's cases"),
        unit=_("mu"),
    ),
    *_calendars(),
)
