"""The land officer's year: targets, chiefs, quotas and cases, a few of them at fault on purpose."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

from registry.demo.people import People
from registry.demo.places import XINHUA

SURNAMES, GIVEN = "杨李王陶熊马罗盘", ("文明", "国强", "建华", "春云", "永福", "丽芬", "志高", "荣生")
LATE_DAYS, FRESH_DAYS = 150, 2
SURVEYED = 2025  # the newest survey of the demo: targets are held against it
CHIEFLESS, SHORT = 5, 6  # villages (by position) without a chief, and below their target


def write_landwork(folder: Path, people: People, today: dt.date, findings: dict[str, list[str]]) -> None:
    """Write `landwork.json`; what is at fault is noted in `findings` by rule and village or case."""
    own = sorted(code for code in people.villages if code.startswith(XINHUA))
    facts = {
        "target": {
            "year": SURVEYED, "number": f"屏政发〔{today.year}〕6号", "issued_on": dt.date(today.year, 1, 20),
            "shares": {code: 1.02 if n == SHORT else 0.97 for n, code in enumerate(own)},
        },
        "chiefs": {
            "but": own[CHIEFLESS], "names": [f"{surname}{given}" for given in GIVEN for surname in SURNAMES],
            "office": "村党总支书记", "valid_from": dt.date(today.year - 1, 3, 1),
            "number": f"屏政发〔{today.year - 1}〕11号",
        },
        "quotas": _quotas(today),
        "cases": _cases(own, today, findings),
    }  # fmt: skip
    findings.setdefault("R01", []).append(own[CHIEFLESS])
    findings.setdefault("T01", []).append(own[SHORT])
    text = json.dumps(facts, ensure_ascii=False, indent=1, default=str)
    (folder / "landwork.json").write_text(text + "\n", encoding="utf-8")


def _quotas(today: dt.date) -> list[dict[str, Any]]:
    """The county's account of the year: what was allotted."""
    year = today.year
    day = dt.date(year, 1, 5)
    return [
        {"kind": "general", "year": year, "m2": "186667.00", "day": day, "number": f"红自然资发〔{year}〕2号"},
    ]  # fmt: skip


def _cases(own: list[str], today: dt.date, findings: dict[str, list[str]]) -> list[dict[str, Any]]:
    """A case in each stage that an officer meets; one has lain too long."""
    late, fresh = today - dt.timedelta(days=LATE_DAYS), today - dt.timedelta(days=FRESH_DAYS)
    findings.setdefault("E03", []).append(f"{own[2]}-AJ-{late.year}-0001")
    names = ("疑似新增养殖棚", "疑似新增硬化场地", "疑似新增房屋", "疑似堆料场", "疑似新增看护房")
    stages = ("clue_issued", "office_review", "confirmed", "closed", "suspected")
    days = (fresh, fresh, late, late, fresh)
    return [
        {"village": own[n], "name": name, "stage": stage, "on": day, "report": "现场核查：地上附着物见照片，已询问当事人并记录。"}
        for n, (name, stage, day) in enumerate(zip(names, stages, days, strict=True))
    ]  # fmt: skip
